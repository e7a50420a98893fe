import type { DriftResult } from '../../model/drift.ts';
import type { Application } from '../../model/environment.ts';
import { type JsonObject, type Resource, resourceKey } from '../../model/resource.ts';
import { usualOwners } from '../owners/deployer.ts';
import { chooseProfile } from '../owners/profile.ts';
import type { Deployer } from '../owners/tracking.ts';
import type { EngineRecord } from './records.ts';
import { classifyUnmanaged, type Unmanaged } from './unmanaged.ts';

/** A live object that no manifest declares any more, and the application that owns it. */
export interface Removed {
  result: DriftResult;
  application: string;
}

/**
 * What a live object is that no manifest declares: an application's own, by the record of its engine or by marks
 * on the object; undefined when it is nothing of any. `successor` is the name of what a generator made since.
 */
export function removedObject(
  object: JsonObject,
  resource: Resource,
  records: readonly EngineRecord[],
  successor?: string,
): Removed | undefined {
  const key = resourceKey(resource);
  for (const { application, deployer, named } of records) {
    const found = ownedBy(object, application, deployer, named.has(key));
    if (!found) continue;
    const told = successor === undefined ? found : superseded(found, successor);
    return { result: resultOf(resource, told), application: application.name };
  }
  return undefined;
}

/** What a generator made of older content is in nobody's way: it is no drift, and its owner clears it away. */
function superseded(found: Unmanaged, successor: string): Unmanaged {
  if (found.state !== 'prune-candidate' && found.state !== 'orphan') return found;
  return { state: 'untracked', reason: `It is an older generation, superseded by ${successor}.` };
}

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
