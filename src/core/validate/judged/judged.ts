import { type Pointer, parsePath } from '../../model/path.ts';
import { isObject, type JsonObject } from '../../model/resource.ts';
import type { JudgeFinding } from '../../upstream/judge.ts';
import { isDirective } from '../placeholders.ts';
import { valueAt } from '../value.ts';
import { fieldName, sentence, type Violation, withFix } from '../violation.ts';
import { verdictOf } from './judge-message.ts';
import { refine } from './judge-refine.ts';

/** A finding of the judge as a violation of the object, or nothing where others tell it better. */
export function violationsOf(object: JsonObject, finding: JudgeFinding): Violation[] {
  const { step, path = '', message } = finding;
  const pointer = asWritten(object, parsePath(path).filter(isConcrete));
  switch (step) {
    case 'kind':
    case 'version':
    case 'unchecked':
    case 'suspect':
      // Kinds and versions are the schemas' to tell; they know what is served where. What is
      // not checked is told as such.
      return [];
    case 'warning':
      return [warning(pointer, message)];
    case 'strict':
      return isDirective(`${pointer.at(-1)}`) ? [] : [strict(pointer, message)];
    case 'invalid':
      return dependsOnServer(object, path, message) ? [] : invalid(object, pointer, finding);
    default:
      return [unreadable(pointer, message)];
  }
}

const isConcrete = (step: unknown): step is string | number => typeof step !== 'object';

/** The server moves a Secret's stringData into data before it looks. */
function asWritten(object: JsonObject, pointer: Pointer): Pointer {
  const [field, ...rest] = pointer;
  if (object.kind !== 'Secret' || field !== 'data') return pointer;
  const plain = ['stringData', ...rest];
  const moved = valueAt(object, pointer) === undefined && valueAt(object, plain) !== undefined;
  return moved ? plain : pointer;
}

/** What flags and feature gates of the API server decide, and what it allots itself. */
function dependsOnServer(object: JsonObject, path: string, message: string): boolean {
  const scaleToZero = object.kind === 'HorizontalPodAutoscaler' && path === '.spec.minReplicas';
  return (
    // A port that is not written is allotted.
    (path === '.spec.healthCheckNodePort' && !valueAt(object, ['spec', 'healthCheckNodePort'])) ||
    // It asks its own types of the parameter's kind, which are not there.
    (path === '.spec.paramRef' && /resourceResolver is nil/.test(message)) ||
    (scaleToZero && valueAt(object, ['spec', 'minReplicas']) === 0)
  );
}

function invalid(
  object: JsonObject,
  pointer: Pointer,
  { type, message, severity, since }: JudgeFinding,
): Violation[] {
  const later = since === undefined ? '' : `; Kubernetes ${since} and later refuse it`;
  const secret = object.kind === 'Secret';
  const named = verdictOf(type, message, { secret }).value;
  const refined = refine(message, object, pointer);
  const places = refined.places ?? [placeOfValue(object, pointer, named)];
  return places.map(place => {
    const value = valueAt(object, place);
    const own = typeof value === 'string' ? value : undefined;
    const shown = refined.places ? own : (named ?? own);
    const { rule, says, near } = verdictOf(type, message, { secret, known: shown });
    if (rule === 'missing-required' && value === undefined)
      return { ...missing(object, place, `${says}${later}`), severity };
    const text = `${fieldName(place)} ${refined.says ?? says}${later}`.replaceAll(/ {2,}/g, ' ');
    return withFix({ rule, severity, pointer: place, on: 'value', message: text }, near);
  });
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

/** The judge says `must be an integer, not "x"` or why the value cannot be read. */
function unreadable(pointer: Pointer, message: string): Violation {
  const says = message.startsWith('must ') ? ` ${message}` : ` cannot be read: ${message}`;
  const text = sentence(`${fieldName(pointer)}${says}`);
  return { rule: 'wrong-type', severity: 'error', pointer, on: 'value', message: text };
}

/** Deprecations and recommendations are no mistakes. */
const advice =
  /deprecated|recommended|will be removed|unrecognized|no longer|prefer a domain-qualified/;

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
