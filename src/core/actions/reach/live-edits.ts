import type { DriftPath, DriftResult } from '../../model/drift.ts';
import type { Environment } from '../../model/environment.ts';
import { type Pointer, parsePath, resolveSteps } from '../../model/path.ts';
import { type Json, type Resource, resourceKey } from '../../model/resource.ts';
import { maskPath } from '../../words/values.ts';

/**
 * What people and programs changed in the clusters by themselves: fields that differ from the repository and are
 * held by somebody else than the one who deploys. Masked. Without a comparison nothing is known.
 */
export class LiveEdits {
  readonly #environments = new Map<string, Map<string, DriftPath[]>>();

  /** Takes the results of the last comparison of an environment. */
  add({ name, applications }: Environment, results: readonly DriftResult[]): void {
    const deployers = new Set(applications.map(({ owner }) => owner.manager));
    const objects = new Map<string, DriftPath[]>();
    for (const { resource, paths, state } of results) {
      const edits = paths.filter(path => isEdit(path, deployers));
      if (edits.length === 0 || !edited.has(state)) continue;
      objects.set(
        resourceKey(resource),
        edits.map(path => maskPath(resource, path)),
      );
    }
    this.#environments.set(name, objects);
  }

  of(environment: string, object: Resource): readonly DriftPath[] {
    return this.#environments.get(environment)?.get(resourceKey(object)) ?? [];
  }
}

/** The live edits of one object as pointers into what is rendered of it. */
export function placedEdits(
  edits: readonly DriftPath[],
  value: Json,
): { pointer: Pointer; edit: DriftPath }[] {
  return edits.map(edit => ({ pointer: resolveSteps(value, parsePath(edit.path)).pointer, edit }));
}

/** True where one of two places in an object lies in the other, so that who changes one changes the other. */
export function overlaps(a: Readonly<Pointer>, b: Readonly<Pointer>): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.every((step, index) => step === long[index]);
}

const edited = new Set<DriftResult['state']>(['drifted', 'suspect']);

/** A field of ours that nobody declares any more is no edit, and what follows from another change none of its own. */
function isEdit({ kind, by, consequence }: DriftPath, deployers: ReadonlySet<string>): boolean {
  return (
    kind !== 'stale' && consequence !== true && by.some(({ manager }) => !deployers.has(manager))
  );
}
