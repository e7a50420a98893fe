import type { RepositoryIndex } from '../../manifests/repository-index.ts';
import type { Finding } from '../../model/finding.ts';
import type { Unused } from '../../model/rendered.ts';
import { lineRange } from '../places/line-range.ts';

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
      (kind === 'value' ? render.values : render.patches).includes(place.file);
    // What is filled in later (Flux's own manifests, by its bootstrap) may be what a patch is for.
    if (kind !== 'value' && by.some(each => each.patches.some(file => isPlaceholder(index, file))))
      return [];
    // One that failed did not come to tell, and counts as one that uses it.
    const isUsed = renders.some(each => mayUse(each) && (each.failed || !by.includes(each)));
    return isUsed ? [] : [findingOf(unused, kind, by, index)];
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

const described = {
  patch: {
    rule: 'unused-patch',
    severity: 'warning',
    message: (name: string) => `This patch (${name}) matches no object, so it changes nothing.`,
  },
  image: {
    rule: 'unused-image',
    severity: 'warning',
    message: (name: string) => `No object has the image ${name}, so this entry changes nothing.`,
  },
  target: {
    rule: 'unused-target',
    severity: 'warning',
    message: (name: string) => `This selects no object (${name}), so nothing is copied there.`,
  },
  value: {
    rule: 'unused-value',
    severity: 'information',
    message: (name: string) => `No template reads \`${name}\`, so the value changes nothing.`,
  },
} as const;

function findingOf(
  { name, place }: Unused,
  kind: keyof typeof described,
  by: UnusedIn[],
  index: RepositoryIndex,
): Finding {
  const { rule, severity, message } = described[kind];
  return {
    rule,
    severity,
    file: place.file,
    message: message(name),
    environments: environmentsOf(by),
    ...lineRange(index, place),
  };
}
