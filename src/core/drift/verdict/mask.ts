import type { DriftPath, DriftResult } from '../../model/drift.ts';
import { parsePath, type Step } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import { isSecret } from '../prepare/secrets.ts';
import { startsWith } from '../typed-path.ts';
import { leaves, mapLeaves, own } from '../values.ts';

/** What stands for every value of a Secret. */
export const maskText = '••• (changed)';

/**
 * A result without any value of a Secret: those of `data` and `stringData`, annotations that may hold
 * a copy of them, and what a message quotes. Results about other kinds come back as they are.
 */
export function maskResult(
  result: DriftResult,
  sides: readonly (JsonObject | undefined)[],
): DriftResult {
  if (result.resource.kind !== 'Secret' || result.resource.group !== '') return result;
  const hide = messageMask(sides);
  return {
    ...result,
    paths: result.paths.map(maskPath),
    notes: result.notes.map(hide),
    ...(result.reason === undefined ? {} : { reason: hide(result.reason) }),
  };
}

/** What a Secret's values made of another object, and the values themselves. */
export interface Hidden {
  /** Typed steps of fields. */
  fields: readonly Step[][];
  values: readonly string[];
}

/**
 * A result without what a Secret's values made of an object of another kind: the fields that they reach, and
 * every text that holds one.
 */
export function maskMade(result: DriftResult, { fields, values }: Hidden): DriftResult {
  if (fields.length === 0 && values.length === 0) return result;
  const hide = (text: string) =>
    values.reduce((left, value) => left.split(value).join('•••'), text);
  const holds = (value: Json | undefined) =>
    value !== undefined &&
    [...leaves(value)].some(leaf => values.some(text => String(leaf.value).includes(text)));
  const isMade = (path: DriftPath) => {
    const steps = parsePath(path.path);
    const reached = fields.some(field => startsWith(steps, field) || startsWith(field, steps));
    return reached || holds(path.desired) || holds(path.live) || holds(path.becomes);
  };
  return {
    ...result,
    paths: result.paths.map(path => (isMade(path) ? { ...withMasks(path), secret: true } : path)),
    notes: result.notes.map(hide),
    ...(result.reason === undefined ? {} : { reason: hide(result.reason) }),
  };
}

function maskPath(path: DriftPath): DriftPath {
  const [first, second] = parsePath(path.path);
  const shown =
    first === 'type' || first === 'immutable' || (first === 'metadata' && second !== 'annotations');
  if (shown && second !== undefined) return path;
  if (first === 'type' || first === 'immutable') return path;
  return withMasks(path);
}

function withMasks(path: DriftPath): DriftPath {
  const { desired, live, becomes, ...rest } = path;
  return {
    ...rest,
    ...(desired === undefined ? {} : { desired: masked(desired) }),
    ...(live === undefined ? {} : { live: masked(live) }),
    ...(becomes === undefined ? {} : { becomes: masked(becomes) }),
  };
}

function masked(value: Json): Json {
  return mapLeaves(value, () => maskText);
}

/** Takes the Secret's values, encoded and decoded, and what follows "got" or "Invalid value" out of a text. */
function messageMask(sides: readonly (JsonObject | undefined)[]): (text: string) => string {
  const values = new Set(sides.filter(isSecret).flatMap(secretTexts));
  const longestFirst = [...values]
    .filter(text => text.length > 3)
    .sort((a, b) => b.length - a.length);
  return text => {
    const cut = text.replace(/(got |Invalid value: ).*/s, '$1•••');
    return longestFirst.reduce((left, value) => left.split(value).join('•••'), cut);
  };
}

function secretTexts(secret: JsonObject): string[] {
  return ['data', 'stringData'].flatMap(field => {
    const map = own(secret, field);
    if (!isObject(map)) return [];
    return [...leaves(map)].flatMap(({ value }) => {
      const text = String(value);
      return [text, Buffer.from(text, 'base64').toString('utf8')];
    });
  });
}
