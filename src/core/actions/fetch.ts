import { missingDependencies } from '../charts/dependencies.ts';
import { fetchArchives } from '../charts/fetcher.ts';
import type { ChartStore, NewChart } from '../charts/store.ts';
import { messageOf, UserError } from '../lib/errors.ts';
import {
  type ChartReference,
  type Environment,
  partsOf,
  type SingleSource,
} from '../model/environment.ts';
import type { Place } from '../model/source.ts';
import { isNamed } from '../render/charts.ts';
import { lineWhere } from '../render/locate.ts';
import { requireProgram } from '../upstream/programs.ts';
import type { Workspace } from '../workspace.ts';

/** What an environment's releases name and is not here. */
export interface FetchPlan {
  charts: PlannedChart[];
}

export interface PlannedChart {
  reference: ChartReference;
  /** Where it is named first. */
  place: Place;
  /** Names of the environments that need it. */
  neededBy: string[];
}

export type FetchOutcome = { chart: PlannedChart } & (
  | {
      kind: 'fetched';
      /** What was found for what was asked. */
      version: string;
      /** SHA-256 of the archive in hex. */
      digest: string;
      /** Address of the archive. */
      from: string;
      /** Digest that the same version had when it was fetched before. */
      before?: string;
    }
  /** One sentence. */
  | { kind: 'failed'; message: string }
);

/**
 * The charts that environments name and that are not here: charts of releases, and dependencies of the
 * repository's own charts; with `all` also of those charts that no environment deploys. With `refresh` those too
 * that were fetched before, as ranges of versions may mean others by now. Opens no connection.
 */
export async function planFetch(
  workspace: Workspace,
  environments: readonly Environment[],
  { refresh = false, all = false }: { refresh?: boolean; all?: boolean } = {},
): Promise<FetchPlan> {
  const planned = new Map<string, PlannedChart>();
  const add = async ({ reference, place }: Named, environment?: string) => {
    if (!refresh && (await isHere(workspace, reference))) return;
    const key = JSON.stringify([reference.url, reference.name, reference.version]);
    const known = planned.get(key) ?? { reference, place, neededBy: [] };
    if (environment !== undefined && !known.neededBy.includes(environment))
      known.neededBy.push(environment);
    planned.set(key, known);
  };
  for (const { name, applications } of environments)
    for (const { source, origin } of applications)
      for (const part of partsOf(source))
        for (const named of await namedBy(workspace, part, origin)) await add(named, name);
  if (all)
    for (const folder of workspace.index.charts.keys())
      for (const named of await dependenciesOf(workspace, folder)) await add(named);
  return { charts: [...planned.values()] };
}

/** A chart elsewhere, and where it is named. */
interface Named {
  reference: ChartReference;
  place: Place;
}

async function isHere(workspace: Workspace, reference: ChartReference): Promise<boolean> {
  const found = await workspace.charts.find(reference, workspace.repository);
  return found.kind !== 'missing';
}

/** The charts elsewhere that a release is made of. */
async function namedBy(
  workspace: Workspace,
  source: SingleSource,
  origin: Place,
): Promise<Named[]> {
  if (source.kind !== 'helm') return [];
  if (!source.chart) return dependenciesOf(workspace, source.path);
  return [{ reference: source.chart, place: origin }];
}

/** The dependencies of a chart's folder that it has not. */
async function dependenciesOf({ charts, repository }: Workspace, folder: string): Promise<Named[]> {
  const names = await missingDependencies(repository, folder);
  if (names.length === 0) return [];
  const file = folder === '' ? 'Chart.yaml' : `${folder}/Chart.yaml`;
  const text = Buffer.from(await repository.read(file)).toString();
  const found = await charts.dependencies(folder, names, repository);
  return found.flatMap(each => {
    if (each.kind !== 'reference') return [];
    const line = lineWhere(text, written => isNamed(written, each.name)) ?? 1;
    return [{ reference: each.reference, place: { file, line, column: 1 } }];
  });
}

/**
 * Gets what is planned and keeps it for all repositories of this person; what renders notices by itself. Answers
 * in the plan's order. Throws a `UserError` where it may not connect, the signal's reason when it aborts: what had
 * arrived until then stays.
 */
export async function fetchCharts(
  workspace: Workspace,
  { charts }: FetchPlan,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (sentence: string) => void } = {},
): Promise<FetchOutcome[]> {
  requirePermission(workspace);
  if (charts.length === 0) return [];
  const outcomes: (FetchOutcome | undefined)[] = charts.map(() => undefined);
  const references = charts.map(({ reference }) => reference);
  const { store } = workspace.charts;
  onProgress?.(`Fetching ${references.length === 1 ? 'a chart' : `${references.length} charts`} …`);
  await fetchArchives(requireProgram('renderer'), references, {
    signal,
    onResult: async result => {
      const chart = charts[result.index];
      if (!chart) return;
      if ('error' in result) {
        outcomes[result.index] = { chart, kind: 'failed', message: result.error };
        return;
      }
      const { version, digest, from } = result.chart;
      const kept = await keep(store, chart.reference, result.chart);
      if ('message' in kept) {
        outcomes[result.index] = { chart, kind: 'failed', message: kept.message };
        return;
      }
      const { before } = kept;
      const changed = before !== undefined && { before };
      outcomes[result.index] = { chart, kind: 'fetched', version, digest, from, ...changed };
      const done = outcomes.filter(each => each !== undefined).length;
      onProgress?.(`${chart.reference.name} ${version} is here (${done} of ${charts.length}) …`);
    },
  });
  const nothing = 'Nothing was answered for it.';
  return outcomes.map(
    (outcome, index) =>
      outcome ?? { chart: charts[index] as PlannedChart, kind: 'failed', message: nothing },
  );
}

async function keep(
  store: ChartStore,
  reference: ChartReference,
  chart: NewChart,
): Promise<{ before: string | undefined } | { message: string }> {
  try {
    return { before: await store.put(reference, chart, new Date()) };
  } catch (error) {
    return { message: `It cannot be kept in ${store.folder}: ${messageOf(error)}.` };
  }
}

function requirePermission(workspace: Workspace): void {
  if (workspace.offline)
    throw new UserError('Nothing can be fetched with --offline, which opens no connection.');
  if (!workspace.host.trusted())
    throw new UserError(
      'This folder is not trusted, so no address that it names is asked for charts. Trust the folder (on the command line: --trust).',
    );
}
