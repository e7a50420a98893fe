import type { Pointer } from '../model/path.ts';
import { isObject, type JsonObject } from '../model/resource.ts';
import { verdictOf } from './judge-message.ts';
import { pointerOf, valueAt } from './judge-path.ts';
import { refine } from './judge-refine.ts';
import { fieldName, sentence, type Violation, withFix } from './violation.ts';

/** What the judge says of an object, see `upstream/judge.ts`. */
export interface JudgeFinding {
  step: 'parse' | 'kind' | 'version' | 'strict' | 'decode' | 'invalid' | 'warning';
  path?: string;
  type?: string;
  message: string;
  severity: string;
}

/** A finding of the judge as a violation of the object, or nothing where others tell it better. */
export function violationsOf(object: JsonObject, finding: JudgeFinding): Violation[] {
  const { step, path = '', type, message, severity } = finding;
  // Kinds and versions are the schemas' to tell; they know what is served where.
  if (step === 'kind' || step === 'version' || severity === 'info') return [];
  const pointer = pointerOf(object, path);
  switch (step) {
    case 'warning':
      return [warning(pointer, message.replace(`${path}: `, ''))];
    case 'strict':
      return [strict(pointer, message)];
    case 'invalid':
      return [invalid(object, pointer, type, message)];
    default:
      return [unreadable(pointer, message)];
  }
}

function invalid(
  object: JsonObject,
  pointer: Pointer,
  type: string | undefined,
  message: string,
): Violation {
  const { rule, says, near, value } = verdictOf(type, message, object.kind === 'Secret');
  const refined = refine(message, object, pointer);
  const place = refined.pointer ?? placeOfValue(object, pointer, value);
  if (rule === 'missing-required' && valueAt(object, place) === undefined)
    return missing(object, place, says);
  const text = `${fieldName(place)} ${refined.says ?? says}`.replaceAll(/ {2,}/g, ' ');
  return withFix({ rule, severity: 'error', pointer: place, on: 'value', message: text }, near);
}

/** A missing field, named from the nearest parent that is there. */
function missing(object: JsonObject, pointer: Pointer, says: string): Violation {
  const depth = pointer.findIndex(
    (_, index) => valueAt(object, pointer.slice(0, index + 1)) === undefined,
  );
  const parent = pointer.slice(0, depth);
  const field = pointer
    .slice(depth)
    .filter(step => typeof step === 'string')
    .join('.');
  const within = parent.length === 0 ? '' : ` in ${fieldName(parent)}`;
  return {
    rule: 'missing-required',
    severity: 'error',
    pointer,
    on: 'key',
    message: sentence(`${field} ${says.replace('is required', `is required${within}`)}`),
  };
}

function strict(pointer: Pointer, message: string): Violation {
  const unknown = message.startsWith('unknown field');
  return {
    rule: unknown ? 'unknown-field' : 'duplicate-key',
    severity: 'error',
    pointer,
    on: 'key',
    message: unknown
      ? `${pointer.at(-1)} is no field of ${fieldName(pointer.slice(0, -1))}.`
      : sentence(message),
  };
}

/** `json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32`. */
function unreadable(pointer: Pointer, message: string): Violation {
  const [, from, to] = /cannot unmarshal (\w+).* of type (\S+)/.exec(message) ?? [];
  const says = to === undefined ? `cannot be read: ${message}` : `must be ${to}, not ${from}`;
  return {
    rule: 'wrong-type',
    severity: 'error',
    pointer,
    on: 'value',
    message: sentence(`${fieldName(pointer)} ${says}`),
  };
}

/** Deprecations and recommendations are no mistakes. */
const advice = /deprecated|recommended|will be removed|unrecognized|no longer/;

function warning(pointer: Pointer, text: string): Violation {
  const name = pointer.length === 0 ? '' : `${fieldName(pointer)}: `;
  return {
    rule: 'server-warning',
    severity: advice.test(text) ? 'information' : 'warning',
    pointer,
    on: 'value',
    message: sentence(`${name}${text}`),
  };
}

/** The server names labels and the like by their map: the key or value it quotes is the place. */
function placeOfValue(object: JsonObject, pointer: Pointer, value: string | undefined): Pointer {
  const found = valueAt(object, pointer);
  if (value === undefined || !isObject(found)) return pointer;
  const key = Object.keys(found).find(name => name === value || found[name] === value);
  return key === undefined ? pointer : [...pointer, key];
}
