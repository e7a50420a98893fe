import type { ApiResource, ClusterWriter } from '../cluster/cluster.ts';
import { UserError } from '../lib/errors.ts';
import { sentence } from '../lib/sentence.ts';
import {
  apiVersionOf,
  type GroupVersionKind,
  type JsonObject,
  type Resource,
  resourceText,
} from '../model/resource.ts';
import type { EngineTarget } from './engine.ts';

/** Why an engine could not be asked, or what it reported: one sentence. */
export class EngineFailure extends Error {}

/**
 * What writes to a target's cluster, and the UID that each write must name. Throws a UserError where the
 * cluster cannot be written or nobody pinned it.
 */
export function writerOf({ cluster, environment }: EngineTarget): {
  writer: ClusterWriter;
  expected: string;
} {
  const expected = environment.cluster.kind === 'context' ? environment.cluster.uid : undefined;
  if (!cluster.writer || expected === undefined)
    throw new UserError(`The cluster of ${environment.name} is not one that can be written to.`);
  return { writer: cluster.writer, expected };
}

/** The served type of an object, at the version it is written in or else the server's first; a reason where none is. */
export async function servedType(
  { cluster, signal }: Pick<EngineTarget, 'cluster' | 'signal'>,
  resource: Omit<GroupVersionKind, 'version'> & { version?: string },
): Promise<ApiResource | { reason: string }> {
  const discovery = await cluster.discovery(signal);
  if (!discovery.ok) return { reason: discovery.reason };
  const same = discovery.resources.filter(
    type => type.group === resource.group && type.kind === resource.kind,
  );
  const found = same.find(type => type.version === resource.version) ?? same[0];
  if (found) return found;
  const { group, version = '', kind } = resource;
  const name = version === '' ? group : apiVersionOf({ group, version, kind });
  const why = discovery.incomplete ?? 'its definition is not installed';
  return { reason: `the cluster serves no ${kind} of ${name}: ${why}` };
}

export interface Held {
  type: ApiResource;
  resource: Resource;
  object: JsonObject;
}

/** An object as it is in the cluster now; a finished sentence where it cannot be read or is not there. */
export async function readObject(
  target: Pick<EngineTarget, 'cluster' | 'signal'>,
  resource: Omit<Resource, 'version'> & { version?: string },
): Promise<Held | { reason: string }> {
  const type = await servedType(target, resource);
  if ('reason' in type) return { reason: sentence(type.reason) };
  const named = { ...resource, version: type.version };
  const answer = await target.cluster.get(type, named, target.signal);
  if (!answer.ok) return { reason: sentence(answer.reason) };
  if (!answer.object) return { reason: `${resourceText(named)} is not in the cluster.` };
  return { type, resource: named, object: answer.object };
}
