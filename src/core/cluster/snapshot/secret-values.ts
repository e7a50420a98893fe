import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { isObject, type JsonObject } from '../../model/resource.ts';

/*
 * A snapshot must say whether a Secret's value changed, and must not say the value. Each value is
 * replaced by scrypt(value, salt) with a salt of its own: equal values do not look equal, tables made
 * in advance are useless, and a guess costs about 20 ms of a core instead of the nanoseconds of a bare
 * HMAC, whose key would have to lie in the same file. A truncated hash would hide weak values better
 * but could call a changed value equal, which is a wrong green. Very weak passwords can still be
 * guessed with patience, so a snapshot that holds Secrets is written readable for its owner only.
 */
const prefix = 'driftline/scrypt-14:';
const saltBytes = 12;
const hashBytes = 16;
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * A copy of a live Secret in which every value of `data`, and of the last-applied annotation, is
 * sealed. Sealed values are base64 as Secret data must be. Objects of other kinds come back as they are.
 */
export async function sealSecret(object: JsonObject): Promise<JsonObject> {
  if (!isSecret(object)) return object;
  const seals: Seals = new Map();
  const sealed = await sealFields(object, seals);
  const text = annotationOf(sealed);
  if (text === undefined) return sealed;
  const applied = parseObject(text);
  const masked = applied && isSecret(applied) ? await sealFields(applied, seals) : {};
  const metadata = sealed.metadata as JsonObject;
  const annotations = {
    ...(metadata.annotations as JsonObject),
    [lastApplied]: JSON.stringify(masked),
  };
  return { ...sealed, metadata: { ...metadata, annotations } };
}

/**
 * A copy of a desired Secret that can be compared with a sealed live one: a value of `data` that
 * matches the live seal becomes that seal, every other value gets a seal of its own. `stringData`
 * must have been merged into `data` before. When live is not sealed, desired comes back as it is.
 */
export async function sealLike(desired: JsonObject, live: JsonObject): Promise<JsonObject> {
  if (!isSecret(desired) || !isObject(desired.data) || !hasSeals(live)) return desired;
  const sealed = isObject(live.data) ? live.data : {};
  const entries = Object.entries(desired.data).map(async ([key, value]) => {
    const seal = sealed[key];
    if (typeof value !== 'string') return [key, value] as const;
    const matches = typeof seal === 'string' && (await secretMatches(seal, value));
    return [key, matches ? seal : await sealValue(value)] as const;
  });
  return { ...desired, data: Object.fromEntries(await Promise.all(entries)) };
}

/** True when `seal` was made from `value` (base64, as in a Secret's `data`). */
export async function secretMatches(seal: string, value: string): Promise<boolean> {
  const parts = sealParts(seal);
  if (parts === undefined) return false;
  return timingSafeEqual(await hash(decode(value), parts.salt), parts.hash);
}

/** True for a value of `data` that stands for another one. */
export function isSealed(value: string): boolean {
  return sealParts(value) !== undefined;
}

function isSecret(object: JsonObject): boolean {
  return object.kind === 'Secret' && object.apiVersion === 'v1';
}

function hasSeals(live: JsonObject): boolean {
  if (!isSecret(live) || !isObject(live.data)) return false;
  return Object.values(live.data).some(value => typeof value === 'string' && isSealed(value));
}

/** Seals made for one object, by key and value: what was applied last and is still so gets one seal. */
type Seals = Map<string, Promise<string>>;

/** `stringData` stands only in a last-applied annotation; its values are text, not base64. */
async function sealFields(secret: JsonObject, seals: Seals): Promise<JsonObject> {
  const copy = { ...secret };
  if (isObject(copy.data)) copy.data = await sealMap(copy.data, seals, value => value);
  if (isObject(copy.stringData)) {
    const encode = (value: string) => Buffer.from(value).toString('base64');
    copy.stringData = await sealMap(copy.stringData, seals, encode);
  }
  return copy;
}

async function sealMap(
  map: JsonObject,
  seals: Seals,
  toBase64: (value: string) => string,
): Promise<JsonObject> {
  const entries = Object.entries(map).map(async ([key, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (isSealed(text)) return [key, text] as const;
    const base64 = toBase64(text);
    const name = JSON.stringify([key, base64]);
    const seal = seals.get(name) ?? sealValue(base64);
    seals.set(name, seal);
    return [key, await seal] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

async function sealValue(value: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const bytes = Buffer.concat([salt, await hash(decode(value), salt)]);
  return Buffer.from(prefix + bytes.toString('base64')).toString('base64');
}

function sealParts(seal: string): { salt: Buffer; hash: Buffer } | undefined {
  const text = decode(seal).toString('latin1');
  if (!text.startsWith(prefix)) return undefined;
  const bytes = decode(text.slice(prefix.length));
  if (bytes.length !== saltBytes + hashBytes) return undefined;
  return { salt: bytes.subarray(0, saltBytes), hash: bytes.subarray(saltBytes) };
}

function hash(value: Buffer, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(value, salt, hashBytes, { N: 2 ** 14, r: 8, p: 1 }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

function decode(base64: string): Buffer {
  return Buffer.from(base64, 'base64');
}

function annotationOf(object: JsonObject): string | undefined {
  const metadata = object.metadata;
  const annotations = isObject(metadata) ? metadata.annotations : undefined;
  const text = isObject(annotations) ? annotations[lastApplied] : undefined;
  return typeof text === 'string' ? text : undefined;
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
