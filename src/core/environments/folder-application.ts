import { argoGlobOf } from '../lib/argo-glob.ts';
import type { ChartFolder, KustomizationFile } from '../manifests/index-types.ts';
import { baseName, folderOf } from '../manifests/paths.ts';
import type { Application, EngineId, Environment } from '../model/environment.ts';
import type { Place } from '../model/source.ts';
import { newEnvironment } from './drafts.ts';
import { isWithin, shortestNames } from './folders.ts';
import type { ManifestIndex } from './manifest-index.ts';

/** A kustomization folder as `kubectl apply -k` deploys it. */
export function kustomizeApplication({ path, file }: KustomizationFile): Application {
  return {
    ...base(path, { file, line: 1, column: 1 }),
    source: { kind: 'kustomize', path },
  };
}

/** A chart as `helm install` deploys it, its release named after the chart. */
export function chartApplication(chart: ChartFolder, valuesFiles: readonly string[]): Application {
  const [values] = valuesFiles;
  return {
    ...base(chart.path, { file: values ?? chart.file, line: 1, column: 1 }),
    name: chart.name,
    engine: 'helm',
    owner: { mode: 'ssa', manager: 'helm' },
    source: {
      kind: 'helm',
      path: chart.path,
      release: chart.name,
      namespace: 'default',
      values: valuesFiles.map(path => ({ kind: 'file', path })),
      includeCrds: false,
    },
  };
}

/** Manifests of a folder as `kubectl apply -f` deploys them, without the files in `except`. */
export function plainApplication(
  path: string,
  recurse: boolean,
  file: string,
  except: readonly string[] = [],
): Application {
  const prefix = path === '' ? 0 : path.length + 1;
  const excluded = except.map(name => argoGlobOf(name.slice(prefix)));
  return {
    ...base(path, { file, line: 1, column: 1 }),
    source: {
      kind: 'plain',
      path,
      recurse,
      ...(excluded.length === 0 ? {} : { exclude: `{${excluded.join(',')}}` }),
    },
  };
}

/** One file as `kubectl apply -f` deploys it. */
export function fileApplication(file: string): Application {
  return {
    ...base(file, { file, line: 1, column: 1 }),
    source: {
      kind: 'plain',
      path: folderOf(file),
      recurse: false,
      include: argoGlobOf(baseName(file)),
    },
  };
}

function base(path: string, origin: Place): Omit<Application, 'source'> {
  return {
    name: path,
    engine: 'apply',
    owner: { mode: 'ssa', manager: 'kubectl' },
    dependsOn: [],
    origin,
    ignore: [],
  };
}

/**
 * Charts that are installed for themselves: no libraries, and none inside another chart's `charts`.
 */
export function installableCharts(index: ManifestIndex): ChartFolder[] {
  const charts = [...index.charts.values()];
  return charts.filter(
    chart =>
      chart.type !== 'library' &&
      !charts.some(
        outer =>
          outer !== chart &&
          isWithin(outer.path === '' ? 'charts' : `${outer.path}/charts`, chart.path),
      ),
  );
}

/**
 * Kustomizations that no other one builds on: what somebody applies. Components are never applied
 * alone.
 */
export function kustomizationLeaves(index: ManifestIndex): KustomizationFile[] {
  const used = new Set([...index.kustomizations.values()].flatMap(({ refersTo }) => refersTo));
  return [...index.kustomizations.values()].filter(
    ({ path, kind }) => kind !== 'Component' && !used.has(path),
  );
}

/**
 * An environment of applications that conventions found; each application gets the shortest name
 * that tells it apart.
 */
export function folderEnvironment(
  name: string,
  applications: readonly Application[],
  origin?: Place,
): Environment {
  const [first] = applications;
  const names = shortestNames(applications.map(application => application.name));
  const engines = new Set<EngineId>(applications.map(application => application.engine));
  return newEnvironment({
    name,
    engine: engines.size === 1 ? (first?.engine ?? 'none') : 'apply',
    applications: applications.map((application, at) => ({
      ...application,
      name: names[at] || baseName(name),
    })),
    origin: origin ?? first?.origin ?? { file: '', line: 1, column: 1 },
  });
}
