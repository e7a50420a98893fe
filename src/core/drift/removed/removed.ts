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
  const removed: Removed = { found: [], notChecked: [] };
  for (const { application } of input.applications.filter(isComplete)) {
    const deployer = deployerOf(application);
    if (!deployer) continue;
    const record = await readRecord(application, deployer, input, known);
    if (record.notChecked) removed.notChecked.push(record.notChecked);
    for (const object of [...record.objects, ...live.objects]) {
      const resource = resourceOf(object);
      const key = resource && resourceKey(resource);
      if (!resource || key === undefined || known.has(key)) continue;
      const listed = record.objects.includes(object);
      const found = ownedBy(object, application, record.deployer, listed);
      if (!found) continue;
      known.add(key);
      removed.found.push({ result: resultOf(resource, found) });
    }
  }
  return removed;
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

interface RecordRead {
  deployer: Deployer;
  /** Live objects that the engine's record names and no manifest declares. */
  objects: JsonObject[];
  notChecked?: NotChecked;
}

/** Reads the engine's own object (Kustomization, HelmRelease, Application) and what only it still names. */
async function readRecord(
  application: Application,
  deployer: Deployer,
  { cluster, environment, signal }: EnvironmentInput,
  known: ReadonlySet<string>,
): Promise<RecordRead> {
  const { controller } = application;
  if (!controller) return { deployer, objects: [] };
  const read = (resources: Resource[]) =>
    readLive(cluster, resources, environment.namespace, signal);
  const answer = (await read([controller])).find(controller);
  if (!answer.ok) {
    const reason = `What ${controller.kind} ${controller.name} applied before is not known (${answer.reason}), so objects that were removed from git are found by their labels only`;
    const notChecked = {
      reason,
      place: application.origin,
      object: controller,
      environment: environment.name,
    };
    return { deployer, objects: [], notChecked };
  }
  if (!answer.object) return { deployer, objects: [] };
  const gone = inventoryOf(answer.object).filter(item => !known.has(resourceKey(item)));
  const live = await read(gone);
  const objects = gone.flatMap(item => {
    const found = live.find(item);
    return found.ok && found.object ? [found.object] : [];
  });
  const prunes = own(own(answer.object, 'spec'), 'prune') !== false;
  return { deployer: { ...deployer, prunes }, objects };
}
