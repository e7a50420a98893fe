import type { DriftPath, DriftResult } from '../../model/drift.ts';
import { formatPath, parsePath, resolveSteps } from '../../model/path.ts';
import type { JsonObject, Resource } from '../../model/resource.ts';
import { equal } from '../values.ts';
import type { DryRunAnswer } from './dryrun.ts';

/**
 * Fields that the server was seen to rewrite while it applies, by kind (drift.md 3.4). A local difference in nothing
 * but those is likely none: it waits for the server before it is shown as drift.
 */
export class LearnedRewrites {
  readonly #paths = new Map<string, Set<string>>();

  /** Takes what an apply was answered: declared values that are not what the server would store. */
  learn(
    result: DriftResult,
    answer: DryRunAnswer,
    { desired, stored }: { desired: JsonObject; stored: JsonObject },
  ): void {
    const told = answer.kind === 'differs' ? (answer.paths ?? []) : [];
    for (const path of [...result.paths, ...told])
      if (isRewritten(path, desired, stored)) this.#add(result.resource, path);
  }

  /** True for a local difference that consists of rewritten fields only. */
  explains({ state, resource, paths }: DriftResult): boolean {
    const known = this.#paths.get(kindOf(resource));
    return (
      known !== undefined &&
      state === 'drifted' &&
      paths.length > 0 &&
      paths.every(({ path }) => known.has(general(path)))
    );
  }

  clear(): void {
    this.#paths.clear();
  }

  #add(resource: Resource, { path }: DriftPath): void {
    const kind = kindOf(resource);
    const known = this.#paths.get(kind) ?? new Set();
    this.#paths.set(kind, known.add(general(path)));
  }
}

function isRewritten({ path }: DriftPath, desired: JsonObject, stored: JsonObject): boolean {
  const steps = parsePath(path);
  const declared = resolveSteps(desired, steps);
  if (!declared.complete) return false;
  const after = resolveSteps(stored, steps);
  return !after.complete || !equal(declared.value, after.value);
}

function kindOf({ group, kind }: Resource): string {
  return `${group}/${kind}`;
}

/** The same field of every member of a list: `.spec.containers[*].image`. */
function general(path: string): string {
  return parsePath(path)
    .map(step => (typeof step === 'string' ? formatPath([step]) : '[*]'))
    .join('');
}
