import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf, UserError } from '../../lib/errors.ts';
import {
  apiVersionOf,
  type JsonObject,
  type Resource,
  resourceKey,
  resourceOf,
} from '../../model/resource.ts';
import type {
  Access,
  ApiResource,
  Cluster,
  DiscoveryAnswer,
  DryRunQuestion,
  DryRunReply,
  GetAnswer,
  ListAnswer,
} from '../cluster.ts';
import { dryRunName, type SnapshotHeader } from './format.ts';
import { readObjects } from './objects.ts';

/**
 * Opens a snapshot: what `driftline snapshot` writes, or what `kubectl get … -o yaml|json
 * --show-managed-fields` prints (a List, or documents). `file` is relative to `root`, or absolute.
 * Throws a UserError when the file is missing, cut off or no snapshot; nothing of it is then used.
 *
 * What is absent counts as absent only where the file says so. Ours names every kind and namespace that
 * was asked. A bare kubectl file does not: there a kind is taken as complete in the namespaces in which
 * the file holds objects of that kind, because `kubectl get KIND` prints them all. A file of a single
 * object (`kubectl get deploy web`) speaks for that object only. Everything else is `partial`.
 */
export async function openSnapshot(root: string, file: string): Promise<Cluster> {
  const path = resolve(root, file);
  let text: string;
  try {
    const found = await stat(path);
    // A repository may name a device that never ends.
    if (!found.isFile()) throw new Error('it is no file');
    if (found.size > largestFile) throw new Error(`it is larger than ${largestFile >> 20} MB`);
    text = await readFile(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    const why = missing ? 'there is no such file' : messageOf(error);
    throw new UserError(
      `The snapshot ${file} cannot be read (${why}): take one with \`driftline snapshot -o ${file}\`, or correct the path.`,
    );
  }
  return readSnapshot(file, text);
}

/** As `openSnapshot`, of a text that was read already. */
export function readSnapshot(file: string, text: string): Cluster {
  const { objects, header, single } = readObjects(file, text);
  return new Snapshot(file, objects, header, single);
}

/** Bytes; V8 cannot hold a text of more. */
const largestFile = 500 << 20;

class Snapshot implements Cluster {
  readonly identity: Cluster['identity'];
  readonly #file: string;
  readonly #header: SnapshotHeader | undefined;
  readonly #single: boolean;
  readonly #kinds = new Map<string, JsonObject[]>();
  readonly #byIdentity = new Map<string, JsonObject>();

  constructor(
    file: string,
    objects: JsonObject[],
    header: SnapshotHeader | undefined,
    single: boolean,
  ) {
    this.#file = file;
    this.#header = header;
    this.#single = single;
    this.identity = {
      context: header?.context,
      uid: header?.uid,
      version: header?.version,
      snapshot: { file, takenAt: header?.takenAt },
    };
    for (const object of objects) {
      const resource = resourceOf(object);
      if (resource === undefined) continue;
      this.#byIdentity.set(`${resource.version}/${resourceKey(resource)}`, object);
    }
    for (const object of this.#byIdentity.values()) {
      const { group, kind } = resourceOf(object) as Resource;
      const key = `${group}/${kind}`;
      const known = this.#kinds.get(key);
      if (known) known.push(object);
      else this.#kinds.set(key, [object]);
    }
  }

  async discovery(): Promise<DiscoveryAnswer> {
    const { types, incomplete } = this.#header ?? {};
    if (types) return { ok: true, resources: types, incomplete };
    const unknown = `the snapshot ${this.#file} does not say which types the server serves`;
    return { ok: true, resources: this.#heldTypes(), incomplete: unknown };
  }

  async list(type: ApiResource, namespace: string, signal?: AbortSignal): Promise<ListAnswer> {
    signal?.throwIfAborted();
    const scope = type.namespaced ? namespace : '';
    const held = this.#kinds.get(`${type.group}/${type.kind}`) ?? [];
    const objects = held.filter(
      object => object.apiVersion === apiVersionOf(type) && isIn(object, scope),
    );
    const why = this.#whyNotKnown(type, scope, held);
    if (why === undefined) return { ok: true, objects, resourceVersion: '' };
    return { ok: false, ...why, objects };
  }

  watch(...[type, namespace, listener]: Parameters<Cluster['watch']>): () => void {
    let ended = false;
    void this.list(type, namespace).then(answer => {
      if (ended) return;
      if (answer.ok) listener({ type: 'reset', objects: answer.objects });
      else {
        const { why, reason } = answer;
        listener({ type: 'failed', why, reason, since: new Date().toISOString(), refused: 'list' });
      }
    });
    return () => {
      ended = true;
    };
  }

  async get(type: ApiResource, resource: Resource, signal?: AbortSignal) {
    signal?.throwIfAborted();
    const namespace = type.namespaced ? resource.namespace : '';
    const identity = { group: type.group, kind: type.kind, namespace, name: resource.name };
    const object = this.#byIdentity.get(`${type.version}/${resourceKey(identity)}`);
    if (object) return { ok: true as const, object };
    const asked = this.#header?.notFound.find(item => resourceKey(item) === resourceKey(identity));
    if (asked?.reason !== undefined)
      return { ok: false as const, reason: `${asked.reason} (when the snapshot was taken)` };
    if (asked) return { ok: true as const, object: undefined };
    const answer = await this.list(type, namespace, signal);
    return answer.ok
      ? { ok: true as const, object: undefined }
      : { ok: false as const, reason: answer.reason };
  }

  /** What the server said when the snapshot was taken, of this very question. */
  /** None where it was not asked for: what kubectl prints may come from no release at all. */
  async helmRelease({ namespace, name }: { namespace: string; name: string }): Promise<GetAnswer> {
    const kept = this.#header?.releases.find(
      item => item.namespace === namespace && item.name === name,
    );
    if (kept?.reason === undefined) return { ok: true, object: kept?.object };
    return { ok: false, reason: `${kept.reason} (when the snapshot was taken)` };
  }

  async events({ namespace, uid }: { namespace: string; uid?: string }): Promise<JsonObject[]> {
    const kept = this.#header?.events.find(
      item => item.namespace === namespace && item.uid === uid,
    );
    return kept?.items ?? [];
  }

  async mayI(access: Access): Promise<boolean | undefined> {
    return this.#header?.permissions.find(
      item =>
        item.verb === access.verb &&
        item.group === access.group &&
        item.resource === access.resource &&
        item.namespace === access.namespace,
    )?.allowed;
  }

  async dryRun(question: DryRunQuestion): Promise<DryRunReply> {
    const name = dryRunName(question);
    const tried = this.#header?.tried.find(item => item.question === name);
    if (tried?.object)
      return { ok: true, object: tried.object, created: tried.status === 201, warnings: [] };
    const { status, reason = '', causes = [] } = tried ?? {};
    if (status !== undefined) return { ok: false, status, reason, causes };
    const unasked = `the snapshot ${this.#file} cannot try changes: only a cluster can`;
    return { ok: false, status: 405, reason: unasked, causes: [] };
  }

  close(): void {}

  /** Why an object that is not in the file may exist all the same; undefined when it does not. */
  #whyNotKnown(
    type: ApiResource,
    namespace: string,
    held: JsonObject[],
  ): { why: Exclude<ListAnswer, { ok: true }>['why']; reason: string } | undefined {
    const other = held.find(object => object.apiVersion !== apiVersionOf(type));
    if (other && !held.some(object => object.apiVersion === apiVersionOf(type))) {
      const reason = `the snapshot ${this.#file} holds ${type.kind} objects as ${String(other.apiVersion)}, not as ${apiVersionOf(type)}`;
      return { why: 'partial', reason };
    }
    if (this.#header) return recorded(this.#header, this.#file, type, namespace);
    const place = namespace === '' ? '' : ` in the namespace ${namespace}`;
    if (this.#single) {
      const reason = `the snapshot ${this.#file} holds one object only, and does not say which others there are`;
      return { why: 'partial', reason };
    }
    if (type.namespaced && namespace === '') {
      const reason = `the snapshot ${this.#file} does not say that it holds the ${type.kind} objects of all namespaces`;
      return { why: 'partial', reason };
    }
    if (held.some(object => isIn(object, namespace))) return undefined;
    const reason = `the snapshot ${this.#file} holds no ${type.kind}${place}, and does not say that there was none`;
    return { why: 'partial', reason };
  }

  /** Types of the objects in a file without header; the plural name is a guess, used for messages only. */
  #heldTypes(): ApiResource[] {
    const types = new Map<string, ApiResource>();
    for (const object of this.#byIdentity.values()) {
      const { group, version, kind, namespace } = resourceOf(object) as Resource;
      const resource = `${kind.toLowerCase()}s`;
      const type = {
        group,
        version,
        kind,
        resource,
        namespaced: namespace !== '',
        verbs: ['list', 'get'],
      };
      types.set(`${group}/${version}/${kind}`, type);
    }
    return [...types.values()];
  }
}

function recorded(header: SnapshotHeader, file: string, type: ApiResource, namespace: string) {
  const isKind = (item: { group: string; kind: string }) =>
    item.group === type.group && item.kind === type.kind;
  const covers = header.listed.some(
    item => isKind(item) && item.namespaces.some(listed => listed === '' || listed === namespace),
  );
  if (covers) return undefined;
  const failed = header.notListed.find(
    item => isKind(item) && (item.namespace === '' || item.namespace === namespace),
  );
  if (failed) return { why: failed.why, reason: `${failed.reason} (when the snapshot was taken)` };
  const mayBeServed = header.types === undefined || header.incomplete !== undefined;
  if (!mayBeServed && !header.types?.some(isKind)) {
    const reason = `${type.kind} of ${apiVersionOf(type)} was not served when the snapshot was taken`;
    return { why: 'not-served' as const, reason };
  }
  const place = namespace === '' ? '' : ` of the namespace ${namespace}`;
  const reason = `the snapshot ${file} was taken without the ${type.kind} objects${place}`;
  return { why: 'partial' as const, reason };
}

function isIn(object: JsonObject, namespace: string): boolean {
  return namespace === '' || resourceOf(object)?.namespace === namespace;
}
