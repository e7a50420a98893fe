import type { DryRunReply } from '../../cluster/cluster.ts';
import { type Pointer, parsePath } from '../../model/path.ts';
import type { JsonObject } from '../../model/resource.ts';
import { valueAt } from '../value.ts';
import { fieldName, sentence, type Violation } from '../violation.ts';
import { violationsOf } from './judged.ts';

type Refusal = Extract<DryRunReply, { ok: false }>;

/** What the server warned of while it tried an object that it takes. */
export function warned(object: JsonObject, warnings: readonly string[]): Violation[] {
  return warnings.map(text => ({
    rule: 'server-warning',
    severity: 'warning',
    pointer: placeIn(object, text),
    on: 'value',
    message: sentence(`The server warns: ${text}`),
  }));
}

/** A policy, a webhook or a quota does not let the object in; `denial` are its own words. */
export function denied(object: JsonObject, denial: string): Violation {
  return {
    rule: 'server-denied',
    severity: 'error',
    pointer: placeIn(object, denial),
    on: 'value',
    message: sentence(`The server does not let it in: ${denial}`),
  };
}

/** What the server refuses: each field that it names, else the object with its own words. */
export function refused(object: JsonObject, { reason, causes }: Refusal): Violation[] {
  const named = causes.flatMap(({ field, message }) => {
    const [step, severity] = ['invalid', 'error'] as const;
    const path = /^[.[]/.test(field) ? field : `.${field}`;
    return violationsOf(object, { step, severity, path, type: typeOf(message), message });
  });
  if (named.length > 0) return named;
  const unknown = unknownFields(reason);
  if (unknown.length > 0) return unknown;
  return [
    {
      rule: 'server-refused',
      severity: 'error',
      pointer: placeIn(object, reason),
      on: 'value',
      message: sentence(`The server refuses it: ${reason}`),
    },
  ];
}

/** Unknown fields, as strict decoding and server-side apply tell them. */
function unknownFields(reason: string): Violation[] {
  const decoded = [...reason.matchAll(/unknown field "([^"]+)"/g)].map(([, path = '']) => path);
  const typed = [...reason.matchAll(/: (\.[^\s:]+): field not declared in schema/g)];
  const paths = [...decoded, ...typed.map(([, path = '']) => path.slice(1))];
  return [...new Set(paths)].map(path => {
    const pointer = pointerOf(path);
    return {
      rule: 'unknown-field',
      severity: 'error',
      pointer,
      on: 'key',
      message: `${pointer.at(-1)} is no field of ${fieldName(pointer.slice(0, -1))}.`,
    };
  });
}

/** The type of a cause, which a dry-run's answer tells by how its message begins (apimachinery field.ErrorType). */
function typeOf(message: string): string {
  const found = Object.entries(types).find(([start]) => message.startsWith(start));
  return found?.[1] ?? 'FieldValueInvalid';
}

const types: Record<string, string> = {
  'Required value': 'FieldValueRequired',
  'Unsupported value': 'FieldValueNotSupported',
  Forbidden: 'FieldValueForbidden',
  'Duplicate value': 'FieldValueDuplicate',
  'Not found': 'FieldValueNotFound',
  'Too long': 'FieldValueTooLong',
  'Too many': 'FieldValueTooMany',
};

/** The deepest field that a text names and the object has; else its name. */
function placeIn(object: JsonObject, text: string): Pointer {
  const names = text.matchAll(
    /(?<![\w./-])(?:object\.)?((?:spec|metadata|data|rules|subjects|roleRef|webhooks)(?:\.[A-Za-z][\w-]*|\[[\w"'./=-]+\])+)/g,
  );
  for (const [, path = ''] of names) {
    const pointer = deepest(object, pointerOf(path));
    if (pointer.length > 1) return pointer;
  }
  return [
    'metadata',
    valueAt(object, ['metadata', 'name']) === undefined ? 'generateName' : 'name',
  ];
}

function deepest(object: JsonObject, pointer: Pointer): Pointer {
  if (pointer.length === 0 || valueAt(object, pointer) !== undefined) return pointer;
  return deepest(object, pointer.slice(0, -1));
}

function pointerOf(path: string): Pointer {
  return parsePath(`.${path}`).filter(step => typeof step !== 'object');
}
