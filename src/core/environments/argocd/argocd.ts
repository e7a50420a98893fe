import { folderOf } from '../../manifests/paths.ts';
import {
  type Application,
  type Environment,
  partsOf,
  type Unresolved,
} from '../../model/environment.ts';
import { resourceKey } from '../../model/resource.ts';
import type { DeployedObject, Discoverer, DiscoveryContext } from '../context.ts';
import {
  type Draft,
  firstLine,
  maxDepth,
  nameApplications,
  newEnvironment,
  positionKey,
  tooDeep,
} from '../drafts.ts';
import { environmentPart } from '../folders.ts';
import { reach } from '../reach.ts';
import { writtenObjects, writtenOfKind } from '../written.ts';
import { applicationDrafts, argoGroup, destinationOf } from './application.ts';
import { expandSet } from './application-sets.ts';

/**
 * Environments that Argo CD deploys: one for each cluster that its Applications name as
 * destination.
 */
export const argocd: Discoverer = {
  id: 'argocd',
  async discover(context) {
    const written = [
      ...writtenOfKind(context.index, argoGroup, 'Application'),
      ...writtenOfKind(context.index, argoGroup, 'ApplicationSet'),
    ];
    const { applications, unresolved } = await follow(context, written);
    const groups = Map.groupBy(applications, environmentName);
    const environments: Environment[] = [];
    for (const [name, members] of groups) {
      const environment = environmentOf(context, name, members);
      if (isFromHere(environment)) environments.push(environment);
      else unresolved.push(...environment.applications.map(asUnresolved));
    }
    return { environments, unresolved };
  },
  async at(context, folder, name, origin) {
    const written = reach(context.index, folder)
      .flatMap(({ file }) => writtenObjects(file))
      .filter(({ resource }) => resource.group === argoGroup);
    const { applications, unresolved } = await follow(context, written);
    const environment = environmentOf(context, name, applications);
    return isFromHere(environment) ? { ...environment, origin, unresolved } : undefined;
  },
};

/**
 * Applications and those that they deploy themselves, which count as they are deployed, not as
 * written.
 */
async function follow(
  context: DiscoveryContext,
  written: readonly DeployedObject[],
): Promise<{ applications: DeployedObject[]; unresolved: Unresolved[] }> {
  const unresolved: Unresolved[] = [];
  const found: DeployedObject[] = [];
  const deployed = new Set<string>();
  const queue = written.map(object => ({ object, depth: 0 }));
  const asked = new Set<DeployedObject>();
  for (const { object, depth } of queue) {
    if (asked.has(object)) continue;
    asked.add(object);
    if (object.resource.kind === 'ApplicationSet') {
      const expanded = await expandSet(context, object);
      unresolved.push(...expanded.unresolved);
      queue.push(...expanded.applications.map(made => ({ object: made, depth })));
      continue;
    }
    found.push(object);
    if (depth === maxDepth) {
      unresolved.push({ reason: tooDeep(object.resource), place: object.source });
      continue;
    }
    for (const { application } of applicationDrafts(context, object))
      for (const child of (await context.deployed(application)).filter(isArgo)) {
        deployed.add(positionKey(child));
        queue.push({ object: child, depth: depth + 1 });
      }
  }
  const top = new Set(written);
  const kept = found.filter(object => !top.has(object) || !deployed.has(positionKey(object)));
  const byTarget = new Map(kept.map(object => [targetKey(object), object]));
  return { applications: [...byTarget.values()], unresolved };
}

/** Two Argo CDs may each have an Application of one name, for a cluster of their own. */
function targetKey(application: DeployedObject): string {
  return `${resourceKey(application.resource)} ${destinationOf(application)}`;
}

function isArgo({ resource }: DeployedObject): boolean {
  return (
    resource.group === argoGroup &&
    (resource.kind === 'Application' || resource.kind === 'ApplicationSet')
  );
}

/**
 * The destination; what runs in Argo CD's own cluster is told apart by the folder it is declared
 * in.
 */
function environmentName(application: DeployedObject): string {
  const destination = destinationOf(application);
  if (destination !== 'in-cluster') return destination;
  return environmentPart(folderOf(application.source.file))?.name ?? destination;
}

function environmentOf(
  context: DiscoveryContext,
  name: string,
  members: readonly DeployedObject[],
): Environment {
  const drafts: Draft[] = members.flatMap(member => applicationDrafts(context, member));
  return newEnvironment({
    name,
    engine: 'argocd',
    applications: nameApplications(drafts),
    origin: members[0]?.source ?? firstLine(''),
  });
}

/** True when at least one application is rendered from this repository. */
function isFromHere({ applications }: Environment): boolean {
  return applications.some(({ source }) =>
    partsOf(source).some(part => part.kind !== 'unresolved'),
  );
}

function asUnresolved({ name, source, origin }: Application): Unresolved {
  const parts = partsOf(source).filter(part => part.kind === 'unresolved');
  const reasons = parts.map(({ reason }) => reason);
  return {
    reason: `Application ${name}: ${reasons.join('; ')}`,
    place: origin,
    missing: parts.flatMap(({ missing }) => missing ?? []),
  };
}
