import { baseName, folderOf, foldersAbove, resolveReference } from '../../manifests/paths.ts';
import type { Repository } from '../../model/repository.ts';
import { nearestName } from '../../schemas/nearest.ts';
import type { Across } from '../across.ts';
import { isLeftOut } from './left-out.ts';
import { kustomizationsOf, rangeOfEntry, replaceEntry, type WrittenKustomization } from './read.ts';
import { type Reference, referencesOf } from './references.ts';

/** Files and folders that a kustomization names and the repository does not have. */
export const checkPaths: Across = async ({ checks }) => {
  const { index, repository, only } = checks.input;
  if (!repository) return;
  const names = namesIn(repository);
  const isKnown = (path: string) => index.isListed(path) || names.has(path);
  for (const kustomization of kustomizationsOf(index, only))
    for (const reference of referencesOf(kustomization)) {
      const path = resolveReference(kustomization.folder, reference.path);
      if (path === undefined) continue;
      const problem = problemOf(reference, path, isKnown, names);
      if (problem === undefined) continue;
      if (reference.kind === 'file' && !isKnown(path) && (await isLeftOut(path, repository))) {
        const place = { file: kustomization.file.path, ...rangeOfEntry(kustomization, reference) };
        const reason = 'git leaves the file out that it is made of, so it is not known here';
        checks.notChecked.add({ reason, place });
        continue;
      }
      checks.findings.add({
        rule: 'missing-file',
        severity: 'error',
        file: kustomization.file.path,
        environments: [],
        ...rangeOfEntry(kustomization, reference),
        message: problem,
        ...suggestion(kustomization, reference, path, isKnown, names),
      });
    }
};

function problemOf(
  { kind, path: written, field }: Reference,
  path: string,
  isKnown: (path: string) => boolean,
  names: ReadonlyMap<string, ReadonlySet<string>>,
): string | undefined {
  if (!isKnown(path))
    return `${written} does not exist, so kustomize cannot build this: ${field} names it.`;
  const inside = names.get(path);
  if (kind === 'component' && !inside)
    return `${written} is a file; components are folders with a kustomization.yaml.`;
  if (!inside) return undefined;
  if (kind === 'file') return `${written} is a folder; ${field} needs a file.`;
  if (kustomizationNames.some(name => inside.has(name))) return undefined;
  return `The folder ${written} has no kustomization.yaml, so it cannot be one of ${field}.`;
}

const kustomizationNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];

/** What was probably meant: a name like it in the folder where the path ends. */
function suggestion(
  kustomization: WrittenKustomization,
  reference: Reference,
  path: string,
  isKnown: (path: string) => boolean,
  names: ReadonlyMap<string, ReadonlySet<string>>,
) {
  const missing =
    [...foldersAbove(path)].reverse().find(folder => folder !== '' && !isKnown(folder)) ?? path;
  if (isKnown(missing)) return {};
  const near = nearestName(baseName(missing), names.get(folderOf(missing)) ?? []);
  const name = baseName(missing);
  const at = reference.text.lastIndexOf(name);
  if (near === undefined || at < 0) return {};
  const text = reference.text.slice(0, at) + near + reference.text.slice(at + name.length);
  return {
    fix: `Write ${text}.`,
    mends: [replaceEntry(kustomization, reference, text, `Write ${text}`)],
  };
}

const byFiles = new WeakMap<readonly string[], Map<string, Set<string>>>();

/** The names in each folder of a repository; `''` is the root. */
function namesIn({ files }: Repository): ReadonlyMap<string, ReadonlySet<string>> {
  const known = byFiles.get(files);
  if (known) return known;
  const names = new Map<string, Set<string>>([['', new Set()]]);
  for (const file of files)
    for (let path = file; path !== ''; path = folderOf(path)) {
      const inside = names.get(folderOf(path));
      if (inside?.has(baseName(path))) break;
      if (inside) inside.add(baseName(path));
      else names.set(folderOf(path), new Set([baseName(path)]));
    }
  byFiles.set(files, names);
  return names;
}
