import { type Application, type Environment, isHere, partsOf } from '../../model/environment.ts';
import type { Finding } from '../../model/finding.ts';
import type { Discoverer, DiscoveryContext } from '../context.ts';
import { folderExists, isWithin } from '../folders.ts';
import type { Config, ConfigEntry } from './config.ts';

/**
 * Environments as driftline.yaml has them, in its order, followed by the discovered ones that it
 * says nothing about. What it leaves out of an environment stays as discovered.
 */
export async function applyConfig(
  context: DiscoveryContext,
  config: Config,
  discovered: readonly Environment[],
  discoverers: readonly Discoverer[],
): Promise<{ environments: Environment[]; problems: Finding[] }> {
  const environments: Environment[] = [];
  const problems: Finding[] = [];
  for (const entry of config.entries) {
    if (environments.some(({ name }) => name === entry.name)) continue;
    const found = await basis(context, entry, discovered, discoverers);
    if (typeof found === 'string')
      problems.push(entry.problem(found, entry.source === undefined ? 'name' : 'source.path'));
    else environments.push(override(found, entry));
  }
  const rest = discovered.filter(environment => !isCovered(environment, config.entries));
  const all = [...environments, ...rest].map(environment => ({
    ...environment,
    ignore: [...environment.ignore, ...config.ignore],
  }));
  const known = new Set(all.map(({ name }) => name));
  for (const entry of config.entries)
    if (entry.after !== undefined && !known.has(entry.after))
      problems.push(entry.problem(`no environment is named ${entry.after}`, 'after'));
  return { environments: all, problems };
}

/**
 * What an entry is about: the folder it names, by the first discoverer that knows it, or a
 * discovered environment.
 */
async function basis(
  context: DiscoveryContext,
  entry: ConfigEntry,
  discovered: readonly Environment[],
  discoverers: readonly Discoverer[],
): Promise<Environment | string> {
  const { source, name, place } = entry;
  if (source === undefined)
    return (
      discovered.find(environment => environment.name === name) ??
      `no environment named ${name} was discovered; give it a source with a path`
    );
  if (!folderExists(context.index, source)) return `the folder ${source} is not in the repository`;
  for (const discoverer of discoverers) {
    const found = await discoverer.at(context, source, name, place);
    if (found) return found;
  }
  return `the folder ${source} holds no manifests, kustomization or chart`;
}

function override(environment: Environment, entry: ConfigEntry): Environment {
  return {
    ...environment,
    name: entry.name,
    applications: environment.applications.map(application => adjust(application, entry)),
    cluster: entry.cluster ?? environment.cluster,
    namespace: entry.namespace ?? environment.namespace,
    kubernetes: entry.kubernetes ?? environment.kubernetes,
    protected: entry.protected ?? environment.protected,
    after: entry.after ?? environment.after,
    ignore: [...environment.ignore, ...entry.ignore],
  };
}

/**
 * An engine's objects say themselves who applies them and where to; for folders the entry says it.
 */
function adjust(application: Application, entry: ConfigEntry): Application {
  if (application.engine === 'flux' || application.engine === 'argocd') return application;
  const { source } = application;
  const namespace = entry.namespace;
  return {
    ...application,
    owner: entry.manager ?? application.owner,
    source: source.kind === 'helm' && namespace !== undefined ? { ...source, namespace } : source,
  };
}

/** True when an entry has the environment's name or renders what it renders. */
function isCovered(environment: Environment, entries: readonly ConfigEntry[]): boolean {
  const paths = environment.applications.flatMap(({ source }) =>
    partsOf(source).map(part => (isHere(part) ? part.path : undefined)),
  );
  return entries.some(
    ({ name, source }) =>
      name === environment.name ||
      (source !== undefined &&
        (isWithin(source, environment.origin.file) ||
          paths.every(path => path !== undefined && isWithin(source, path)))),
  );
}
