import type { Pointer } from '../model/path.ts';
import { isObject, type JsonObject } from '../model/resource.ts';
import { verdictOf } from './judge-message.ts';
import { pointerOf, valueAt } from './judge-path.ts';
import { fieldName, type Violation } from './violation.ts';

/** What the judge says of an object, see `upstream/judge.ts`. */
export interface JudgeFinding {
  step: 'parse' | 'kind' | 'version' | 'strict' | 'decode' | 'invalid' | 'warning';
  path?: string;
  type?: string;
  message: string;
  severity: string;
}

/** The judge, as far as validation needs it. */
export interface ObjectJudge {
  /** One list for each object, in their order. */
  validate(
    objects: JsonObject[],
    options: { target: string; customTypes: JsonObject[] },
    signal?: AbortSignal,
  ): Promise<JudgeFinding[][]>;
}

/**
 * What both layers say of one object, each thing once: of what both found the structural words stay, as
 * they have the place; what OpenAPI calls required or lists as the only values is dropped where the
 * judge, who runs the server's own code, accepts it; what only follows from another error is left out.
 */
export function mergeVerdicts(
  object: JsonObject,
  structural: readonly Violation[],
  findings: readonly JudgeFinding[],
): Violation[] {
  const judged = findings.flatMap(finding => violationOf(object, finding));
  const undecided = findings.some(({ step }) => step === 'decode' || step === 'parse');
  const kept = structural.filter(
    violation =>
      undecided ||
      !openQuestion.has(violation.rule) ||
      judged.some(other => isSameField(other.pointer, violation.pointer)),
  );
  const added: Violation[] = [];
  for (const violation of judged)
    if (!isKnown(violation, kept) && !isKnown(violation, added)) added.push(violation);
  const all = [...kept, ...added];
  return all.filter(violation => !isFollowUp(violation, all));
}

/** Where OpenAPI and its enums say more than the server asks for. */
const openQuestion = new Set(['missing-required', 'bad-enum']);

function violationOf(object: JsonObject, finding: JudgeFinding): Violation[] {
  const { step, path = '', type, message } = finding;
  // Kinds and versions are the schemas' to tell; they know what is served where.
  if (step === 'kind' || step === 'version' || finding.severity === 'info') return [];
  const secret = object.kind === 'Secret';
  if (step === 'warning') return [warning(object, path, message)];
  const pointer = pointerOf(object, path);
  if (step === 'strict') return [strict(pointer, message)];
  if (step !== 'invalid') return [undecodable(pointer, message)];
  const { value, ...verdict } = verdictOf(type, message, secret);
  const exact = placeOfValue(object, pointer, value);
  const missing = type === 'FieldValueRequired' && valueAt(object, pointer) === undefined;
  const parent = missing && pointer.length > 1 ? ` in ${fieldName(pointer.slice(0, -1))}` : '';
  const says =
    parent === '' ? verdict.says : verdict.says.replace('is required', `is required${parent}`);
  return [sentence(verdict.rule, exact, `${says}`, verdict.fix)];
}

function sentence(rule: string, pointer: Pointer, says: string, fix?: string): Violation {
  const hint = fix === undefined ? '.' : `; did you mean ${fix}?`;
  return {
    rule,
    severity: 'error',
    pointer,
    on: 'value',
    message: `${fieldName(pointer, true)} ${says}${hint}`,
    ...(fix === undefined ? {} : { fix: `Write ${fix}.` }),
  };
}

function strict(pointer: Pointer, message: string): Violation {
  const unknown = message.startsWith('unknown field');
  return {
    rule: unknown ? 'unknown-field' : 'duplicate-key',
    severity: 'error',
    pointer,
    on: 'key',
    message: unknown ? `${fieldName(pointer)} is no field of this kind.` : `${message}.`,
  };
}

/** `json: cannot unmarshal string into Go struct field ServicePort.spec.ports.port of type int32`. */
function undecodable(pointer: Pointer, message: string): Violation {
  const [, from, to] = /cannot unmarshal (\w+).* of type (\S+)/.exec(message) ?? [];
  const says = to === undefined ? `cannot be read: ${message}` : `must be ${to}, not ${from}`;
  return sentence('wrong-type', pointer, says);
}

/** Deprecations and recommendations are no mistakes. */
const advice = /deprecated|recommended|will be removed|unrecognized|no longer/;

function warning(object: JsonObject, path: string, message: string): Violation {
  const pointer = pointerOf(object, path);
  const text = path === '' ? message : message.replace(`${path}: `, '');
  const name = path === '' ? '' : `${fieldName(pointer)}: `;
  return {
    rule: 'server-warning',
    severity: advice.test(message) ? 'information' : 'warning',
    pointer,
    on: 'value',
    message: `${name}${text}${/[.?]$/.test(text) ? '' : '.'}`,
  };
}

/** The server names labels and the like by their map: the key or value it quotes is the place. */
function placeOfValue(object: JsonObject, pointer: Pointer, value: string | undefined): Pointer {
  const found = valueAt(object, pointer);
  if (value === undefined || !isObject(found)) return pointer;
  const key = Object.keys(found).find(name => name === value || found[name] === value);
  return key === undefined ? pointer : [...pointer, key];
}

/** Type errors carry no list positions, so those of one field are one. */
function isKnown(violation: Violation, known: readonly Violation[]): boolean {
  return known.some(other => {
    if (violation.rule !== 'wrong-type') return isSameField(other.pointer, violation.pointer);
    if (!decoding.has(other.rule)) return false;
    const path = names(violation.pointer);
    return path.length === 0 || names(other.pointer).join().startsWith(path.join());
  });
}

/** What the server meets while decoding, before it validates. */
const decoding = new Set(['wrong-type', 'bad-quantity', 'bad-format', 'bad-range']);

function names(pointer: Readonly<Pointer>): Pointer {
  return pointer.filter(step => typeof step === 'string');
}

function isSameField(a: Readonly<Pointer>, b: Readonly<Pointer>): boolean {
  return a.length === b.length && a.every((step, index) => step === b[index]);
}

/** True for what would be gone if another violation were: it only names the gap that one tears. */
function isFollowUp(violation: Violation, all: readonly Violation[]): boolean {
  return all.some(other => {
    if (other === violation || other.severity !== 'error') return false;
    if (decoding.has(other.rule)) return isLostWith(violation, other);
    if (violation.message.includes('does not match template'))
      return other.pointer.slice(0, 2).join('/') === 'spec/selector';
    const mount = violation.rule === 'not-found' && violation.pointer.includes('volumeMounts');
    return mount && other.pointer.includes('volumes');
  });
}

/** A value that could not be read is left out before validation, which then misses it. */
function isLostWith(violation: Violation, unreadable: Violation): boolean {
  if (decoding.has(violation.rule) || violation.rule === 'unknown-field') return false;
  const lost = names(unreadable.pointer);
  const path = names(violation.pointer);
  return lost.every((step, index) => path[index] === undefined || path[index] === step);
}
