import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf, UserError } from '../../lib/errors.ts';
import type { JsonObject } from '../../model/resource.ts';
import { customResourceDefinitions } from '../definitions.ts';
import {
  dryRunName,
  headerObject,
  type KeptRelease,
  type NotListedKind,
  type SnapshotHeader,
  type TriedApply,
} from './format.ts';
import type { ClusterRecord, RecordingCluster } from './record.ts';
import { type Hidden, sealSecrets } from './secret-values.ts';

export interface SnapshotOptions {
  now: Date;
  /** The objects that a release applied, from the Secret in which Helm keeps it; undefined when it cannot be read. */
  applied?: (release: JsonObject) => JsonObject[] | undefined;
  /** What of an object is secret besides what a Secret holds. */
  hidden?: (object: JsonObject) => Hidden;
  signal?: AbortSignal;
}

export interface TakenSnapshot {
  /** The file's text. */
  text: string;
  objects: number;
  /** What could not be listed; the snapshot says so itself. */
  notListed: NotListedKind[];
}

/**
 * Everything that a comparison asked of a cluster as a file that answers the same questions alike: objects whole,
 * with managedFields; the definitions of the kinds that were listed; what there was not and what could not be read;
 * the server's version, UID and types, and the time. Secret values are sealed, and what `hidden` says of an object.
 * Throws a UserError when the server cannot say which types it has.
 */
export async function takeSnapshot(
  cluster: RecordingCluster,
  { now, hidden, applied, signal }: SnapshotOptions,
): Promise<TakenSnapshot> {
  const discovery = await cluster.discovery(signal);
  if (!discovery.ok) throw new UserError(`No snapshot was taken: ${discovery.reason}.`);
  const kinds = (await cluster.record()).lists.map(({ type }) => type);
  const definitions = await customResourceDefinitions(cluster, kinds, signal);
  const record = await cluster.record();
  const objects = unique([...definitions, ...objectsOf(record)]);
  const seal = (object: JsonObject) => sealSecrets(object, hidden?.(object));
  const sealed = await Promise.all(objects.map(seal));
  const header: SnapshotHeader = {
    takenAt: now.toISOString(),
    context: cluster.identity.context,
    version: cluster.identity.version,
    uid: cluster.identity.uid,
    types: [...discovery.resources],
    incomplete: discovery.incomplete,
    ...coverage(record.lists),
    notFound: record.gets.flatMap(({ type: { group, kind }, resource, answer }) => {
      if (answer.ok && answer.object) return [];
      const { namespace, name } = resource;
      return { group, kind, namespace, name, ...(answer.ok ? {} : { reason: answer.reason }) };
    }),
    releases: await Promise.all(
      record.releases.map(each => keptRelease(each, applied ?? (() => undefined), seal)),
    ),
    events: await Promise.all(
      record.events.map(async ({ about, answer }) => ({
        ...about,
        items: await Promise.all(answer.map(seal)),
      })),
    ),
    permissions: record.permissions.flatMap(({ access, answer }) =>
      answer === undefined ? [] : { ...access, allowed: answer },
    ),
    tried: (await Promise.all(record.dryRuns.map(tried => triedApply(tried, seal)))).flat(),
  };
  const list = { apiVersion: 'v1', kind: 'List', items: [headerObject(header), ...sealed] };
  const text = `${JSON.stringify(list, null, 1)}\n`;
  return { text, objects: sealed.length, notListed: header.notListed };
}

function objectsOf({ lists, gets }: ClusterRecord): JsonObject[] {
  const listed = lists.flatMap(({ answer }) => answer.objects ?? []);
  const got = gets.flatMap(({ answer }) => (answer.ok && answer.object ? [answer.object] : []));
  return [...got, ...listed];
}

/** Of a release its manifests only: its values and the chart are not looked at, and may hold anything. */
async function keptRelease(
  { release, answer }: ClusterRecord['releases'][number],
  applied: (release: JsonObject) => JsonObject[] | undefined,
  seal: (object: JsonObject) => Promise<JsonObject>,
): Promise<KeptRelease> {
  if (!answer.ok) return { ...release, reason: answer.reason };
  if (!answer.object) return release;
  const objects = applied(answer.object);
  if (!objects) return { ...release, reason: 'the release could not be read' };
  const sealed = await Promise.all(objects.map(seal));
  const manifest = sealed.map(object => JSON.stringify(object)).join('\n---\n');
  const inner = Buffer.from(JSON.stringify({ manifest })).toString('base64');
  const { apiVersion = 'v1', kind = 'Secret', metadata = {} } = answer.object;
  const { name = '', namespace = '' } = metadata as JsonObject;
  const data = { release: Buffer.from(inner).toString('base64') };
  return { ...release, object: { apiVersion, kind, metadata: { name, namespace }, data } };
}

async function triedApply(
  { question: asked, answer }: ClusterRecord['dryRuns'][number],
  seal: (object: JsonObject) => Promise<JsonObject>,
): Promise<TriedApply[]> {
  // What the server did not answer may be answered another time.
  if (asked.type.kind === 'Secret' || (!answer.ok && answer.status === 0)) return [];
  const { send } = asked;
  const sent = 'apply' in send ? send.apply : { patch: send.patch };
  // A bare hash of what holds a secret can be guessed, and seals of the answer would not be those of the live object.
  const parts = [sent, ...(answer.ok ? [answer.object] : [])];
  for (const part of parts) if ((await seal(part)) !== part) return [];
  const question = dryRunName(asked);
  if (answer.ok) return [{ question, status: answer.created ? 201 : 200, object: answer.object }];
  const { status, reason, causes } = answer;
  return [{ question, status, reason, causes }];
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

function coverage(lists: ClusterRecord['lists']): Pick<SnapshotHeader, 'listed' | 'notListed'> {
  const listed = new Map<string, SnapshotHeader['listed'][number]>();
  const notListed: NotListedKind[] = [];
  for (const { type, answer, ...asked } of lists) {
    const { group, kind, namespaced } = type;
    const namespace = namespaced ? asked.namespace : '';
    if (!answer.ok) {
      const why = answer.why === 'partial' || answer.why === 'replaced' ? 'error' : answer.why;
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
