import { type Cluster, isType } from '../../cluster/cluster.ts';
import { messageOf } from '../../lib/errors.ts';
import type { Owner } from '../../model/drift.ts';
import { textAt } from '../../model/fields.ts';
import type { Host } from '../../model/host.ts';
import { type JsonObject, resourceOf } from '../../model/resource.ts';
import { type AuditedWrite, auditedWrites } from './audit-log.ts';

/** Says who made a change, by the cluster's audit log; undefined where that is not clear. */
export type AuditHint = (live: JsonObject, owner: Owner) => string | undefined;

/**
 * Reads the audit log that the person named for the cluster, for these objects. Undefined where there is none; one
 * that cannot be read is told in the log.
 */
export async function auditHint(
  cluster: Cluster,
  host: Pick<Host, 'auditLog' | 'log'>,
  objects: readonly JsonObject[],
  signal?: AbortSignal,
): Promise<AuditHint | undefined> {
  const { context, snapshot } = cluster.identity;
  const file = snapshot || context === undefined ? undefined : host.auditLog?.(context);
  if (file === undefined) return undefined;
  const names = new Set(objects.map(live => textAt(live, 'metadata', 'name') ?? ''));
  const found = await Promise.all([
    auditedWrites(file, name => names.has(name)),
    cluster.discovery(signal),
  ]).catch((error: unknown) => {
    host.log(`The audit log of ${context} cannot be read: ${messageOf(error)}`);
  });
  signal?.throwIfAborted();
  if (!found?.[1].ok) return undefined;
  const [writes, { resources }] = found;
  const byName = Map.groupBy(writes, ({ name }) => name);
  return (live, owner) => {
    const resource = resourceOf(live);
    const type = resource && resources.find(each => isType(each, resource));
    if (!type || !resource) return undefined;
    const uid = textAt(live, 'metadata', 'uid');
    const made = (byName.get(resource.name) ?? []).filter(
      write =>
        write.group === type.group &&
        write.resource === type.resource &&
        write.namespace === (type.namespaced ? resource.namespace : '') &&
        (write.uid === undefined || write.uid === uid) &&
        isBy(write, owner),
    );
    return sentenceOf(made);
  };
}

/**
 * True where the write is the one that managedFields tell of: by the same manager, on the same subresource, answered
 * in that very second (which is all that managedFields say of the time).
 */
function isBy(write: AuditedWrite, { manager, subresource, time }: Owner): boolean {
  const second = (text: string) => Math.floor(Date.parse(text) / 1000);
  const at = second(time ?? '');
  return (
    write.manager === manager &&
    write.subresource === (subresource ?? '') &&
    second(write.received) <= at &&
    at <= second(write.answered)
  );
}

const words: Record<string, string> = { create: 'created', update: 'updated', patch: 'patched' };

/** Several in one second are told only where one person made them all. */
function sentenceOf(writes: readonly AuditedWrite[]): string | undefined {
  const last = writes.at(-1);
  if (!last || writes.some(write => whoOf(write) !== whoOf(last))) return undefined;
  const [program = ''] = last.userAgent.split(' ');
  const by = /^[\w./@:+-]{1,80}$/.test(program) ? ` with ${program}` : '';
  const at = new Date(last.received).toISOString().slice(0, 19);
  return `Audit log: ${whoOf(last)} ${words[last.verb]} it${by} at ${at}Z.`;
}

function whoOf({ user, impersonated }: AuditedWrite): string {
  return impersonated === undefined
    ? short(user)
    : `${short(impersonated)} (as whom ${short(user)} acted)`;
}

/** Names come from whoever lets people in: nothing in them may pass for more than a name. */
function short(name: string): string {
  const plain = name.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  return plain.length > 100 ? `${plain.slice(0, 99)}…` : plain || 'somebody';
}
