import { createHash } from 'node:crypto';
import type { DiskCache } from '../../lib/disk-cache.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { Connection } from './connection.ts';

/** Milliseconds for which the server's list of documents counts. */
const keptIndex = 20_000;

interface Document {
  /** Where it lies; another one when it changes. */
  address: string;
  reading: Promise<JsonObject | undefined>;
}

/**
 * The OpenAPI v3 documents of a server, by the hash under which it publishes each of them. One that was read once, by
 * any process and from any cluster, is never read again.
 * https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-v3
 */
export class OpenApi {
  readonly #connection: Connection;
  readonly #cache: DiskCache;
  readonly #documents = new Map<string, Document>();
  #index: { asked: number; addresses: Promise<JsonObject | undefined> } | undefined;

  constructor(connection: Connection, cache: DiskCache) {
    this.#connection = connection;
    this.#cache = cache;
  }

  /** Undefined where the server publishes none, or does not answer. */
  async document(
    { group, version }: { group: string; version: string },
    signal?: AbortSignal,
  ): Promise<JsonObject | undefined> {
    const name = group === '' ? `api/${version}` : `apis/${group}/${version}`;
    const index = await this.#addresses();
    signal?.throwIfAborted();
    const entry = index?.[name];
    const address = isObject(entry) ? entry.serverRelativeURL : undefined;
    if (typeof address !== 'string' || !address.startsWith('/')) return undefined;
    const known = this.#documents.get(name);
    if (known?.address === address) return known.reading;
    const document = { address, reading: this.#read(address, name) };
    this.#documents.set(name, document);
    const read = await document.reading;
    if (read === undefined && this.#documents.get(name) === document) this.#documents.delete(name);
    return read;
  }

  /** By group-version, shared by all who ask. */
  #addresses(): Promise<JsonObject | undefined> {
    const now = Date.now();
    if (this.#index && now - this.#index.asked < keptIndex) return this.#index.addresses;
    const question = { what: 'read which types are described', path: '/openapi/v3' };
    const addresses = this.#connection.ask(question).then(answer => {
      const paths = answer.ok && isObject(answer.body) ? answer.body.paths : undefined;
      if (!isObject(paths)) this.#index = undefined;
      return isObject(paths) ? paths : undefined;
    });
    this.#index = { asked: now, addresses };
    return addresses;
  }

  async #read(address: string, name: string): Promise<JsonObject | undefined> {
    const hash = new URLSearchParams(address.split('?')[1]).get('hash') ?? '';
    const kept = isHash(hash) ? await this.#cache.read(hash) : undefined;
    if (kept !== undefined && hashOf(kept) === hash) return parsed(kept);
    const question = { what: `read the types of ${name}`, path: address, plain: true };
    const answer = await this.#connection.ask(question);
    if (!answer.ok || typeof answer.body !== 'string') {
      // It may have changed since the list was made.
      this.#index = undefined;
      return undefined;
    }
    // Only what is what its name says is kept for others: no cluster can put words into another one's mouth.
    if (isHash(hash) && hashOf(answer.body) === hash) void this.#cache.write(hash, answer.body);
    return parsed(answer.body);
  }
}

function isHash(text: string): boolean {
  return /^[0-9A-F]{128}$/.test(text);
}

/** As Kubernetes makes it. */
function hashOf(text: string): string {
  return createHash('sha512').update(text).digest('hex').toUpperCase();
}

function parsed(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
