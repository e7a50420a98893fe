import { parsePath } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import { isSealed, sealStart, sealValue, secretMatches } from './seal.ts';

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/** What of a live object is secret besides what a Secret holds. */
export interface Hidden {
  /** Plain values: each text anywhere that holds one is sealed. */
  values: readonly string[];
  /** Paths (`model/path.ts`) of fields that a Secret's value makes, whatever stands there. */
  paths: readonly string[];
}

/**
 * A copy of a live object without secret values: every value of a Secret's `data`, those of the last-applied
 * annotation, and what is hidden besides are sealed. Other objects come back as they are.
 */
export async function sealSecrets(
  object: JsonObject,
  { values, paths }: Hidden = { values: [], paths: [] },
): Promise<JsonObject> {
  const seals: Seals = new Map();
  const sealed = isSecret(object) ? await sealFields(object, seals) : object;
  const known = [...values, ...(isSecret(object) ? plainValues(object) : [])];
  const places = paths.map(placeOf);
  const isHidden = (text: string, place: string) =>
    known.some(value => text.includes(value)) || places.some(made => isWithin(place, made));
  const applied = appliedOf(sealed);
  const all = [...texts(sealed), ...texts(parse(applied ?? '') ?? '')];
  if (!isSecret(object) && !all.some(each => isHidden(each.text, each.place))) return object;
  const seal = (value: Json) =>
    mapTexts(value, async (text, place) =>
      isHidden(text, place) && !isSealed(text) ? sealOnce(toBase64(text), '', seals) : text,
    );
  const without = (await seal(withApplied(sealed, undefined))) as JsonObject;
  if (applied === undefined) return without;
  const inner = isSecret(object) ? await sealApplied(applied, seals) : parse(applied);
  // What is no object is nothing that was applied.
  return withApplied(without, isObject(inner) ? JSON.stringify(await seal(inner)) : '{}');
}

/**
 * A copy of a desired object that can be compared with a sealed live one: a text that a seal at the same field
 * stands for becomes that seal; other values of a Secret get seals of their own. `stringData` must have been
 * merged into `data` before. Beside an object without seals (`noteSeals`) desired comes back as it is.
 */
export async function sealLike(desired: JsonObject, live: JsonObject): Promise<JsonObject> {
  if (!sealedObjects.has(live)) return desired;
  const places = new Map<string, string[]>();
  for (const { place, text } of texts(live))
    if (isSealed(text)) places.set(place, [...(places.get(place) ?? []), text]);
  const secret = isSecret(desired);
  const replace = async (text: string, place: string) => {
    const data = secret && place.startsWith('/data/');
    const value = data ? text : toBase64(text);
    for (const seal of places.get(place) ?? []) if (await secretMatches(seal, value)) return seal;
    return data ? sealValue(value) : text;
  };
  return (await mapTexts(desired, replace)) as JsonObject;
}

/** Objects that hold seals: to look through every live object for some would take longer than to compare it. */
const sealedObjects = new WeakSet<JsonObject>();

/** Remembers an object that was read from a snapshot, if it holds seals. */
export function noteSeals(object: JsonObject): void {
  for (const { text } of texts(object))
    if (text.startsWith(sealStart)) {
      sealedObjects.add(object);
      return;
    }
}

function isSecret(object: JsonObject): boolean {
  return object.kind === 'Secret' && object.apiVersion === 'v1';
}

/** Values of a Secret as they may stand elsewhere; short ones are in every other word. */
function plainValues({ data }: JsonObject): string[] {
  const encoded = isObject(data) ? Object.values(data) : [];
  return encoded
    .filter(value => typeof value === 'string' && !isSealed(value))
    .flatMap(value => [String(value), Buffer.from(String(value), 'base64').toString()])
    .filter(text => text.length >= 4);
}

/** Seals made for one object, by value: what was applied last and is still so gets one seal. */
type Seals = Map<string, Promise<string>>;

function sealOnce(base64: string, name: string, seals: Seals): Promise<string> {
  const key = JSON.stringify([name, base64]);
  const seal = seals.get(key) ?? sealValue(base64);
  seals.set(key, seal);
  return seal;
}

async function sealApplied(applied: string, seals: Seals): Promise<Json | undefined> {
  const object = parse(applied);
  return isObject(object) && isSecret(object) ? sealFields(object, seals) : {};
}

/** `stringData` stands only in a last-applied annotation; its values are text, not base64. */
async function sealFields(secret: JsonObject, seals: Seals): Promise<JsonObject> {
  const copy = { ...secret };
  if (isObject(copy.data)) copy.data = await sealMap(copy.data, seals, value => value);
  if (isObject(copy.stringData)) copy.stringData = await sealMap(copy.stringData, seals, toBase64);
  return copy;
}

async function sealMap(
  map: JsonObject,
  seals: Seals,
  encode: (value: string) => string,
): Promise<JsonObject> {
  const entries = Object.entries(map).map(async ([key, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    return [key, isSealed(text) ? text : await sealOnce(encode(text), key, seals)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** The place (see `texts`) of a path. */
function placeOf(path: string): string {
  return parsePath(path)
    .map(step => (typeof step === 'string' ? `/${step}` : '/*'))
    .join('');
}

function isWithin(place: string, whole: string): boolean {
  return place === whole || place.startsWith(`${whole}/`);
}

/** Every text below a value; `place` names its field, with all members of a list as one. */
function* texts(value: Json, place = ''): Generator<{ place: string; text: string }> {
  if (typeof value === 'string') yield { place, text: value };
  else if (Array.isArray(value)) for (const item of value) yield* texts(item, `${place}/*`);
  else if (isObject(value))
    for (const [key, item] of Object.entries(value)) yield* texts(item, `${place}/${key}`);
}

async function mapTexts(
  value: Json,
  replace: (text: string, place: string) => Promise<string>,
  place = '',
): Promise<Json> {
  if (typeof value === 'string') return replace(value, place);
  if (Array.isArray(value))
    return Promise.all(value.map(item => mapTexts(item, replace, `${place}/*`)));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(
    async ([key, item]) => [key, await mapTexts(item, replace, `${place}/${key}`)] as const,
  );
  return Object.fromEntries(await Promise.all(entries));
}

function toBase64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function appliedOf({ metadata }: JsonObject): string | undefined {
  const annotations = isObject(metadata) ? metadata.annotations : undefined;
  const text = isObject(annotations) ? annotations[lastApplied] : undefined;
  return typeof text === 'string' ? text : undefined;
}

/** A copy with another last-applied annotation, or without. */
function withApplied(object: JsonObject, text: string | undefined): JsonObject {
  if (appliedOf(object) === undefined && text === undefined) return object;
  const { metadata } = object;
  const whole = isObject(metadata) ? metadata : {};
  const { [lastApplied]: _, ...rest } = isObject(whole.annotations) ? whole.annotations : {};
  const annotations = text === undefined ? rest : { ...rest, [lastApplied]: text };
  return { ...object, metadata: { ...whole, annotations } };
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
