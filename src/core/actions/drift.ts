import type { Cluster } from '../cluster/cluster.ts';
import { customResourceDefinitions } from '../cluster/definitions.ts';
import type { RenderedApplication } from '../drift/declared.ts';
import { EnvironmentComparison } from '../drift/environment-drift.ts';
import type { Compared, EnvironmentInput } from '../drift/environment-input.ts';
import { byOurClock } from '../drift/our-clock.ts';
import { placeResult } from '../drift/place-result.ts';
import { ServerWord } from '../drift/server/server-word.ts';
import type { DriftResult } from '../model/drift.ts';
import type { Application, Environment } from '../model/environment.ts';
import type { RenderedObject } from '../model/rendered.ts';
import { type JsonObject, type Resource, resourceKey } from '../model/resource.ts';
import { placeText } from '../model/source.ts';
import { newestVersion } from '../schemas/schemas.ts';
import type { Schemas } from '../schemas/type.ts';
import type { Workspace } from '../workspace.ts';
import { agreementsOf } from './agreements.ts';
import { foreseeCause, withCauses } from './cause/causes.ts';
import { CommitStates } from './cause/commit-states.ts';
import { ClusterEvents } from './cause/hints.ts';
import { definitionsOf } from './definitions.ts';
import { deployedRevision } from './deployed.ts';
import { notRendered, renderApplications } from './rendering.ts';
import type { DriftReport, EnvironmentDrift } from './reports.ts';

export interface DriftOptions {
  environments: readonly Environment[];
  /** Find the line of every object, also of those in sync; costs a second render of each application. */
  placeAll: boolean;
  /** Have the server try every object in sync that its admission may rewrite. */
  verify?: boolean;
  /** Send no dry-run: each leaves an entry in the cluster's audit log. */
  local?: boolean;
  signal?: AbortSignal;
}

/** How many objects in sync are tried on the server unasked: it takes half a second each. */
const triedUnasked = 8;

/**
 * Compares environments with what runs, all at the same time. `failures` are what is wrong
 * with driftline.yaml, and the chosen clusters and snapshots that could not be asked at all: one
 * sentence each.
 */
export async function drift(
  workspace: Workspace,
  { environments, placeAll, verify = false, local = false, signal }: DriftOptions,
): Promise<Omit<DriftReport, 'elapsedMs'> & { failures: string[] }> {
  const { problems } = await workspace.discovery();
  const failures = problems
    .filter(({ severity }) => severity === 'error')
    .map(({ message, ...place }) => `${placeText(place)}: ${message}`);
  const states = new CommitStates();
  const compared = environments.map(async environment => {
    const connecting = workspace.connect(environment);
    const cluster = connecting.then(
      answer => (answer.ok ? answer.cluster : undefined),
      () => undefined,
    );
    // The same is asked for in a moment, when everything is rendered.
    cluster.then(opened => opened?.discovery(signal)).catch(() => {});
    const [applications, opened] = await Promise.all([
      renderApplications(workspace, environment, { trace: placeAll, cluster, signal }),
      connecting,
    ]);
    const rendered = { environment, applications };
    if (opened.ok) {
      const open = { ...rendered, cluster: opened.cluster };
      const events = new ClusterEvents(opened.cluster, signal);
      const facts = states.facts(workspace.repository);
      const differing = (each: Compared) => foreseeCause(each, facts, events);
      const options = { traced: placeAll, verify, local, again: !verify, differing, signal };
      const found = await compareOpen(workspace, open, options);
      const about = { ...open, ...found, states, events, signal };
      return { ...found.report, results: await withCauses(workspace, found.report.results, about) };
    }
    if (environment.cluster.kind !== 'none') failures.push(`${environment.name}: ${opened.reason}`);
    return notCompared(workspace, rendered, opened.reason);
  });
  return { environments: await Promise.all(compared), failures };
}

export interface RenderedEnvironment {
  environment: Environment;
  applications: readonly RenderedApplication[];
}

/** The report on an environment of which nothing could be compared. */
export function notCompared(
  workspace: Workspace,
  { environment, applications }: RenderedEnvironment,
  reason: string,
): EnvironmentDrift {
  const report = emptyReport(workspace, environment, applications);
  report.notChecked.unshift(nothingCompared(environment, applications, reason));
  return report;
}

export interface CompareOptions {
  /** True when the applications are rendered with the place of every field. */
  traced: boolean;
  /** See `DriftOptions`. */
  verify?: boolean;
  local?: boolean;
  /** True where what the server agreed to in earlier sessions counts again. */
  again?: boolean;
  /** See `EnvironmentInput`. */
  differing?(compared: Compared): void;
  signal?: AbortSignal;
}

/**
 * Compares one rendered environment with its open cluster; `compared` stands in the order of the results,
 * `schemas` are what it was compared by.
 */
export async function compareOpen(
  workspace: Workspace,
  open: RenderedEnvironment & { cluster: Cluster },
  { traced, verify = false, local = false, again = false, differing, signal }: CompareOptions,
): Promise<{ report: EnvironmentDrift; compared: Compared[]; schemas: Schemas }> {
  const { environment, cluster } = open;
  const deployed = deployedRevision(workspace, environment, cluster, signal);
  const input = await environmentInput(workspace, open, signal);
  const agreements = again ? agreementsOf(workspace, environment, cluster) : undefined;
  const word = new ServerWord(cluster, { localOnly: () => local, agreements });
  const audited = verify ? Number.POSITIVE_INFINITY : triedUnasked;
  const comparison = await EnvironmentComparison.of({ ...input, word, audited, differing });
  word.close();
  const compared = [...comparison.compared.values()];
  const placed = await placeResults(workspace, compared, traced);
  const results = placed.map(result => byOurClock(result, cluster.clockAhead));
  const report = comparedReport(workspace, open, comparison);
  return {
    report: { ...report, deployed: await deployed, results },
    compared,
    schemas: input.schemas,
  };
}

/** What an environment is compared by. */
export async function environmentInput(
  workspace: Workspace,
  { environment, applications, cluster }: RenderedEnvironment & { cluster: Cluster },
  signal: AbortSignal | undefined,
): Promise<EnvironmentInput> {
  const target = environment.kubernetes ?? cluster.identity.version ?? newestVersion();
  const builtin = workspace.schemas(target, []);
  const wanted = applications
    .flatMap(each => each.rendered.objects.map(({ resource }) => resource))
    .filter(resource => !builtin.lookup(resource).found);
  const customTypes = await customTypesOf(workspace, { applications, cluster, wanted }, signal);
  const schemas = workspace.schemas(target, customTypes);
  const { judge } = workspace;
  return { environment, applications, cluster, judge, schemas, target, signal };
}

/** The report on a comparison, but for its results. */
export function comparedReport(
  workspace: Workspace,
  { environment, applications, cluster }: RenderedEnvironment & { cluster: Cluster },
  { notChecked }: EnvironmentComparison,
): EnvironmentDrift {
  const report = emptyReport(workspace, environment, applications);
  return {
    ...report,
    cluster: cluster.identity,
    notChecked: [...report.notChecked, ...notChecked],
  };
}

function emptyReport(
  workspace: Workspace,
  environment: Environment,
  applications: readonly RenderedApplication[],
): EnvironmentDrift {
  const { name, engine, cluster } = environment;
  return {
    name,
    engine,
    cluster: cluster.kind === 'context' ? { context: cluster.context, uid: cluster.uid } : {},
    revision: workspace.repository.revision,
    branch: workspace.branch,
    results: [],
    // Objects that are known by name get results of their own.
    notChecked: notRendered(environment, applications, { objects: false }),
  };
}

function nothingCompared(
  environment: Environment,
  applications: readonly RenderedApplication[],
  reason: string,
) {
  const count = applications.reduce((sum, { rendered }) => sum + rendered.objects.length, 0);
  const objects = `${count} ${count === 1 ? 'object was' : 'objects were'} not compared`;
  return { reason: `${objects}: ${reason}`, environment: environment.name };
}

interface Wanted {
  cluster: Cluster;
  /** Kinds that are not built in. */
  wanted: readonly Resource[];
}

/** The definitions that the cluster judges by; of kinds it does not know yet those that will be applied. */
async function customTypesOf(
  workspace: Workspace,
  { applications, cluster, wanted }: Pick<RenderedEnvironment, 'applications'> & Wanted,
  signal: AbortSignal | undefined,
): Promise<JsonObject[]> {
  const live = await customResourceDefinitions(cluster, wanted, signal);
  // A cache is not waited for.
  void workspace.rememberTypes(cluster.identity, live);
  return definitionsOf(
    workspace,
    applications.map(({ rendered }) => rendered),
    live,
  );
}

/**
 * Puts results on the lines that cause them. Where a field comes from takes longer to find out than the
 * field itself, so what was not traced yet is traced for those applications that have something to show.
 */
async function placeResults(
  workspace: Workspace,
  compared: readonly Compared[],
  traced: boolean,
): Promise<DriftResult[]> {
  const traces = new Map<Application, Promise<Map<string, RenderedObject>>>();
  return Promise.all(
    compared.map(async ({ result, declared }) => {
      if (declared === undefined) return result;
      const { application, object } = declared;
      if (traced) return placeResult(result, object);
      if (result.state === 'synced') return result;
      const trace = traces.get(application) ?? tracedObjects(workspace, application);
      traces.set(application, trace);
      const place = (await trace).get(resourceKey(object.resource));
      return place ? placeResult(result, place) : result;
    }),
  );
}

async function tracedObjects(
  workspace: Workspace,
  application: Application,
): Promise<Map<string, RenderedObject>> {
  const { objects } = await workspace.trace(application);
  return new Map(objects.map(object => [resourceKey(object.resource), object]));
}
