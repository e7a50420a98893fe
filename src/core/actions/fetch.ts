import { missingDependencies } from '../charts/dependencies.ts';
import { fetchArchives } from '../charts/fetcher.ts';
import { UserError } from '../lib/errors.ts';
import {
  type Application,
  type ChartReference,
  type Environment,
  partsOf,
  type SingleSource,
} from '../model/environment.ts';
import type { Place } from '../model/source.ts';
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
 * repository's own charts. With `refresh` those too that were fetched before, as ranges of versions may mean
 * others by now. Opens no connection.
 */
export async function planFetch(
  workspace: Workspace,
  environments: readonly Environment[],
  { refresh = false }: { refresh?: boolean } = {},
): Promise<FetchPlan> {
  const planned = new Map<string, PlannedChart>();
  for (const { name, applications } of environments)
    for (const { source, origin } of applications.flatMap(partsWithOrigin)) {
      for (const { reference, place } of await namedBy(workspace, source, origin)) {
        if (!refresh && (await isHere(workspace, reference))) continue;
        const key = JSON.stringify([reference.url, reference.name, reference.version]);
        const known = planned.get(key) ?? { reference, place, neededBy: [] };
        if (!known.neededBy.includes(name)) known.neededBy.push(name);
        planned.set(key, known);
      }
    }
  return { charts: [...planned.values()] };
}

function partsWithOrigin({ source, origin }: Application) {
  return partsOf(source).map(part => ({ source: part, origin }));
}

async function isHere(workspace: Workspace, reference: ChartReference): Promise<boolean> {
  const found = await workspace.charts.find(reference, workspace.repository);
  return found.kind !== 'missing';
}

/** The charts elsewhere that a release is made of. */
async function namedBy(
  { charts, repository }: Workspace,
  source: SingleSource,
  origin: Place,
): Promise<{ reference: ChartReference; place: Place }[]> {
  if (source.kind !== 'helm') return [];
  if (source.chart) return [{ reference: source.chart, place: origin }];
  const names = await missingDependencies(repository, source.path);
  const found = await charts.dependencies(source.path, names, repository);
  const file = source.path === '' ? 'Chart.yaml' : `${source.path}/Chart.yaml`;
  return found.flatMap(each =>
    each.kind === 'reference'
      ? [{ reference: each.reference, place: { file, line: 1, column: 1 } }]
      : [],
  );
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
      const before = await store.put(chart.reference, result.chart, new Date());
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

function requirePermission(workspace: Workspace): void {
  if (workspace.offline)
    throw new UserError('Nothing can be fetched with --offline, which opens no connection.');
  if (!workspace.host.trusted())
    throw new UserError(
      'This folder is not trusted, so no address that it names is asked for charts. Trust the folder (on the command line: --trust).',
    );
}
