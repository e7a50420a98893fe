import type { Ancestry } from '../../git/commits.ts';
import type { Workspace } from '../../workspace.ts';

/** One state of the repository on the way from the editor to the cluster. */
export interface Stage {
  /**
   * present: what is compared, unsaved texts included. disk: as saved. head: as checked out, or the revision that
   * is read. pushed: the branch that the checked-out one tracks. followed: what the engine deploys from. deployed:
   * what it says it applied.
   */
  at: 'present' | 'disk' | 'head' | 'pushed' | 'followed' | 'deployed';
  /** Names the files: stages with the same have the same files. */
  content: string;
  /** A commit id; absent for what is in no commit. */
  commit?: string;
  /** Rejects where the state cannot be read. */
  open(): Promise<Workspace>;
}

/** `T` at a stage; undefined where nobody can say. */
export type ValueAt<T> = (stage: Stage) => Promise<{ value: T } | undefined>;

/** Between which stages, from the editor to the cluster, a value is first another one. */
export type FirstChange =
  | { kind: 'changed'; from: Stage; to: Stage }
  /** The same at all stages; `last` is the furthest that is known. */
  | { kind: 'same'; last: Stage }
  /** Another one, and nobody can say since which stage. */
  | { kind: 'unclear' };

/** Stages with the same files are not read. */
export async function firstChange<T>(
  [first, ...others]: readonly [Stage, ...Stage[]],
  valueAt: ValueAt<T>,
  same: (a: T, b: T) => boolean,
): Promise<FirstChange> {
  let last = first;
  let gap = false;
  for (const stage of others) {
    if (stage.content === last.content) {
      last = stage;
      gap = false;
      continue;
    }
    const [before, now] = [await valueAt(last), await valueAt(stage)];
    if (!before) return { kind: 'unclear' };
    if (!now) gap = true;
    else if (!same(before.value, now.value))
      return gap ? { kind: 'unclear' } : { kind: 'changed', from: last, to: stage };
    else {
      last = stage;
      gap = false;
    }
  }
  return { kind: 'same', last };
}

/**
 * Which side of two commits with other values made the change: `ours` is what the nearer one has and the further
 * has not, `theirs` the reverse. Where both went on from a common commit, its value tells.
 */
export async function sideOfChange<T>(
  { from, to }: { from: Stage; to: Stage },
  value: { at: (commit: string) => Promise<{ value: T } | undefined>; from: T; to: T },
  same: (a: T, b: T) => boolean,
  ancestryOf: (a: string, b: string) => Promise<Ancestry>,
): Promise<'ours' | 'theirs' | 'unclear'> {
  if (from.commit === undefined || to.commit === undefined) return 'ours';
  const ancestry = await ancestryOf(from.commit, to.commit);
  if (ancestry.kind === 'unknown') return 'unclear';
  if (ancestry.kind === 'unrelated' || ancestry.commit === to.commit) return 'ours';
  if (ancestry.commit === from.commit) return 'theirs';
  const base = await value.at(ancestry.commit);
  if (!base) return 'unclear';
  return same(base.value, value.from) ? 'theirs' : 'ours';
}
