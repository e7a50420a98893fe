import type { Cause } from '../../model/drift.ts';
import type { Application } from '../../model/environment.ts';
import { engineNames, shortRevision } from '../../words/names.ts';
import type { InCluster } from './in-cluster.ts';
import { type FirstChange, firstChange, type Stage, sideOfChange } from './stage.ts';
import { sameValue } from './values.ts';
import type { Way, Ways } from './way.ts';

export interface Travelled<T> {
  application: Application;
  way: Way;
  ways: Ways;
  /** What the application declares at a stage; undefined where nobody can say. */
  at: (stage: Pick<Stage, 'open'>) => Promise<{ value: T } | undefined>;
  /** Opens a commit that is no stage. */
  open(commit: string): Stage['open'];
  /** Why the engine does not apply what is pushed. */
  delay(): Promise<string | undefined>;
  /** The same, only where the engine says that something is in its way. */
  complaint(): Promise<string | undefined>;
  /** Whether the engine applied what is declared at the furthest stage that is known. */
  applied(last: Stage): InCluster['applied'];
}

/**
 * Where on its way to the cluster a value is first another one. `last` is the furthest stage that is known to have
 * the same value; absent together with a cause where nobody can say.
 */
export async function repositoryCause<T>(
  about: Travelled<T>,
): Promise<{ cause?: Cause; last?: Stage }> {
  const found = await firstChange(about.way.stages, about.at, sameValue);
  if (found.kind === 'unclear') return {};
  if (found.kind === 'same') return { last: found.last };
  const cause = await causeOf(found, about);
  return cause ? { cause } : {};
}

async function causeOf<T>(
  change: Extract<FirstChange, { kind: 'changed' }>,
  about: Travelled<T>,
): Promise<Cause | undefined> {
  const { from, to } = change;
  if (to.at === 'disk') return { kind: 'not-saved' };
  // Before the first commit there is nothing between the files and what is pushed.
  if (to.at === 'head' || from.commit === undefined) return { kind: 'not-committed' };
  const side = await sideOf(change, about);
  if (side === 'unclear') return undefined;
  if (side === 'theirs') return notPulled(to, about);
  if (to.at === 'pushed' || !(await about.ways.isPushed(from))) return { kind: 'not-pushed' };
  return { kind: 'not-synced', ...reason(await whyNotSynced(to, about)) };
}

async function sideOf<T>(
  { from, to }: { from: Stage; to: Stage },
  { ways, at, open }: Travelled<T>,
): Promise<'ours' | 'theirs' | 'unclear'> {
  const [near, far] = [await at(from), await at(to)];
  if (!near || !far) return 'unclear';
  const values = {
    from: near.value,
    to: far.value,
    at: (commit: string) => at({ open: open(commit) }),
  };
  return sideOfChange({ from, to }, values, sameValue, (a, b) => ways.git.ancestry(a, b));
}

/** A revision that was chosen is meant to be what it is, however old. */
function notPulled<T>(to: Stage, { application, way }: Travelled<T>): Cause | undefined {
  const [first] = way.stages;
  if (first.at === 'head') return undefined;
  const revision = shortRevision(to.commit ?? '');
  const where =
    to.at === 'pushed'
      ? 'The upstream branch'
      : to.at === 'followed'
        ? (way.follows ?? 'The default branch')
        : `What ${engineNames[application.engine]} deployed`;
  return { kind: 'not-pulled', reason: `${where} (${revision}) is newer.` };
}

async function whyNotSynced<T>(to: Stage, about: Travelled<T>): Promise<string | undefined> {
  const { application, way } = about;
  const engine = engineNames[application.engine];
  if (to.at === 'followed')
    return `${engine} follows ${way.follows ?? 'the default branch'}, which does not have it.`;
  return (await about.delay()) ?? `${engine} applied ${shortRevision(to.commit ?? '')} last.`;
}

function reason(text: string | undefined): { reason?: string } {
  return text === undefined ? {} : { reason: text };
}
