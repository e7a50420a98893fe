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

  /** Takes the results of a comparison of an environment: all that is known of it. */
  add(environment: Environment, results: Iterable<DriftResult>): void {
    this.#environments.set(environment.name, new Map());
    for (const result of results) this.put(environment, resourceKey(result.resource), result);
  }

  /** Takes the result of one object as it is now. */
  put({ name, applications }: Environment, key: string, result: DriftResult | undefined): void {
    const objects = this.#environments.get(name) ?? new Map<string, DriftPath[]>();
    this.#environments.set(name, objects);
    const paths = result && edited.has(result.state) ? result.paths : [];
    const edits = paths.length === 0 ? [] : editsOf(paths, applications);
    if (result && edits.length > 0)
      objects.set(
        key,
        edits.map(path => maskPath(result.resource, path)),
      );
    else objects.delete(key);
  }

  of(environment: string, object: Resource): readonly DriftPath[] {
    return this.#environments.get(environment)?.get(resourceKey(object)) ?? [];
  }
}

function editsOf(
  paths: readonly DriftPath[],
  applications: Environment['applications'],
): DriftPath[] {
  const deployers = new Set(applications.map(({ owner }) => owner.manager));
  return paths.filter(path => isEdit(path, deployers));
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
