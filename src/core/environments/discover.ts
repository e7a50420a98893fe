import { objectAt, objectsAt, textAt } from '../model/fields.ts';
import type { JsonObject } from '../model/resource.ts';
import { argocd } from './argocd/argocd.ts';
import { readConfig } from './config/config.ts';
import { applyConfig } from './config/configured.ts';
import type { Discoverer, Discovery, DiscoveryContext, DiscoveryInput, Found } from './context.ts';
import { deployedObjects, writtenBelow } from './deployed.ts';
import { flux } from './flux/flux.ts';
import { isWithin } from './folders.ts';
import { layouts } from './layouts/layouts.ts';
import { plain } from './layouts/plain.ts';
import { type ManifestIndex, withoutSnapshots } from './manifest-index.ts';
import { normalizeRemote } from './remotes.ts';
import { writtenOfKind } from './written.ts';

/** Ways to find environments; the first that finds any wins. */
export const discoverers: readonly Discoverer[] = [flux, argocd, layouts, plain];

/**
 * The environments of a repository: those of driftline.yaml and those it leaves to be discovered,
 * by the first discoverer that finds any. Reads the index only, never the disk, a cluster or a
 * kubeconfig.
 */
export async function discoverEnvironments(input: DiscoveryInput): Promise<Discovery> {
  const config = readConfig(input.index);
  const context = contextOf(input, withoutSnapshots(input.index, config.snapshots));
  // A person who names sources has said what the plain folders are.
  const sources = config.entries.flatMap(({ source }) => source ?? []);
  const candidates =
    sources.length === 0 ? discoverers : discoverers.filter(discoverer => discoverer !== plain);
  const found = await firstFound(context, candidates);
  const configured = await applyConfig(context, config, found.environments, discoverers);
  return {
    environments: configured.environments,
    unresolved: found.unresolved.filter(
      ({ place }) => !sources.some(source => isWithin(source, place.file)),
    ),
    validation: config.validation,
    problems: [...config.problems, ...configured.problems],
  };
}

async function firstFound(
  context: DiscoveryContext,
  candidates: readonly Discoverer[],
): Promise<Found> {
  const unresolved: Found['unresolved'] = [];
  for (const discoverer of candidates) {
    const found = await discoverer.discover(context);
    unresolved.push(...found.unresolved);
    if (found.environments.length > 0) return { environments: found.environments, unresolved };
  }
  return { environments: [], unresolved };
}

function contextOf(input: DiscoveryInput, index: ManifestIndex): DiscoveryContext {
  const own = new Set(ownAddresses(index, input.remotes).map(normalizeRemote));
  const revisions = new Set(['HEAD', 'main', 'master', ...(input.revisions ?? [])]);
  const deployed = new Map<string, ReturnType<typeof deployedObjects>>();
  return {
    index,
    isThisRepository: url => own.has(normalizeRemote(url)),
    isThisRevision: revision =>
      revision === undefined || revision === '' || revisions.has(revision),
    expand: input.expand,
    renders: input.render !== undefined,
    deployed: ({ source, origin }) => {
      const key = JSON.stringify([source, origin]);
      const known = deployed.get(key) ?? deployedObjects(index, input, { source, origin });
      deployed.set(key, known);
      return known;
    },
    rendered: async ({ source, origin }) => {
      const { render, trace = render } = input;
      if (trace) return trace({ source, origin });
      return { objects: 'path' in source ? writtenBelow(index, source) : [] };
    },
  };
}

/** The remotes; where there are none, the one address that all engines' objects name. */
function ownAddresses(index: ManifestIndex, remotes: readonly string[]): readonly string[] {
  if (remotes.length > 0) return remotes;
  const named = [
    ...writtenOfKind(index, 'source.toolkit.fluxcd.io', 'GitRepository').map(({ value }) =>
      textAt(value, 'spec', 'url'),
    ),
    ...writtenOfKind(index, 'argoproj.io', 'Application').flatMap(({ value }) =>
      repositoriesOf(objectAt(value, 'spec')),
    ),
    ...writtenOfKind(index, 'argoproj.io', 'ApplicationSet').flatMap(({ value }) => [
      ...repositoriesOf(objectAt(value, 'spec', 'template', 'spec')),
      ...objectsAt(value, 'spec', 'generators').map(({ git }) => textAt(git, 'repoURL')),
    ]),
  ].filter(url => url !== undefined);
  const plainly = named.filter(url => !url.includes('{{'));
  const distinct = new Map(plainly.map(url => [normalizeRemote(url), url]));
  return distinct.size === 1 ? [...distinct.values()] : [];
}

/** The git addresses that an Application's `spec` names. */
function repositoriesOf(spec: JsonObject | undefined): (string | undefined)[] {
  return [objectAt(spec, 'source'), ...objectsAt(spec, 'sources')]
    .filter(source => textAt(source, 'chart') === undefined)
    .map(source => textAt(source, 'repoURL'));
}
