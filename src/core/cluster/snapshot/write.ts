import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf, UserError } from '../../lib/errors.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { ApiResource, Cluster, ListAnswer } from '../cluster.ts';
import { customResourceDefinitions } from '../definitions.ts';
import { headerObject, type NotListedKind, type SnapshotHeader } from './format.ts';
import { sealSecret } from './secret-values.ts';

/** One list to be taken: a type, in one namespace or (`''`) in all. */
export interface Wanted {
  type: ApiResource;
  namespace: string;
}

export interface TakenSnapshot {
  /** The file's text. */
  text: string;
  objects: number;
  /** What could not be listed; the snapshot says so itself. */
  notListed: NotListedKind[];
}

/**
 * Reads what runs into a snapshot: the wanted objects whole, with managedFields, Secret values sealed;
 * the definitions of the wanted custom resources; the server's version, UID and types, and the time.
 * Throws a UserError when the server cannot say which types it has.
 */
export async function takeSnapshot(
  cluster: Cluster,
  wanted: readonly Wanted[],
  now: Date,
  signal?: AbortSignal,
): Promise<TakenSnapshot> {
  const discovery = await cluster.discovery(signal);
  if (!discovery.ok) throw new UserError(`No snapshot was taken: ${discovery.reason}.`);
  const answers = await Promise.all(
    wanted.map(({ type, namespace }) => cluster.list(type, namespace, signal)),
  );
  const listed = answers.flatMap(answer => (answer.ok ? answer.objects : (answer.objects ?? [])));
  const kinds = wanted.map(({ type }) => type);
  const definitions = await customResourceDefinitions(cluster, kinds, signal);
  const objects = unique([...definitions, ...listed]);
  const sealed = await Promise.all(objects.map(sealSecret));
  const header: SnapshotHeader = {
    takenAt: now.toISOString(),
    context: cluster.identity.context,
    version: cluster.identity.version,
    uid: cluster.identity.uid,
    types: [...discovery.resources],
    incomplete: discovery.incomplete,
    ...coverage(wanted, answers),
  };
  const list = { apiVersion: 'v1', kind: 'List', items: [headerObject(header), ...sealed] };
  const text = `${JSON.stringify(list, null, 1)}\n`;
  return { text, objects: sealed.length, notListed: header.notListed };
}

/**
 * Writes a snapshot so that whoever looks sees the old file or the new one, readable for its owner only.
 * Throws a UserError when it cannot be written.
 */
export async function writeSnapshot(file: string, text: string): Promise<void> {
  const temporary = `${file}.${randomBytes(4).toString('hex')}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => {});
    throw new UserError(`The snapshot ${file} cannot be written (${messageOf(error)}).`);
  }
}

function coverage(
  wanted: readonly Wanted[],
  answers: readonly ListAnswer[],
): Pick<SnapshotHeader, 'listed' | 'notListed'> {
  const listed = new Map<string, SnapshotHeader['listed'][number]>();
  const notListed: NotListedKind[] = [];
  for (const [index, answer] of answers.entries()) {
    const item = wanted[index];
    if (item === undefined) continue;
    const { group, kind, namespaced } = item.type;
    const namespace = namespaced ? item.namespace : '';
    if (!answer.ok) {
      const why = answer.why === 'partial' ? 'error' : answer.why;
      notListed.push({ group, kind, namespace, why, reason: answer.reason });
      continue;
    }
    const known = listed.get(`${group}/${kind}`);
    if (known) known.namespaces.push(namespace);
    else listed.set(`${group}/${kind}`, { group, kind, namespaces: [namespace] });
  }
  return { listed: [...listed.values()], notListed };
}

/** An object may come twice, from a list of its namespace and one of all; the last one stands. */
function unique(objects: JsonObject[]): JsonObject[] {
  const key = ({ apiVersion, kind, metadata }: JsonObject) => {
    const { namespace, name } = (metadata ?? {}) as JsonObject;
    return JSON.stringify([apiVersion, kind, namespace, name]);
  };
  return [...new Map(objects.map(object => [key(object), object])).values()];
}
