import { resolveReference } from '../../manifests/paths.ts';
import type { RepositoryIndex } from '../../manifests/repository-index.ts';
import type { Across } from '../across.ts';
import { kustomizationsOf, rangeOfEntry, type WrittenKustomization } from './read.ts';
import { referencesOf } from './references.ts';

/** Kustomizations that build on each other in a circle: every entry that is part of one. */
export const checkCycles: Across = ({ checks }) => {
  const { index, only } = checks.input;
  for (const { path: folder, file, refersTo } of index.kustomizations.values()) {
    if (only !== undefined && file !== only) continue;
    for (const path of refersTo) {
      const way = index.kustomizations.has(path) ? wayTo(folder, path, index) : undefined;
      if (!way) continue;
      const circle = [folder, ...way].map(each => each || '.').join(' → ');
      for (const kustomization of kustomizationsOf(index, file))
        for (const reference of leadingTo(kustomization, path))
          checks.findings.add({
            rule: 'kustomization-cycle',
            severity: 'error',
            file,
            environments: [],
            ...rangeOfEntry(kustomization, reference),
            message: `This is a cycle (${circle}), which kustomize refuses to build: remove one of its entries.`,
          });
    }
  }
};

function leadingTo(kustomization: WrittenKustomization, path: string) {
  return referencesOf(kustomization).filter(
    reference =>
      reference.kind !== 'file' && resolveReference(kustomization.folder, reference.path) === path,
  );
}

/** The shortest way by which a kustomization builds on another, both included; undefined where it does not. */
function wayTo(
  target: string,
  from: string,
  { kustomizations }: RepositoryIndex,
): string[] | undefined {
  const ways: string[][] = [[from]];
  const seen = new Set([from]);
  for (const way of ways) {
    const last = way.at(-1) ?? '';
    if (last === target) return way;
    for (const path of kustomizations.get(last)?.refersTo ?? [])
      if (kustomizations.has(path) && !seen.has(path)) {
        seen.add(path);
        ways.push([...way, path]);
      }
  }
  return undefined;
}
