import { createHash } from 'node:crypto';
import type { DiskCache } from '../lib/disk-cache.ts';
import { textAt } from '../model/fields.ts';
import { isObject, type Json, type JsonObject } from '../model/resource.ts';
import type { ClusterIdentity } from './cluster.ts';

/** What a cluster said of its types when it was asked last. */
export interface ClusterTypes {
  /** Such as `v1.33.2`; undefined where it hides that. */
  version?: string;
  /** CustomResourceDefinitions of the kinds that were asked for. The same list until it is asked again. */
  definitions: readonly JsonObject[];
  /** When it was asked last, RFC 3339. */
  asked: string;
}

/** How a cluster is told from others when it is not asked. */
export interface ClusterName {
  context: string;
  server: string;
  /** Where it is pinned: what another one said does not count. */
  uid?: string;
}

interface Record {
  version?: string;
  uid?: string;
  asked: string;
  /** Hashes of definitions by name. */
  definitions: { [name: string]: string };
}

/** What clusters said of their types, kept for when they cannot be asked: by this process and by later ones. */
export class KnownTypes {
  readonly #cache: DiskCache;
  /** By cluster: which definitions it was told of last, by their generations. */
  readonly #told = new Map<string, string>();
  readonly #known = new Map<string, Promise<(ClusterTypes & { uid?: string }) | undefined>>();

  constructor(cache: DiskCache) {
    this.#cache = cache;
  }

  /** Undefined where it was never asked, or another cluster answered there. */
  async of(name: ClusterName): Promise<ClusterTypes | undefined> {
    const key = keyOf(name);
    const reading = this.#known.get(key) ?? this.#read(key);
    this.#known.set(key, reading);
    const types = await reading;
    return name.uid === undefined || types?.uid === name.uid ? types : undefined;
  }

  /** Keeps what an open cluster answered; `definitions` are those of the kinds that were asked for now. */
  async remember(identity: ClusterIdentity, definitions: readonly JsonObject[]): Promise<void> {
    const { context, server, uid, version } = identity;
    if (context === undefined || server === undefined) return;
    const key = keyOf({ context, server });
    const generations = JSON.stringify([uid, version, definitions.map(generationOf)]);
    if (this.#told.get(key) === generations) return;
    this.#told.set(key, generations);
    const before = await (this.#known.get(key) ?? this.#read(key));
    const same = before?.uid === uid ? (before?.definitions ?? []) : [];
    const all = new Map([...same, ...definitions].map(each => [nameOf(each), lean(each)]));
    const merged = [...all.values()];
    const isSame =
      same.length === merged.length && same.every((type, at) => isEqual(type, merged[at]));
    const types = {
      ...(version !== undefined && { version }),
      ...(uid !== undefined && { uid }),
      definitions: isSame ? same : merged,
      asked: new Date().toISOString(),
    };
    this.#known.set(key, Promise.resolve(types));
    await this.#write(key, types);
  }

  async #read(key: string): Promise<(ClusterTypes & { uid?: string }) | undefined> {
    const text = await this.#cache.read(key);
    if (text === undefined) return undefined;
    const { definitions: hashes, ...rest } = JSON.parse(text) as Record;
    const read = Object.values(hashes).map(async hash => {
      const definition = await this.#cache.read(hash);
      const whole = definition !== undefined && hashOf(definition) === hash;
      return whole ? (JSON.parse(definition) as JsonObject) : undefined;
    });
    const definitions = (await Promise.all(read)).filter(each => each !== undefined);
    return { ...rest, definitions };
  }

  async #write(key: string, types: ClusterTypes & { uid?: string }): Promise<void> {
    const { definitions, ...rest } = types;
    const texts = definitions.map(each => ({ name: nameOf(each), text: JSON.stringify(each) }));
    const hashes = texts.map(({ name, text }): [string, string] => [name, hashOf(text)]);
    await Promise.all(
      texts.map(async ({ text }) => {
        const hash = hashOf(text);
        if ((await this.#cache.read(hash)) === undefined) await this.#cache.write(hash, text);
      }),
    );
    const record: Record = { ...rest, definitions: Object.fromEntries(hashes) };
    await this.#cache.write(key, JSON.stringify(record));
  }
}

function keyOf({ context, server }: ClusterName): string {
  return JSON.stringify(['cluster types 1', context, server]);
}

function nameOf(definition: JsonObject): string {
  return textAt(definition, 'metadata', 'name') ?? '';
}

/** A definition that is made of what the server publishes has no generation: it is told by its text. */
function generationOf(definition: JsonObject): string {
  const { generation } = isObject(definition.metadata) ? definition.metadata : {};
  return `${nameOf(definition)} ${generation ?? hashOf(JSON.stringify(definition))}`;
}

/** What judging needs of a definition: the rest changes with every write. */
function lean(definition: JsonObject): JsonObject {
  const { metadata, spec, apiVersion = '', kind = '' } = definition;
  const annotations = isObject(metadata) ? metadata.annotations : undefined;
  const approval = isObject(annotations) ? annotations['api-approved.kubernetes.io'] : undefined;
  const { conversion: _, ...kept } = isObject(spec) ? spec : {};
  return {
    apiVersion,
    kind,
    metadata: {
      name: nameOf(definition),
      ...(approval !== undefined && {
        annotations: { 'api-approved.kubernetes.io': approval },
      }),
    },
    spec: kept,
  };
}

function isEqual(one: Json, other: Json | undefined): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
