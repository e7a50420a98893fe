import { createHmac, randomBytes } from 'node:crypto';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { DriftInput } from '../input.ts';
import { own, without } from '../values.ts';
import type { DryRunAnswer } from './dryrun.ts';

/** One question in two spellings: `version` by the live object's resourceVersion, `content` by what it holds. */
export interface QuestionKey {
  version: string;
  content: string;
}

export interface Times {
  /** Everything beside the object that decides what the server answers. */
  epoch: string;
  /** True where an apply of the kind leaves the status alone. */
  statusApart: boolean;
}

export interface KnownAnswer {
  answer: DryRunAnswer;
  /** Milliseconds since 1970 from which on it is asked again. */
  until: number;
}

const most = 5_000;

/**
 * What the server answered in this session (drift.md 3.5). A change of the status alone gives the live object a new
 * resourceVersion, but the answer stays the same: it is found by its content then. No value of a Secret is kept.
 */
export class Answers {
  readonly #hash: (text: string) => string;
  readonly #byVersion = new Map<string, KnownAnswer>();
  readonly #byContent = new Map<string, KnownAnswer>();
  readonly #hashes = new WeakMap<JsonObject, string>();
  readonly #contents = new WeakMap<JsonObject, string>();

  /** `hash`: one that says nothing to who has not its key. Default: one of this session. */
  constructor(hash = keyedHash()) {
    this.#hash = hash;
  }

  keyOf(input: DriftInput, live: JsonObject, { epoch, statusApart }: Times): QuestionKey {
    const metadata = own(live, 'metadata');
    const { uid = null, resourceVersion = null } = isObject(metadata) ? metadata : {};
    const asked = this.#hash(
      JSON.stringify([this.#hashOf(input.desired), circumstances(input), epoch]),
    );
    return {
      version: `${uid}|${resourceVersion}|${asked}`,
      content: `${uid}|${this.#contentOf(live, statusApart)}|${asked}`,
    };
  }

  find({ version, content }: QuestionKey, now: number): DryRunAnswer | undefined {
    const known = this.#byVersion.get(version) ?? this.#byContent.get(content);
    if (known === undefined || known.until <= now) return undefined;
    this.#keep({ version, content }, known);
    return known.answer;
  }

  put(key: QuestionKey, answer: DryRunAnswer, until: number): void {
    this.#keep(key, { answer, until });
  }

  clear(): void {
    this.#byVersion.clear();
    this.#byContent.clear();
  }

  /** When the next answer is not known any more that is none, such as that the server did not answer. */
  nextExpiry(now: number): number | undefined {
    const open = [...this.#byVersion.values()].filter(
      ({ answer, until }) => answer.kind === 'unavailable' && until > now,
    );
    return open.length === 0 ? undefined : Math.min(...open.map(({ until }) => until));
  }

  #keep({ version, content }: QuestionKey, known: KnownAnswer): void {
    keepLast(this.#byVersion, version, known);
    keepLast(this.#byContent, content, known);
  }

  #hashOf(object: JsonObject): string {
    const known = this.#hashes.get(object) ?? this.#hash(canonical(object));
    this.#hashes.set(object, known);
    return known;
  }

  #contentOf(live: JsonObject, statusApart: boolean): string {
    const known = this.#contents.get(live) ?? this.#hash(canonical(lasting(live, statusApart)));
    this.#contents.set(live, known);
    return known;
  }
}

/** A hash that says nothing outside of this session: of a Secret's value a bare one could be guessed. */
function keyedHash(): (text: string) => string {
  const key = randomBytes(32);
  return text => createHmac('sha256', key).update(text).digest('base64url');
}

function keepLast(map: Map<string, KnownAnswer>, key: string, known: KnownAnswer): void {
  map.delete(key);
  map.set(key, known);
  for (const oldest of map.keys()) {
    if (map.size <= most) return;
    map.delete(oldest);
  }
}

/** What of the input decides what is sent and how the answer is read; not where it stands in a file. */
function circumstances(input: DriftInput): unknown[] {
  const { owners, deployer, previous, ignore, argo, substituted } = input;
  const { volatile, sealed, sensitive, secrets } = input;
  const rules = ignore.map(({ origin: _, ...rule }) => rule);
  return [
    owners,
    deployer,
    previous,
    rules,
    argo,
    substituted,
    volatile,
    sealed,
    sensitive,
    secrets,
  ];
}

/** A live object without what changes while it runs and no apply depends on. */
function lasting(live: JsonObject, statusApart: boolean): JsonObject {
  const metadata = isObject(live.metadata) ? live.metadata : {};
  const { resourceVersion: _, managedFields, ...kept } = metadata;
  const entries = Array.isArray(managedFields) ? managedFields.filter(isObject) : [];
  return {
    ...(statusApart ? without(live, 'status') : live),
    metadata: { ...kept, managedFields: entries.flatMap(lastingEntry) },
  };
}

function lastingEntry(entry: JsonObject): JsonObject[] {
  const { time: _, fieldsV1, ...rest } = entry;
  const fields = isObject(fieldsV1) ? without(fieldsV1, 'f:status') : {};
  const isEmpty = Object.keys(fields).length === 0;
  return isEmpty && rest.subresource === 'status' ? [] : [{ ...rest, fieldsV1: fields }];
}

/** JSON with the keys of maps in one order. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const fields = Object.keys(value).sort();
  return `{${fields.map(key => `${JSON.stringify(key)}:${canonical(value[key] as Json)}`).join()}}`;
}
