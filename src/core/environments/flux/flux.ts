import type { Environment, Unresolved } from '../../model/environment.ts';
import { textAt } from '../../model/fields.ts';
import { resourceKey } from '../../model/resource.ts';
import type { DeployedObject, Discoverer, DiscoveryContext } from '../context.ts';
import {
  type Draft,
  maxDepth,
  nameApplications,
  newEnvironment,
  positionKey,
  tooDeep,
} from '../drafts.ts';
import { shortestNames } from '../folders.ts';
import { writtenOfKind } from '../written.ts';
import { entriesOf, type FluxEntry, fluxEntries } from './entries.ts';
import { isKustomization, kustomizationDraft } from './kustomization.ts';
import { helmGroup, releaseDraft } from './release.ts';
import { type FluxSources, fluxSources } from './sources.ts';

/** Environments that Flux deploys: one for each cluster that the repository starts Flux on. */
export const flux: Discoverer = {
  id: 'flux',
  async discover(context) {
    const entries = fluxEntries(context);
    const names = shortestNames(entries.map(entry => entry.folder));
    const environments: Environment[] = [];
    const reached = new Set<string>();
    for (const [at, entry] of entries.entries()) {
      const name = names[at] || 'flux';
      environments.push(await environmentOf(context, entry, name, reached));
    }
    return { environments, unresolved: unreachedReleases(context, reached) };
  },
  async at(context, folder, name, origin) {
    const entry = entriesOf(context, folder);
    if (!entry) return undefined;
    return { ...(await environmentOf(context, entry, name, new Set())), origin };
  },
};

async function environmentOf(
  context: DiscoveryContext,
  entry: FluxEntry,
  name: string,
  reached: Set<string>,
): Promise<Environment> {
  const sources = fluxSources(context, entry.bootstrap);
  sources.add(entry.known);
  const { drafts, deployed } = await walk(context, sources, entry.roots);
  for (const object of deployed) reached.add(positionKey(object));
  const releases = unique(deployed.filter(({ resource }) => isRelease(resource)));
  for (const release of releases) drafts.push(releaseDraft(context, sources, deployed, release));
  const applications = nameApplications(drafts);
  return newEnvironment({ name, engine: 'flux', applications, origin: entry.origin });
}

/** Follows Kustomizations into the Kustomizations that their paths deploy. */
async function walk(
  context: DiscoveryContext,
  sources: FluxSources,
  roots: readonly DeployedObject[],
): Promise<{ drafts: Draft[]; deployed: DeployedObject[] }> {
  const drafts: Draft[] = [];
  const deployed: DeployedObject[] = [];
  const seen = new Set<string>();
  const queue = roots.map(kustomization => ({ kustomization, depth: 0 }));
  for (const { kustomization, depth } of queue) {
    const key = resourceKey(kustomization.resource);
    if (seen.has(key)) continue;
    seen.add(key);
    const draft = kustomizationDraft(context, sources, kustomization);
    if (depth === maxDepth)
      draft.application.source = { kind: 'unresolved', reason: tooDeep(kustomization.resource) };
    drafts.push(draft);
    const objects = await context.deployed(draft.application);
    sources.add(objects);
    deployed.push(...objects);
    for (const object of objects)
      if (isKustomization(object.resource)) queue.push({ kustomization: object, depth: depth + 1 });
  }
  return { drafts, deployed };
}

function isRelease({ group, kind }: DeployedObject['resource']): boolean {
  return group === helmGroup && kind === 'HelmRelease';
}

function unique(objects: readonly DeployedObject[]): DeployedObject[] {
  return [...new Map(objects.map(object => [resourceKey(object.resource), object])).values()];
}

/**
 * HelmReleases of the repository that no Kustomization of it deploys; to know that takes the
 * renderer.
 */
function unreachedReleases(context: DiscoveryContext, reached: ReadonlySet<string>): Unresolved[] {
  if (!context.renders) return [];
  return writtenOfKind(context.index, helmGroup, 'HelmRelease')
    .filter(release => textAt(release.value, 'spec', 'interval') !== undefined)
    .filter(release => !reached.has(positionKey(release)))
    .map(release => ({
      reason: `HelmRelease ${release.resource.name} is deployed by no Flux Kustomization of this repository`,
      place: release.source,
    }));
}
