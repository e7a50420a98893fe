import { nearestName } from '../../schemas/nearest.ts';
import type { FieldType } from '../../schemas/type.ts';
import { patternWords } from './pattern-words.ts';

/** What is wrong with a value of the right JSON type: the end of a sentence that begins with the field. */
export interface ScalarProblem {
  rule: string;
  /** `must be one of …`. */
  says: string;
  fix?: string;
}

const quantity = /^[+-]?(\d+(\.\d*)?|\.\d+)(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d+)?$/;

/** Quantities as apimachinery reads them, which forgives blanks around them only. */
export function isQuantity(text: string): boolean {
  return quantity.test(text.trim());
}

export function quantityProblem(text: string): ScalarProblem | undefined {
  if (isQuantity(text)) return undefined;
  const near = nearestQuantity(text);
  const hint = near === undefined ? ', which is written like 500m, 2 or 512Mi' : '';
  return { rule: 'bad-quantity', says: `"${text}" is no quantity${hint}`, fix: near };
}

/** Blanks, and letters of the wrong case or too many: `512mb` is 512M, `1.5 Gi` is 1.5Gi. */
function nearestQuantity(text: string): string | undefined {
  const [, number, unit = ''] = /^\s*([+-]?[\d.]+)\s*([a-zA-Z]+)\s*$/.exec(text) ?? [];
  if (number === undefined) return undefined;
  const letter = unit.slice(0, 1).toUpperCase();
  const binary = /^.i/i.test(unit) ? 'i' : '';
  const near = `${number}${letter === 'K' && binary === '' ? 'k' : letter}${binary}`;
  return isQuantity(near) ? near : undefined;
}

const base64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const dateTime = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

/** Checks of Kubernetes' own string formats; those of custom resources are the judge's. */
export function formatProblem(text: string, format: string | undefined): ScalarProblem | undefined {
  if (format === 'byte' && !base64.test(text.replace(/[\r\n]/g, '')))
    return { rule: 'bad-format', says: 'must be base64; plain text goes into stringData' };
  if (format === 'date-time' && !dateTime.test(text))
    return { rule: 'bad-format', says: 'must be a time such as 2026-01-31T12:00:00Z' };
  return undefined;
}

/** Checks that a type states for text: enum, pattern and length. */
export function textProblem(text: string, type: FieldType): ScalarProblem | undefined {
  if (type.enum) return enumProblem(text, type.enum.filter(isText));
  if (type.pattern !== undefined && !matches(type.pattern, text))
    return {
      rule: 'bad-pattern',
      says: patternWords(type.pattern, text) ?? `must match the pattern ${type.pattern}`,
    };
  const length = [...text].length;
  return lengthProblem(length, 'character', type.minLength, type.maxLength);
}

/** Checks that a type states for numbers: enum, range and the range of its Go type. */
export function numberProblem(value: number, type: FieldType): ScalarProblem | undefined {
  const { minimum, maximum, format } = type;
  if (type.enum && !type.enum.includes(value))
    return { rule: 'bad-enum', says: `must be ${oneOf(type.enum.map(String))}, not ${value}` };
  if (minimum !== undefined && value < minimum)
    return { rule: 'bad-range', says: `must be at least ${minimum}, not ${value}` };
  if (maximum !== undefined && value > maximum)
    return { rule: 'bad-range', says: `must be at most ${maximum}, not ${value}` };
  if (format === 'int32' && Math.abs(value) > 2 ** 31)
    return { rule: 'bad-range', says: `must be a 32-bit integer, not ${value}` };
  return undefined;
}

/** Checks that a type states for the number of items. */
export function itemsProblem(count: number, type: FieldType): ScalarProblem | undefined {
  return lengthProblem(count, 'item', type.minItems, type.maxItems);
}

function lengthProblem(
  length: number,
  unit: string,
  least: number | undefined,
  most: number | undefined,
): ScalarProblem | undefined {
  const plural = (count: number) => `${count} ${unit}${count === 1 ? '' : 's'}`;
  if (least !== undefined && length < least)
    return { rule: 'bad-length', says: `must have at least ${plural(least)}, not ${length}` };
  if (most !== undefined && length > most)
    return { rule: 'bad-length', says: `must have at most ${plural(most)}, not ${length}` };
  return undefined;
}

/** Names with a domain are open where Kubernetes lists its own values, and empty means not set. */
function enumProblem(text: string, values: string[]): ScalarProblem | undefined {
  if (text === '' || text.includes('/') || values.includes(text)) return undefined;
  const near = nearestName(text, values);
  return { rule: 'bad-enum', says: `must be ${oneOf(values)}, not "${text}"`, fix: near };
}

/** `TCP, UDP or SCTP`. */
export function oneOf(values: string[]): string {
  const named = values.filter(value => value !== '');
  if (named.length > 8) return `one of ${named.slice(0, 8).join(', ')}, …`;
  return named.length < 2 ? `${named[0]}` : `${named.slice(0, -1).join(', ')} or ${named.at(-1)}`;
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** Patterns are RE2; one that JavaScript does not read is left to the judge. */
function matches(pattern: string, text: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(text);
  } catch {
    return true;
  }
}
