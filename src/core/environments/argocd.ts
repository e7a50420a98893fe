import { folderOf } from '../manifests/paths.ts';
import type { Application, Environment, Unresolved } from '../model/environment.ts';
import { resourceKey } from '../model/resource.ts';
import { applicationDrafts, argoGroup, destinationOf } from './argo-application.ts';
import { expandSet } from './argo-sets.ts';
import type { DeployedObject, Discoverer, DiscoveryContext } from './context.ts';
import { type Draft, firstLine, nameApplications, newEnvironment } from './drafts.ts';
import { environmentPart } from './folders.ts';
import { reach } from './reach.ts';
import { writtenObjects, writtenOfKind } from './written.ts';

/** Environments that Argo CD deploys: one for each cluster that its Applications name as destination. */
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

/** Applications and those that they deploy themselves; as an outer one deploys them where it changes them. */
async function follow(
  context: DiscoveryContext,
  written: readonly DeployedObject[],
): Promise<{ applications: DeployedObject[]; unresolved: Unresolved[] }> {
  const applications = new Map<string, DeployedObject>();
  const unresolved: Unresolved[] = [];
  const queue = [...written];
  const asked = new Set<DeployedObject>();
  for (const object of queue) {
    if (asked.has(object)) continue;
    asked.add(object);
    if (object.resource.kind === 'ApplicationSet') {
      const expanded = expandSet(context, object);
      unresolved.push(...expanded.unresolved);
      queue.push(...expanded.applications);
      continue;
    }
    applications.set(resourceKey(object.resource), object);
    for (const { application } of applicationDrafts(context, object))
      for (const child of await context.deployed(application.source))
        if (isArgo(child) && !asked.has(child)) queue.push(child);
  }
  return { applications: [...applications.values()], unresolved };
}

function isArgo({ resource }: DeployedObject): boolean {
  return (
    resource.group === argoGroup &&
    (resource.kind === 'Application' || resource.kind === 'ApplicationSet')
  );
}

/** The destination; what runs in Argo CD's own cluster is told apart by the folder it is declared in. */
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
  return applications.some(({ source }) => source.kind !== 'unresolved');
}

function asUnresolved({ name, source, origin }: Application): Unresolved {
  const reason = source.kind === 'unresolved' ? source.reason : 'it is not resolved';
  return { reason: `Application ${name}: ${reason}`, place: origin };
}
