import type { Cluster } from '../../cluster/cluster.ts';
import type { RenderedApplication } from '../../drift/declared.ts';
import type { Compared } from '../../drift/environment-input.ts';
import { chooseProfile } from '../../drift/owners/profile.ts';
import type { DriftPath, DriftResult, DriftState } from '../../model/drift.ts';
import type { Application, Environment } from '../../model/environment.ts';
import { resourceKey } from '../../model/resource.ts';
import type { Schemas } from '../../schemas/type.ts';
import type { Workspace } from '../../workspace.ts';
import { needsCluster } from '../cluster-data.ts';
import { controllersOf } from '../controllers.ts';
import { auditHint } from './audit-hint.ts';
import type { CommitStates, SavedFiles } from './commit-states.ts';
import type { GitFacts } from './git-facts.ts';
import { ClusterEvents, mayHaveEvent } from './hints.ts';
import { foreignOwners } from './in-cluster.ts';
import { ObjectCauses, wantsCause, wantsEvents, wantsHints } from './object-causes.ts';
import { StageObjects } from './stage-objects.ts';
import { Ways } from './way.ts';

export { wantsCause } from './object-causes.ts';

export interface CausesInput {
  environment: Environment;
  /** As they were rendered and compared. */
  applications: readonly RenderedApplication[];
  /** In the order of the results. */
  compared: readonly Compared[];
  cluster: Cluster;
  schemas: Schemas;
  /** Kept as long as the repository is open. */
  states: CommitStates;
  /** The files on disk, where unsaved texts are among what was compared. */
  disk?: SavedFiles;
  /** Where some were asked for already (`foreseeCause`). */
  events?: ClusterEvents;
  /** Of an object by its key, where the results are not all of the environment's. */
  stateOf?(key: string): DriftState | undefined;
  signal?: AbortSignal;
}

/**
 * The results with why each field and object differs: where on the way from the editor to the cluster the difference
 * begins. Costs nothing where nothing differs; a state of the repository is read and rendered only where its files
 * are other ones. What cannot be shown has no cause. Rejects only when aborted.
 */
export async function withCauses(
  workspace: Workspace,
  results: readonly DriftResult[],
  input: CausesInput,
): Promise<DriftResult[]> {
  const wanted = results.map(result => wantsCause(result));
  if (!wanted.includes(true)) return [...results];
  const { compared, cluster, signal, events = new ClusterEvents(cluster, signal) } = input;
  // Objects may be read anew whenever they are asked for: once is enough.
  const abouts = results.map((_, index) => {
    const each = wanted[index] ? compared[index] : undefined;
    return each && once(each);
  });
  const causes = await prepare(workspace, results, input);
  const found = await Promise.all(
    results.map(async (result, index) => {
      return abouts[index] ? causes.of(result, abouts[index]) : result;
    }),
  );
  const liveOf = (wants: (result: DriftResult) => boolean) =>
    found.flatMap((result, index) => {
      const live = abouts[index]?.live;
      return live && wants(result) ? [live] : [];
    });
  const changed = liveOf(wantsHints);
  if (changed.length === 0) return found;
  const [about, audit] = await Promise.all([
    events.about(liveOf(wantsEvents)),
    auditHint(cluster, workspace.host, changed, signal),
  ]);
  const from = { events: about, audit };
  return found.map((result, index) => causes.withHints(result, abouts[index], from));
}

/**
 * Begins to ask for what the cause of a difference will need, as soon as it seems to be one: before the server had
 * its word on it.
 */
export function foreseeCause(compared: Compared, facts: GitFacts, events: ClusterEvents): void {
  const { result, live, input } = compared;
  if (!wantsCause(result)) return;
  // Whoever needs it hears of a failure.
  facts.own().catch(() => {});
  if (!live || result.resource.kind === 'Secret') return;
  const profile = chooseProfile(live, input?.owners ?? {});
  const byOthers = (path: DriftPath) => foreignOwners(path, profile).length > 0;
  if (result.paths.some(path => mayHaveEvent(path) && byOthers(path))) events.foresee(live);
}

async function prepare(
  workspace: Workspace,
  results: readonly DriftResult[],
  input: CausesInput,
): Promise<ObjectCauses> {
  const { environment, applications, cluster, schemas, disk, signal } = input;
  const declared = applications.map(({ application }) => application);
  const controllers = await controllersOf(environment, declared, cluster, signal);
  const known = new Map(results.map(({ resource, state }) => [resourceKey(resource), state]));
  const { stateOf = (key: string) => known.get(key) } = input;
  const ways = new Ways({
    workspace,
    cluster,
    states: input.states,
    disk,
    controllers,
    parentOf: parents(applications),
    signal,
  });
  const objects = new StageObjects({ environment, schemas, cluster, signal });
  return new ObjectCauses({
    workspace,
    disk,
    applications: new Map(declared.map(application => [application.name, application])),
    cluster,
    controllers,
    states: input.states,
    ways,
    objects,
    isUnsure: application =>
      (application.controller && differs(stateOf(resourceKey(application.controller)))) ||
      environment.applications.some(each => each.name === application.name && needsCluster(each)),
    signal,
  });
}

function once({ result, application, declared, live, input }: Compared): Compared {
  return { result, application, ...(declared && { declared }), live, input };
}

function differs(state: DriftState | undefined): boolean {
  return state !== undefined && state !== 'synced' && state !== 'skipped';
}

/** Which application deploys the engine's object of another one. */
function parents(
  applications: readonly RenderedApplication[],
): (application: Application) => Application | undefined {
  let byObject: Map<string, Application> | undefined;
  return ({ controller }) => {
    byObject ??= new Map(
      applications.flatMap(({ application, rendered }) =>
        rendered.objects.map(({ resource }) => [resourceKey(resource), application] as const),
      ),
    );
    return controller && byObject.get(resourceKey(controller));
  };
}
