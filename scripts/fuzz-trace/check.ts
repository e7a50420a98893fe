import type { Pointer } from '../../src/core/model/path.ts';
import type { Provenance } from '../../src/core/model/rendered.ts';
import { isObject, type Json, type JsonObject } from '../../src/core/model/resource.ts';
import type { Written, WrittenFile } from './written.ts';

/** A scalar of a rendered object. */
export interface Field {
  object: JsonObject;
  pointer: Pointer;
  value: Json;
}

/** Every scalar of a value with the way to it. */
export function scalarsOf(value: Json, pointer: Pointer = []): { pointer: Pointer; value: Json }[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => scalarsOf(item, [...pointer, index]));
  if (isObject(value))
    return Object.entries(value).flatMap(([key, item]) => scalarsOf(item, [...pointer, key]));
  return [{ pointer, value }];
}

/** Why a place that is reported for a field is wrong; undefined where it is right, or claims nothing. */
export function faultOf(field: Field, place: Provenance, file: WrittenFile): string | undefined {
  if (place.how === 'unknown') return undefined;
  const readings = file.at(place.line, place.column);
  const found = readings[0] ? JSON.stringify(readings[0].text.slice(0, 60)) : 'nothing';
  const at = `${place.file}:${place.line}:${place.column} (${place.how}) has ${found}`;
  if (place.how === 'exact')
    return exactReading(field, readings)
      ? undefined
      : `${at}, not ${JSON.stringify(field.value)?.slice(0, 60)}`;
  return madeBy(field, place, readings)
    ? undefined
    : `${at}, which does not make ${JSON.stringify(field.value)?.slice(0, 60)}`;
}

/** The reading of a place that is exactly the field's value. */
export function exactReading(field: Field, readings: readonly Written[]): Written | undefined {
  const content = contentOf(field);
  for (const reading of readings) {
    if (reading.as === 'scalar' && means(reading, field.value)) return reading;
    if (content === undefined) continue;
    if (reading.text === content) return reading;
    const inner = reading.as === 'rest' ? unquoted(reading) : undefined;
    if (inner?.text === content) return inner;
  }
  return undefined;
}

/** What stands in the quotes of `key="value"`. */
function unquoted(reading: Written): Written | undefined {
  const { text, start, end } = reading;
  if (!/^(["']).*\1$/.test(text) || text.length < 2) return undefined;
  return { ...reading, text: text.slice(1, -1), start: start + 1, end: end - 1 };
}

/** The text or bytes (as base64) of a ConfigMap's or Secret's data, which can stand in a file or behind `key=`. */
function contentOf({ object, pointer, value }: Field): string | undefined {
  const [part, key] = pointer;
  if (pointer.length !== 2 || key === undefined || typeof value !== 'string') return undefined;
  const encoded = part === 'binaryData' || (part === 'data' && object.kind === 'Secret');
  if (encoded) return Buffer.from(value.replaceAll('\n', ''), 'base64').toString();
  return part === 'data' || part === 'stringData' ? value : undefined;
}

/** Whether a scalar as it is written is the value, in Kubernetes' dialect of YAML. */
function means({ text, style }: Written, value: Json): boolean {
  if (typeof value === 'string') return text === value;
  if (style !== 'plain') return false;
  if (value === null) return /^(~|null|Null|NULL|)$/.test(text);
  if (typeof value === 'boolean')
    return (value ? /^(true|yes|on|y)$/i : /^(false|no|off|n)$/i).test(text);
  return typeof value === 'number' && numberOf(text) === value;
}

function numberOf(text: string): number {
  const plain = text.replaceAll('_', '').replace(/^\+/, '');
  if (/^-?0[0-7]+$/.test(plain)) return Number.parseInt(plain, 8);
  return Number(plain);
}

/** Whether what stands at the place is part of the value, or the step that leads there makes such values. */
function madeBy(
  { object, pointer, value }: Field,
  place: Provenance,
  readings: readonly Written[],
): boolean {
  const text = String(value);
  const [part] = pointer;
  const step = place.via.map(link => link.split(' ')[1] ?? '');
  const generator = step.some(name => /^(configMap|secret)Generator$/.test(name));
  // The entry of a generator makes the object's type.
  if (generator && (part === 'kind' || part === 'apiVersion' || part === 'type'))
    return object.kind === 'ConfigMap' || object.kind === 'Secret';
  return readings.some(({ as, text: made }) => {
    if (made === '' || (as !== 'scalar' && as !== 'rest')) return false;
    // Kustomize prints folded texts with other line breaks.
    return text.includes(made) || withoutBlanks(text) === withoutBlanks(made);
  });
}

function withoutBlanks(text: string): string {
  return text.replace(/\s+/g, '');
}
