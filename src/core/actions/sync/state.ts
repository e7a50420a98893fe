import type { Cluster } from '../../cluster/cluster.ts';
import { appliedObject } from '../../drift/applied.ts';
import type { Compared } from '../../drift/environment-input.ts';
import type { EngineTarget, SyncObject } from '../../engines/engine.ts';
import { changedFiles, commitsBetween } from '../../git/repository.ts';
import type { DriftResult } from '../../model/drift.ts';
import type { Environment } from '../../model/environment.ts';
import type { NotChecked } from '../../model/finding.ts';
import { resourceKey } from '../../model/resource.ts';
import type { Schemas } from '../../schemas/type.ts';
import { quantity } from '../../words/states.ts';
import type { Workspace } from '../../workspace.ts';
import { compareOpen } from '../drift.ts';
import { renderApplications } from '../rendering.ts';
import type { Pinned, Unit } from './target.ts';

/** What was found of the chosen applications, in the order of the comparison. */
export interface Found {
  compared: { result: DriftResult; application: string; input?: Compared['input'] }[];
  notChecked: NotChecked[];
  /** Why applications could not be rendered, by their names. */
  failures: ReadonlyMap<string, string>;
  schemas: Schemas;
}

/**
 * Compares the whole environment, because an object may have moved from one application to another, and picks
 * what belongs to the chosen ones.
 */
export async function compareUnits(
  workspace: Workspace,
  { environment, cluster }: Pinned,
  units: readonly Unit[],
  signal?: AbortSignal,
): Promise<Found> {
  const asked = { trace: false, cluster: Promise.resolve(cluster), signal };
  const applications = await renderApplications(workspace, environment, asked);
  const open = { environment, applications, cluster };
  const { report, compared, schemas } = await compareOpen(workspace, open, {
    traced: false,
    signal,
  });
  const names = new Set(units.flatMap(unit => unit.names));
  const chosen = compared.flatMap(({ application, input }, index) => {
    // As the report has them: masked, and with their places.
    const result = report.results[index];
    return result && names.has(application) ? [{ result, application, input }] : [];
  });
  const failures = applications.flatMap(({ application: { name }, rendered: { failure } }) =>
    failure ? [[name, failure.message] as const] : [],
  );
  const ahead = await unpushed(workspace, applications, names);
  return {
    compared: chosen,
    notChecked: [...ahead, ...aboutUnits(report.notChecked, environment, names)],
    failures: new Map(failures),
    schemas,
  };
}

/** What is said of the environment, or of the chosen applications' own objects. */
function aboutUnits(
  notChecked: readonly NotChecked[],
  { applications }: Environment,
  names: ReadonlySet<string>,
): NotChecked[] {
  const others = applications
    .filter(({ name }) => !names.has(name))
    .flatMap(({ controller }) => (controller ? [resourceKey(controller)] : []));
  return notChecked.filter(({ object }) => !object || !others.includes(resourceKey(object)));
}

/** Flux and Argo CD apply what is pushed; what differs here from that, the comparison shows and they do not. */
async function unpushed(
  { repository: { root, revision } }: Workspace,
  rendered: Awaited<ReturnType<typeof renderApplications>>,
  names: ReadonlySet<string>,
): Promise<NotChecked[]> {
  const pulled = rendered.filter(
    ({ application: { name, engine } }) =>
      names.has(name) && (engine === 'flux' || engine === 'argocd'),
  );
  if (pulled.length === 0 || revision !== 'working tree') return [];
  const reads = new Set(pulled.flatMap(each => each.rendered.reads));
  const [files = [], commits = 0] = await Promise.all([
    changedFiles(root),
    commitsBetween(root, '@{upstream}', 'HEAD'),
  ]);
  const changed = files.filter(file => reads.has(file)).length;
  const said = [
    ...(changed > 0 ? [`${quantity(changed, 'file')} not committed`] : []),
    ...(commits > 0 ? [`${quantity(commits, 'commit')} not pushed`] : []),
  ];
  if (said.length === 0) return [];
  const reason = `The engine applies what is pushed; here are ${said.join(' and ')}, so that it may do something else than shown.`;
  return [{ reason }];
}

/** What an engine is told about one unit. */
export async function targetOf(
  { environment, cluster }: { environment: Environment; cluster: Cluster },
  { application, names }: Unit,
  { compared, schemas }: Found,
  signal?: AbortSignal,
): Promise<EngineTarget> {
  const own = compared.filter(each => names.includes(each.application));
  const objects = own.map(async ({ result, input }): Promise<SyncObject[]> => {
    if (!input) return [];
    const { object, owner, withheld } = await appliedObject(input, schemas);
    const { resource, state } = result;
    return [{ resource, state, desired: object, owner, ...(withheld && { withheld }) }];
  });
  return {
    environment,
    application,
    cluster,
    objects: (await Promise.all(objects)).flat(),
    signal,
  };
}
