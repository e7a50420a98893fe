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
import { isWithin, shortestNames } from '../folders.ts';
import { writtenOfKind } from '../written.ts';
import { entriesOf, type FluxEntry, fluxEntries } from './entries.ts';
import { helmGroup, isKustomization, isRelease } from './kinds.ts';
import { kustomizationDraft } from './kustomization.ts';
import { type NamedObjects, namedObjects, nothingNamed } from './named-objects.ts';
import { releaseDraft } from './release.ts';
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
      const others = otherFolders(entries, entry);
      environments.push(await environmentOf(context, entry, { name, others, reached }));
    }
    return { environments, unresolved: unreachedReleases(context, reached) };
  },
  async at(context, folder, name, origin) {
    const entry = entriesOf(context, folder);
    if (!entry) return undefined;
    const others = otherFolders(fluxEntries(context), entry);
    const options = { name, others, reached: new Set<string>() };
    return { ...(await environmentOf(context, entry, options)), origin };
  },
};

/** The folders that are another cluster's alone. */
function otherFolders(entries: readonly FluxEntry[], { folder }: FluxEntry): string[] {
  return entries.map(entry => entry.folder).filter(other => !isWithin(other, folder));
}

interface Naming {
  name: string;
  /** Folders of other clusters. */
  others: readonly string[];
  /** Takes the positions of all that the environment deploys. */
  reached: Set<string>;
}

async function environmentOf(
  context: DiscoveryContext,
  entry: FluxEntry,
  { name, others, reached }: Naming,
): Promise<Environment> {
  const sources = fluxSources(context, entry.bootstrap);
  sources.add(entry.known);
  const { drafts, deployed, named } = await follow(context, sources, entry.roots, others);
  for (const object of deployed) reached.add(positionKey(object));
  const releases = unique(deployed.filter(({ resource }) => isRelease(resource)));
  for (const release of releases) drafts.push(releaseDraft(context, sources, named, release));
  const applications = nameApplications(drafts);
  return newEnvironment({ name, engine: 'flux', applications, origin: entry.origin });
}

/**
 * What a Kustomization deploys can depend on variables that another one sets, which is known only when that one
 * is rendered: walks again until nothing new is known.
 */
async function follow(
  context: DiscoveryContext,
  sources: FluxSources,
  roots: readonly DeployedObject[],
  others: readonly string[],
): Promise<{ drafts: Draft[]; deployed: DeployedObject[]; named: NamedObjects }> {
  let named = nothingNamed;
  for (let round = 0; ; round++) {
    const walked = await walk(context, sources, roots, named);
    const objects = [...roots, ...walked.deployed];
    const now = await namedObjects(context, walked.drafts, objects, others);
    if (now.known === named.known || round === maxRounds) return { ...walked, named };
    named = now;
  }
}

/** Settings that are made of settings that are made of settings are rare. */
const maxRounds = 4;

/** Follows Kustomizations into the Kustomizations that their paths deploy. */
async function walk(
  context: DiscoveryContext,
  sources: FluxSources,
  roots: readonly DeployedObject[],
  named: NamedObjects,
): Promise<{ drafts: Draft[]; deployed: DeployedObject[] }> {
  const drafts: Draft[] = [];
  const deployed: DeployedObject[] = [];
  const seen = new Set<string>();
  const queue = roots.map(kustomization => ({ kustomization, depth: 0 }));
  for (const { kustomization, depth } of queue) {
    const key = resourceKey(kustomization.resource);
    if (seen.has(key)) continue;
    seen.add(key);
    const draft = kustomizationDraft(context, sources, kustomization, named);
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
