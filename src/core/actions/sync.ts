import type { EngineTarget, EngineVerb } from '../engines/engine.ts';
import { engineOf } from '../engines/index.ts';
import { messageOf, UserError } from '../lib/errors.ts';
import { sentence } from '../lib/sentence.ts';
import { engineNames } from '../words/names.ts';
import { quantity } from '../words/states.ts';
import type { Workspace } from '../workspace.ts';
import type { SyncOutcome, SyncPlan } from './plans.ts';
import { applies, type Preview, previewOf } from './sync/preview.ts';
import { compareUnits, type Found, targetOf } from './sync/state.ts';
import { openPinned, type Pinned, type Unit, unitsOf } from './sync/target.ts';

export interface SyncRequest {
  /** Name. */
  environment: string;
  /** Name; all of the environment when absent. */
  application?: string;
  verb: EngineVerb;
  signal?: AbortSignal;
}

/**
 * What a verb would do; nothing is changed. Throws a UserError where nothing may be: no trust, no connection, no
 * pin, another cluster, no such application.
 */
export async function planSync(workspace: Workspace, request: SyncRequest): Promise<SyncPlan> {
  const { verb, signal } = request;
  const pinned = await openPinned(workspace, request.environment, signal);
  const { environment, cluster, uid } = pinned;
  const units = unitsOf(environment, request.application);
  const found = await findState(workspace, pinned, units, request);
  const plan: SyncPlan = {
    verb,
    environment: environment.name,
    protected: environment.protected,
    cluster: { context: cluster.identity.context, server: cluster.identity.server, uid },
    applications: [],
    changes: [],
    unchanged: 0,
    notChecked: found.notChecked,
  };
  for (const unit of units) {
    const target = await targetOf(pinned, unit, found, signal);
    const refused = await refusalOf(verb, target, found);
    const { name, engine } = unit.application;
    plan.applications.push({ name, engine, ...(refused === undefined ? {} : { refused }) });
    if (refused === undefined && applies(verb))
      add(plan, await previewOf(target, found, unit.names));
  }
  return plan;
}

export interface SyncRun extends SyncRequest {
  /** UID of the cluster that the plan was made for. */
  uid: string;
  /** The environment's name as a person typed it, where it is protected. */
  confirmation?: string;
  progress: (message: string) => void;
}

/**
 * Tells the engine of each application, those first that others depend on; one that fails keeps those back that
 * depend on it. What an abort leaves undone is said in the outcome. Throws a UserError as `planSync` does, and
 * where a protected environment was not confirmed.
 */
export async function runSync(workspace: Workspace, run: SyncRun): Promise<SyncOutcome> {
  const pinned = await openPinned(workspace, run.environment, run.signal);
  const { environment, uid } = pinned;
  if (uid !== run.uid)
    throw new UserError(
      `${environment.name} leads to another cluster (${uid}) than was confirmed (${run.uid}), so that nothing was changed.`,
    );
  if (environment.protected && run.confirmation !== environment.name)
    throw new UserError(
      `${environment.name} is protected and was not confirmed by its name, so that nothing was changed.`,
    );
  const units = unitsOf(environment, run.application);
  const found = await findState(workspace, pinned, units, run);
  const outcome: SyncOutcome = { applications: [] };
  for (const unit of units) {
    const { name, dependsOn } = unit.application;
    const before = outcome.applications.find(
      each => each.kind !== 'succeeded' && dependsOn.includes(each.name),
    );
    const skipped = before && `It depends on ${before.name}, which was not done.`;
    const said = skipped ?? (run.signal?.aborted ? 'It was not begun.' : undefined);
    const done = said ? skip(said) : await runUnit(pinned, unit, found, run);
    outcome.applications.push({ name, ...done });
  }
  return outcome;
}

type Done = Omit<SyncOutcome['applications'][number], 'name'>;

async function runUnit(pinned: Pinned, unit: Unit, found: Found, run: SyncRun): Promise<Done> {
  const { verb, signal, progress } = run;
  try {
    const target = await targetOf(pinned, unit, found, signal);
    const refused = await refusalOf(verb, target, found);
    if (refused !== undefined) return skip(refused);
    const outcome = await engineOf(unit.application).run(verb, target, progress);
    return { ...outcome, message: `${outcome.message}${leftAlone(unit, found)}` };
  } catch (error) {
    if (!signal?.aborted) throw error;
    const engine = engineNames[unit.application.engine];
    const message = `Stopped waiting; ${engine} goes on by itself with what it was asked.`;
    return { kind: 'failed', message: error instanceof UserError ? messageOf(error) : message };
  }
}

/** Plain apply knows only what could be compared; what could not is not applied, and must not pass as done. */
function leftAlone({ application: { engine }, names }: Unit, { compared }: Found): string {
  const unknown = compared.filter(
    each => each.result.state === 'unknown' && names.includes(each.application),
  ).length;
  if (engine !== 'apply' || unknown === 0) return '';
  return ` ${quantity(unknown, 'object')} could not be compared and ${unknown === 1 ? 'was' : 'were'} left alone.`;
}

function skip(message: string): Done {
  return { kind: 'skipped', message };
}

/** Verbs that apply nothing need no comparison: they work where nothing can be rendered, too. */
async function findState(
  workspace: Workspace,
  pinned: Pinned,
  units: readonly Unit[],
  { verb, signal }: SyncRequest,
): Promise<Found> {
  if (applies(verb)) return compareUnits(workspace, pinned, units, signal);
  const schemas = workspace.schemas(undefined, []);
  return { compared: [], notChecked: [], failures: new Map(), schemas };
}

async function refusalOf(
  verb: EngineVerb,
  target: EngineTarget,
  { failures }: Found,
): Promise<string | undefined> {
  const { application } = target;
  const failure = failures.get(application.name);
  // Other engines render what they apply themselves.
  if (application.engine === 'apply' && failure !== undefined)
    return sentence(`It cannot be rendered: ${failure}`);
  const engine = engineOf(application);
  if (engine.can.size > 0 && !engine.can.has(verb))
    return `${engineNames[application.engine]} cannot ${verb} ${application.name}.`;
  return engine.refuses(verb, target);
}

function add(plan: SyncPlan, { changes, unchanged, notChecked }: Preview): void {
  plan.changes.push(...changes);
  plan.unchanged += unchanged;
  plan.notChecked.push(...notChecked);
}
