import { worstHealth } from '../cluster/health.ts';
import type { RenderedApplication } from '../drift/declared.ts';
import { engineOf } from '../engines/index.ts';
import type { DriftResult } from '../model/drift.ts';
import type { NotChecked } from '../model/finding.ts';
import type { Health } from '../model/health.ts';
import { countShown, states } from '../words/states.ts';
import { maskPath } from '../words/values.ts';
import type { ComparedEnvironment, ComparedObject } from './compared.ts';
import type { ApplicationState, ClusterState, EnvironmentState, ObjectState } from './state.ts';

/** What the last comparison says of an environment, as views show it; of its objects only those of these keys. */
export function environmentState(
  compared: ComparedEnvironment,
  repository: { revision: string; branch?: string },
  only?: ReadonlySet<string>,
): EnvironmentState {
  const { environment, phase, reason, report, applications, objects, at, stale } = compared;
  const { name, engine, origin } = environment;
  const notChecked = report?.notChecked ?? [];
  const own = Map.groupBy(objects, ([, { about }]) => about.application);
  return {
    name,
    engine,
    protected: environment.protected,
    cluster: clusterState(compared),
    phase,
    ...(reason === undefined ? {} : { reason }),
    ...(stale && { stale }),
    ...repository,
    ...(report?.deployed && { deployed: report.deployed }),
    counts: countShown([
      { results: [...objects.values()].map(({ result }) => result), notChecked },
    ]),
    applications: applications.map(each =>
      applicationState(compared, each, own.get(each.application.name) ?? [], only),
    ),
    notChecked: notChecked as NotChecked[],
    ...(at && { comparedAt: at.toISOString() }),
    origin,
  };
}

function clusterState({ environment: { cluster }, report }: ComparedEnvironment): ClusterState {
  const { server, version, uid, snapshot } = report?.cluster ?? {};
  if (cluster.kind === 'none') return cluster;
  if (cluster.kind === 'snapshot')
    return { ...cluster, ...(version && { version }), ...snapshotTime(snapshot) };
  return {
    kind: 'context',
    context: cluster.context,
    ...(server && { server }),
    ...(version && { version }),
    ...(uid && { uid }),
    ...(cluster.uid && { pinned: cluster.uid }),
  };
}

function snapshotTime(snapshot: { takenAt?: string } | undefined): { takenAt?: string } {
  return snapshot?.takenAt === undefined ? {} : { takenAt: snapshot.takenAt };
}

function applicationState(
  { controllers, phase }: ComparedEnvironment,
  { application, rendered }: RenderedApplication,
  entries: readonly (readonly [string, ComparedObject])[],
  only: ReadonlySet<string> | undefined,
): ApplicationState {
  const own = entries.map(([, object]) => object);
  const engine = engineOf(application);
  const controller = controllers.get(application.name);
  const said = engine.status(application, controller);
  const trouble = rendered.failure?.message ?? said.trouble;
  const health = phase === 'compared' ? (said.health ?? healthOfAll(own)) : undefined;
  return {
    name: application.name,
    engine: application.engine,
    counts: countShown([{ results: own.map(({ result }) => result), notChecked: [] }]),
    objects: entries
      .filter(([key]) => only?.has(key) ?? true)
      .map(([, object]) => objectState(object))
      .sort(worstFirst),
    ...(said.revision && { deployed: said.revision }),
    ...(health && { health }),
    suspended: said.suspended,
    ...(trouble && { trouble }),
    can: [...engine.can],
    origin: application.origin,
  };
}

function healthOfAll(objects: readonly ComparedObject[]): Health | undefined {
  return worstHealth(
    objects.flatMap(({ result: { resource }, about: { health } }) =>
      health ? { resource, health } : [],
    ),
  );
}

function objectState({ result, about: { health } }: ComparedObject): ObjectState {
  const masked = { ...result, paths: result.paths.map(path => maskPath(result.resource, path)) };
  return health ? { ...masked, health } : masked;
}

function worstFirst(a: DriftResult, b: DriftResult): number {
  return states.indexOf(a.state) - states.indexOf(b.state);
}
