import type { Pointer } from '../../src/core/model/path.ts';
import type { Provenance } from '../../src/core/model/rendered.ts';
import { isObject, type Json, type JsonObject } from '../../src/core/model/resource.ts';
import { pointerText } from '../../src/core/render/locate.ts';
import { type Difference, differences, partnersOf, valueAt, withoutHash } from './compare.ts';
import type { Mutation } from './mutate.ts';
import type { Answer, Made } from './subjects.ts';

/** The scalar whose place is tried. */
export interface Tried {
  object: Made;
  pointer: Pointer;
  value: Json;
  place: Provenance;
}

export type Verdict =
  | { result: 'proven' }
  | { result: 'skipped'; reason: string }
  | { result: 'failed'; faults: string[] };

/** Whether exactly the tried field changed, and what the same text feeds. */
export function judgeTrial(
  before: Answer,
  after: Answer,
  tried: Tried,
  mutation: Mutation,
): Verdict {
  if (after.failure !== undefined) return { result: 'skipped', reason: 'the build fails' };
  const faults = faultsOf(before, after, tried, mutation);
  if (faults.length === 0) return { result: 'proven' };
  if (isLookup(tried) && isSomewhere(after, tried, mutation))
    return { result: 'skipped', reason: 'things are found by it' };
  return { result: 'failed', faults };
}

function faultsOf(before: Answer, after: Answer, tried: Tried, mutation: Mutation): string[] {
  const partners = partnersOf(before.objects, after.objects);
  const faults: string[] = [];
  const changed = before.objects.map((object, index) => changesOf(object, partners[index]));
  const at = before.objects.indexOf(tried.object);
  const own = changed[at]?.find(({ pointer }) => samePointer(pointer, tried.pointer));
  if (!own || !shown(tried, own.after, mutation)) {
    const now = valueAt(partners[at]?.value, tried.pointer);
    faults.push(`it is ${JSON.stringify(now)} after the change`);
  }
  const hashes = changed.some(
    (list, index) =>
      isHashed(before.objects[index]) && list.some(({ pointer }) => !isName(pointer)),
  );
  for (const [index, list] of changed.entries())
    for (const difference of list) {
      const object = before.objects[index];
      if (difference === own || !object || explained(difference, object, tried, hashes)) continue;
      faults.push(describe(object, difference));
    }
  if (before.objects.length !== after.objects.length)
    faults.push(`${after.objects.length} objects, not ${before.objects.length}`);
  return faults;
}

function changesOf(object: Made, partner: Made | undefined): Difference[] {
  if (!partner) return [{ pointer: [], before: object.value, after: undefined }];
  const random = new Set([...(object.volatile ?? []), ...(partner.volatile ?? [])]);
  return differences(object.value, partner.value).filter(
    ({ pointer }) => !random.has(pointerText(pointer)),
  );
}

function shown(
  { object, pointer, value }: Tried,
  now: Json | undefined,
  mutation: Mutation,
): boolean {
  if (now === undefined) return false;
  const text = (part: Json) => (typeof part === 'string' ? part : JSON.stringify(part));
  if (mutation.shows(text(value), text(now))) return true;
  const encoded =
    pointer[0] === 'binaryData' || (pointer[0] === 'data' && object.value.kind === 'Secret');
  const decode = (part: Json) => Buffer.from(text(part).replaceAll('\n', ''), 'base64').toString();
  return encoded && mutation.shows(decode(value), decode(now));
}

/**
 * What objects and list items are found by: changed, it names another thing, and what else happens
 * proves nothing. Only that the text shows up somewhere is asked for then.
 */
function isLookup({ pointer, object }: Tried): boolean {
  const last = pointer.at(-1);
  if (pointer.length === 1) return last === 'kind' || last === 'apiVersion';
  if (pointer[0] === 'metadata' && ['labels', 'annotations'].includes(String(pointer[1])))
    return true;
  if (typeof last === 'string' && lookups.has(last)) return true;
  // The selectors of patches and replacements, and items that are values of sets.
  return (
    (pointer.length === 2 && pointer[0] === 'metadata') ||
    (object.value.kind === 'Kustomization' && typeof last === 'number')
  );
}

const lookups = new Set([
  ...[
    'name',
    'namespace',
    'kind',
    'apiVersion',
    'group',
    'apiGroup',
    'image',
    'containerPort',
    'port',
  ],
  ...[
    'mountPath',
    'devicePath',
    'topologyKey',
    'key',
    'ip',
    'type',
    'number',
    'protocol',
    'whenUnsatisfiable',
  ],
]);

/** Whether an object has the changed value at the same key. */
function isSomewhere({ objects }: Answer, tried: Tried, mutation: Mutation): boolean {
  const last = tried.pointer.at(-1);
  const search = (value: Json, key: string | number | undefined): boolean => {
    if (Array.isArray(value)) return value.some((item, index) => search(item, index));
    if (isObject(value)) return Object.entries(value).some(([name, item]) => search(item, name));
    return (key === last || typeof last === 'number') && shown(tried, value, mutation);
  };
  return objects.some(({ value }) => search(value, undefined));
}

/** Whether a field changed because the tried text feeds it, too. */
function explained(
  { pointer, before, after }: Difference,
  { locate }: Made,
  { place }: Tried,
  hashes: boolean,
): boolean {
  if (hashes && typeof before === 'string' && typeof after === 'string')
    if (withoutHash(before) === withoutHash(after) || (isDigest(before) && isDigest(after)))
      return true;
  if (!locate) return false;
  const reported = locate(pointer);
  // A place that is unknown claims nothing.
  if (reported.how === 'unknown') return true;
  const line = `${place.file}:${place.line}`;
  const here = reported.file === place.file && reported.line === place.line;
  return here || reported.via.some(step => step === line || step.startsWith(`${line} `));
}

/** What generators and checksums of templates make out of what an object holds. */
function isDigest(text: string): boolean {
  return /^[0-9a-f]{32,128}$/.test(text);
}

function isHashed(object: Made | undefined): boolean {
  return object?.value.kind === 'ConfigMap' || object?.value.kind === 'Secret';
}

function isName(pointer: Pointer): boolean {
  return pointer.length === 2 && pointer[0] === 'metadata' && pointer[1] === 'name';
}

function samePointer(a: Pointer, b: Pointer): boolean {
  return pointerText(a) === pointerText(b);
}

function describe({ value, locate }: Made, { pointer, before, after }: Difference): string {
  const short = (part: Json | undefined) => (JSON.stringify(part) ?? 'nothing').slice(0, 200);
  const place = locate?.(pointer);
  const from = place
    ? ` (${place.file}:${place.line}:${place.column} ${place.how}, via ${place.via.join(' > ')})`
    : '';
  return `${titleOf(value)} ${pointerText(pointer)}${from} also changed: ${short(before)} → ${short(after)}`;
}

/** Kind and name, for a message. */
export function titleOf({ kind, metadata }: JsonObject): string {
  return `${String(kind)}/${isObject(metadata) ? String(metadata.name) : ''}`;
}
