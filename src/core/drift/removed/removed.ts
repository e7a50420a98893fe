import { type Live, readLive } from '../../cluster/live.ts';
import type { DriftResult } from '../../model/drift.ts';
import type { Application } from '../../model/environment.ts';
import type { NotChecked } from '../../model/finding.ts';
import { type JsonObject, type Resource, resourceKey, resourceOf } from '../../model/resource.ts';
import type { RenderedApplication } from '../declared.ts';
import type { Compared, EnvironmentInput } from '../environment-input.ts';
import { deployerOf, usualOwners } from '../owners/deployer.ts';
import { chooseProfile } from '../owners/profile.ts';
import type { Deployer } from '../owners/tracking.ts';
import { own } from '../values.ts';
import { inventoryOf } from './inventory.ts';
import { classifyUnmanaged, type Unmanaged } from './unmanaged.ts';

interface Removed {
  found: Compared[];
  notChecked: NotChecked[];
}

/**
 * Live objects that an application of the environment owns and no manifest declares any more: by the
 * inventory in the engine's own object, and by marks on objects that were read anyway. Applications
 * that did not render completely are left out: what they do not show may well be declared.
 */
export async function removedObjects(
  input: EnvironmentInput,
  declared: readonly Resource[],
  live: Live,
): Promise<Removed> {
  const known = new Set(declared.map(resourceKey));
  const records = await readRecords(input, known);
  const undeclared = live.objects.flatMap(object => candidateOf(object, known));
  const removed: Removed = { found: [], notChecked: [] };
  for (const { application, deployer, objects, notChecked } of records) {
    if (notChecked) removed.notChecked.push(notChecked);
    const listed = objects.flatMap(object => candidateOf(object, known));
    for (const { object, resource } of [...listed, ...undeclared]) {
      if (known.has(resourceKey(resource))) continue;
      const found = ownedBy(object, application, deployer, objects.includes(object));
      if (!found) continue;
      known.add(resourceKey(resource));
      removed.found.push({
        result: resultOf(resource, found),
        application: application.name,
        live: object,
      });
    }
  }
  return removed;
}

interface Candidate {
  object: JsonObject;
  resource: Resource;
}

function candidateOf(object: JsonObject, known: ReadonlySet<string>): Candidate[] {
  const resource = resourceOf(object);
  return resource && !known.has(resourceKey(resource)) ? [{ object, resource }] : [];
}

function isComplete({ rendered, application }: RenderedApplication): boolean {
  return (
    !rendered.failure &&
    application.source.kind !== 'unresolved' &&
    rendered.notChecked.every(({ resource }) => resource !== undefined)
  );
}

/** What the object is to the application; undefined when it is nothing of its. */
function ownedBy(
  object: JsonObject,
  application: Application,
  deployer: Deployer,
  listed: boolean,
): Unmanaged | undefined {
  const profile = chooseProfile(object, usualOwners(application));
  const found = classifyUnmanaged(object, profile, deployer, listed);
  return found.state === 'untracked' && !listed ? undefined : found;
}

function resultOf(resource: Resource, found: Unmanaged): DriftResult {
  return { resource, ...found, paths: [], extra: [], confirmed: 'local', notes: [] };
}

/** What an application's engine has recorded of it. */
interface EngineRecord {
  application: Application;
  deployer: Deployer;
  /** Live objects that the record names and no manifest declares. */
  objects: JsonObject[];
  notChecked?: NotChecked;
}

/**
 * Reads the engines' own objects (Kustomization, HelmRelease, Application) and what only they still name,
 * in two rounds for all applications together: each is a list per kind and namespace.
 */
async function readRecords(
  { applications, cluster, environment, signal }: EnvironmentInput,
  known: ReadonlySet<string>,
): Promise<EngineRecord[]> {
  const read = (resources: Resource[]) =>
    readLive(cluster, resources, environment.namespace, signal);
  const deployed = applications.filter(isComplete).flatMap(({ application }) => {
    const deployer = deployerOf(application);
    return deployer ? [{ application, deployer }] : [];
  });
  const engines = await read(deployed.flatMap(({ application }) => application.controller ?? []));
  const records = deployed.map(each => recordOf(each, engines, environment.name));
  const gone = records.map(({ named }) => named.filter(item => !known.has(resourceKey(item))));
  const live = await read(gone.flat());
  return records.map(({ named: _, ...record }, index) => ({
    ...record,
    objects: (gone[index] ?? []).flatMap(item => {
      const found = live.find(item);
      return found.ok && found.object ? [found.object] : [];
    }),
  }));
}

function recordOf(
  { application, deployer }: Pick<EngineRecord, 'application' | 'deployer'>,
  engines: Live,
  environment: string,
): Omit<EngineRecord, 'objects'> & { named: Resource[] } {
  const { controller, origin } = application;
  if (!controller) return { application, deployer, named: [] };
  const answer = engines.find(controller);
  if (!answer.ok) {
    const reason = `What ${controller.kind} ${controller.name} applied before is not known (${answer.reason}), so objects that were removed from git are found by their labels only`;
    const notChecked = { reason, place: origin, object: controller, environment };
    return { application, deployer, named: [], notChecked };
  }
  if (!answer.object) return { application, deployer, named: [] };
  const prunes = own(own(answer.object, 'spec'), 'prune') !== false;
  return { application, deployer: { ...deployer, prunes }, named: inventoryOf(answer.object) };
}
