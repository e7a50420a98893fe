import type { DiskCache } from '../../lib/disk-cache.ts';
import { isObject, type Json, type JsonObject, parseApiVersion } from '../../model/resource.ts';
import type { ApiResource, DiscoveryAnswer } from '../cluster.ts';
import { strange } from './answer.ts';
import type { Connection } from './connection.ts';
import type { Failure } from './failure.ts';

/** Aggregated discovery since Kubernetes 1.26; older servers answer the plain form. */
const accept = ['v2', 'v2beta1']
  .map(version => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',');

const what = 'read which types are served';
/** What old servers answer. */
const plainKinds = ['APIVersions', 'APIGroupList'];

/** What one of the two roots serves, and the version of that answer, by which it is asked for again. */
interface Part {
  tag: string;
  resources: ApiResource[];
}

/**
 * Asks a server which types it serves: two requests, or one per group-version on old servers. What did not change since
 * the last time, even that of another process, is not sent again.
 */
export class Discovery {
  readonly #connection: Connection;
  readonly #cache: DiskCache;
  readonly #parts = new Map<string, Part>();
  #last: Extract<DiscoveryAnswer, { ok: true }> | undefined;

  constructor(connection: Connection, cache: DiskCache) {
    this.#connection = connection;
    this.#cache = cache;
  }

  /** The very same value as before when nothing changed. */
  async ask(): Promise<DiscoveryAnswer> {
    const answers = await Promise.all(['/api', '/apis'].map(root => this.#askRoot(root)));
    const failed = answers.find(answer => !answer.ok);
    if (failed && !failed.ok) return { ok: false, reason: failed.reason };
    const found = answers.filter(answer => answer.ok);
    const stale = found.flatMap(answer => answer.stale);
    if (stale.length === 0 && this.#last && found.every(({ same }) => same)) return this.#last;
    const resources = found.flatMap(answer => answer.resources);
    if (stale.length > 0) {
      const incomplete = `the server cannot say now which types it serves of ${stale.join(', ')}`;
      return { ok: true, resources, incomplete };
    }
    this.#last = { ok: true, resources };
    return this.#last;
  }

  async #askRoot(root: string): Promise<Root | Failure> {
    const known = this.#parts.get(root) ?? (await this.#kept(root));
    const question = { what, path: root, accept, ...(known && { unlessTag: known.tag }) };
    const answer = await this.#connection.ask(question);
    if (!answer.ok) return answer;
    if (answer.status === 304 && known) {
      const same = this.#parts.get(root) === known;
      this.#parts.set(root, known);
      return { ok: true, resources: known.resources, stale: [], same };
    }
    if (!isObject(answer.body) || answer.body.kind !== 'APIGroupDiscoveryList') {
      const isPlain = isObject(answer.body) && plainKinds.includes(String(answer.body.kind));
      if (!isPlain) return strange(what, this.#connection.context);
      return { ok: true, ...(await this.#askEach(answer.body)), same: false };
    }
    const read = readAggregated(answer.body);
    this.#parts.delete(root);
    if (answer.tag && read.stale.length === 0) {
      const part = { tag: answer.tag, resources: read.resources };
      this.#parts.set(root, part);
      void this.#cache.write(this.#keyOf(root), JSON.stringify(part));
    }
    return { ok: true, ...read, same: false };
  }

  /** The plain form says only which group-versions there are. */
  async #askEach(body: Json): Promise<{ resources: ApiResource[]; stale: string[] }> {
    const versions = groupVersions(body);
    const lists = await Promise.all(
      versions.map(version => this.#connection.ask({ what, path: pathOf(version), accept })),
    );
    const read = lists.map((list, index) =>
      list.ok ? readResourceList(versions[index] ?? '', list.body) : [],
    );
    return { resources: read.flat(), stale: versions.filter((_, index) => !lists[index]?.ok) };
  }

  async #kept(root: string): Promise<Part | undefined> {
    const text = await this.#cache.read(this.#keyOf(root));
    if (text === undefined) return undefined;
    const { tag, resources } = JSON.parse(text) as Part;
    return { tag, resources };
  }

  #keyOf(root: string): string {
    const { server, tlsServerName } = this.#connection.context.cluster;
    return JSON.stringify(['discovery 1', server, tlsServerName, root]);
  }
}

interface Root {
  ok: true;
  resources: ApiResource[];
  stale: string[];
  /** True when it is what was answered the last time. */
  same: boolean;
}

/**
 * Reads an `APIGroupDiscoveryList`. `stale` are the group-versions whose own server did not answer,
 * so that types of theirs may be missing from the list.
 */
export function readAggregated(body: JsonObject): { resources: ApiResource[]; stale: string[] } {
  const resources: ApiResource[] = [];
  const stale: string[] = [];
  for (const groupItem of objects(body.items)) {
    const group = isObject(groupItem.metadata) ? text(groupItem.metadata.name) : '';
    for (const versionItem of objects(groupItem.versions)) {
      const version = text(versionItem.version);
      if (versionItem.freshness === 'Stale')
        stale.push(group === '' ? version : `${group}/${version}`);
      for (const item of objects(versionItem.resources)) {
        // Without a kind there are only subresources.
        const kind = isObject(item.responseKind) ? text(item.responseKind.kind) : '';
        if (kind === '') continue;
        const namespaced = item.scope === 'Namespaced';
        const resource = text(item.resource);
        resources.push({ group, version, kind, resource, namespaced, verbs: texts(item.verbs) });
      }
    }
  }
  return { resources, stale };
}

/** Reads an `APIResourceList`, the plain form of discovery. */
export function readResourceList(groupVersion: string, body: Json): ApiResource[] {
  const { group, version } = parseApiVersion(groupVersion);
  const items = isObject(body) ? objects(body.resources) : [];
  return items
    .filter(item => !text(item.name).includes('/'))
    .map(item => ({
      group,
      version,
      kind: text(item.kind),
      resource: text(item.name),
      namespaced: item.namespaced === true,
      verbs: texts(item.verbs),
    }));
}

/** The group-versions of an `APIVersions` (`/api`) or `APIGroupList` (`/apis`). */
function groupVersions(body: Json): string[] {
  if (!isObject(body)) return [];
  const core = texts(body.versions);
  const groups = objects(body.groups).flatMap(group => objects(group.versions));
  return [...core, ...groups.map(version => text(version.groupVersion))];
}

function pathOf(groupVersion: string): string {
  return groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`;
}

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
