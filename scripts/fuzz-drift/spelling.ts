import type { Json } from '../../src/core/model/resource.ts';
import type { FieldType } from '../../src/core/schemas/type.ts';

const amount = /^(\d+)(m|k|Ki|Mi|Gi)?$/;
const instant = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;

/** Other texts of what people take for the same value; some are the same to the server, some are not. */
export function respellings(value: Json, type: FieldType): Json[] {
  if (type.kind === 'quantity' || (type.pattern !== undefined && amount.test(String(value))))
    return amounts(value);
  if (type.kind === 'int-or-string') return intOrStrings(value);
  if (typeof value === 'number')
    return type.kind === 'any' || type.kind === 'string' ? [String(value)] : [];
  if (typeof value !== 'string') return [];
  if (type.format === 'byte') return [`${value.slice(0, 2)}\n${value.slice(2)}`, `${value}\n`];
  if (instant.test(value)) return instants(value);
  const seconds = /^(\d+)s$/.exec(value);
  if (seconds) return [`${Number(seconds[1])}000ms`, `0h0m${seconds[1]}s`];
  if (/^\d+$/.test(value)) return [Number(value), ` ${value}`, `0${value}`];
  return value.endsWith('\n') ? [value.trimEnd(), `${value}\n`] : [];
}

function amounts(value: Json): Json[] {
  const match = amount.exec(String(value));
  if (!match) return typeof value === 'string' ? [`${value}0`, Number.parseFloat(value) || 0] : [];
  const number = Number(match[1]);
  switch (match[2]) {
    case 'm':
      return number % 1000 === 0
        ? [number / 1000, `${number / 1000}`]
        : [`${number / 1000}`, number / 1000];
    case 'Gi':
      return [`${number * 1024}Mi`, number * 2 ** 30, `${number}.0Gi`];
    case 'Mi':
      return [`${number * 1024}Ki`, `${number / 1024}Gi`, String(number * 2 ** 20)];
    case undefined:
      return [`${number * 1000}m`, `${number}.0`, number, String(number), `${number}e0`];
    default:
      return [`${number * 1000}`, `${number}000`];
  }
}

function intOrStrings(value: Json): Json[] {
  if (typeof value === 'number') return [String(value)];
  const number = Number(value);
  return Number.isInteger(number) ? [number] : [];
}

function instants(value: string): string[] {
  const at = new Date(value);
  if (Number.isNaN(at.getTime())) return [];
  const later = new Date(at.getTime() + 3_600_000).toISOString().slice(0, 19);
  const plain = at.toISOString().slice(0, 19);
  return [`${later}+01:00`, `${plain}.000000Z`, `${plain}Z`];
}
