import type { RepositoryIndex } from '../manifests/repository-index.ts';
import type { Finding } from '../model/finding.ts';
import type { Unused } from '../model/rendered.ts';
import { lineRange } from './line-range.ts';

/** One render, as far as it tells what was written in vain. */
export interface UnusedIn {
  /** Name of the environment; undefined for what none deploys. */
  environment?: string;
  /** Files that it may take patches from: all that a kustomization reads. */
  patches: readonly string[];
  /** Files that it takes values from: a chart's own, and those that are given to it. */
  values: readonly string[];
  unused: readonly Unused[];
  /** It failed, so that nobody knows what it would have used. */
  failed: boolean;
}

/**
 * Patches that match no object and values that no template reads, as information: only what is unused in every
 * render that reads the file, all of which succeeded and were of whole files. A file that something else is made of too (a ConfigMap of
 * values) is left alone. Objects that a later source of the same Application replaces are warned of.
 */
export function unusedFindings(renders: readonly UnusedIn[], index: RepositoryIndex): Finding[] {
  const found = new Map<string, { unused: Unused; by: UnusedIn[] }>();
  for (const render of renders)
    for (const unused of render.unused) {
      const key = keyOf(unused);
      const known = found.get(key);
      if (known) known.by.push(render);
      else found.set(key, { unused, by: [render] });
    }
  return [...found.values()].flatMap(({ unused, by }) => {
    const { kind, place } = unused;
    if (index.file(place.file)?.role === 'generator-input') return [];
    // Whoever else deploys the file, in this application the object is lost.
    if (kind === 'object') return [replacedFinding(unused, by, index)];
    const mayUse = (render: UnusedIn) =>
      (kind === 'patch' ? render.patches : render.values).includes(place.file);
    // What is filled in later (Flux's own manifests, by its bootstrap) may be what a patch is for.
    if (kind === 'patch' && by.some(each => each.patches.some(file => isPlaceholder(index, file))))
      return [];
    // One that failed did not come to tell, and counts as one that uses it.
    const isUsed = renders.some(each => mayUse(each) && (each.failed || !by.includes(each)));
    return isUsed ? [] : [findingOf(unused, by, index)];
  });
}

/** As Argo CD warns (RepeatedResourceWarning). */
function replacedFinding(unused: Unused, by: UnusedIn[], index: RepositoryIndex): Finding {
  return {
    rule: 'replaced-object',
    severity: 'warning',
    file: unused.place.file,
    message: `A later source of the same Application makes ${unused.name} too, and that one is applied.`,
    environments: environmentsOf(by),
    ...lineRange(index, unused.place),
  };
}

function environmentsOf(by: readonly UnusedIn[]): string[] {
  return [...new Set(by.flatMap(({ environment }) => environment ?? []))];
}

function keyOf({ kind, name, place }: Unused): string {
  return `${kind} ${place.file}:${place.line}:${place.column} ${name}`;
}

/** True for a file with nothing but comments in it. */
function isPlaceholder(index: RepositoryIndex, file: string): boolean {
  const text = index.file(file)?.text;
  return text?.split('\n').every(line => /^\s*(#.*|---\s*)?$/.test(line)) ?? false;
}

function findingOf({ kind, name, place }: Unused, by: UnusedIn[], index: RepositoryIndex): Finding {
  const message =
    kind === 'patch'
      ? `This patch (${name}) matches no object, so it changes nothing.`
      : `No template reads \`${name}\`, so the value changes nothing.`;
  return {
    rule: kind === 'patch' ? 'unused-patch' : 'unused-value',
    severity: 'information',
    file: place.file,
    message,
    environments: environmentsOf(by),
    ...lineRange(index, place),
  };
}
