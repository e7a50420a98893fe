import type { Pointer } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { FieldType, KindType } from '../../schemas/type.ts';
import { skeletonOf } from '../mends/skeleton.ts';
import { isDirective, isEncrypted, isPlaceholder, isStandIn } from '../placeholders.ts';
import { fieldName, type Violation, withFix } from '../violation.ts';
import {
  formatProblem,
  itemsProblem,
  numberProblem,
  quantityProblem,
  type ScalarProblem,
  textProblem,
} from './scalars.ts';
import { unknownField } from './unknown-field.ts';

export interface StructuralOptions {
  /** Patches and bases: what is missing, and what stands in for a value, comes from elsewhere. */
  partial?: boolean;
}

/**
 * Everything in an object that its type refuses, all at once. Where the repository holds several
 * definitions of a custom resource, the object is held against the one that it fits best.
 */
export function checkStructure(
  object: JsonObject,
  kind: KindType,
  options: StructuralOptions = {},
): Violation[] {
  const [first = [], ...others] = [kind.type, ...(kind.alternatives ?? [])].map(type => {
    const walk = new Walk(object, kind.builtin, options.partial === true);
    walk.check(isEncrypted(object) ? withoutSops(object) : object, type, []);
    return walk.found;
  });
  return others.reduce((best, found) => (found.length < best.length ? found : best), first);
}

function withoutSops({ sops: _, ...object }: JsonObject): JsonObject {
  return object;
}

const expectations: Record<FieldType['kind'], string> = {
  map: 'a map (object)',
  list: 'a list (array)',
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false (boolean)',
  'int-or-string': 'an integer or a string',
  quantity: 'a quantity such as 500m or 1Gi (string)',
  any: 'anything',
};

class Walk {
  readonly found: Violation[] = [];
  readonly #builtin: boolean;
  readonly #partial: boolean;
  readonly #object: JsonObject;
  /** Types of the parents, outermost first. */
  readonly #parents: FieldType[] = [];

  constructor(object: JsonObject, builtin: boolean, partial: boolean) {
    this.#object = object;
    this.#builtin = builtin;
    this.#partial = partial;
  }

  check(value: Json, type: FieldType, pointer: Pointer): void {
    // The server takes null for "not set"; whether it may be missing is checked where it is required.
    if (value === null || type.kind === 'any') return;
    if (typeof value === 'string' && this.#isFilledIn(value)) return;
    if (!fits(value, type)) this.#wrongType(value, type, pointer);
    else if (isObject(value)) this.#checkMap(value, type, pointer);
    else if (Array.isArray(value)) this.#checkList(value, type, pointer);
    else this.#report(pointer, scalarProblem(value, type, this.#builtin));
  }

  #isFilledIn(text: string): boolean {
    return isPlaceholder(text) || (this.#partial && isStandIn(text));
  }

  #checkMap(value: JsonObject, type: FieldType, pointer: Pointer): void {
    this.#parents.push(type);
    for (const [key, inner] of Object.entries(value)) {
      const field = type.fields?.get(key) ?? type.element;
      if (field) this.check(inner, field, [...pointer, key]);
      else if (!type.preserve && !isPlaceholder(key) && !isDirective(key))
        this.found.push(unknownField(key, [...pointer, key], this.#parents));
    }
    this.#parents.pop();
    if (!this.#partial && pointer[0] !== 'status') this.#checkRequired(value, type, pointer);
  }

  #checkRequired(value: JsonObject, type: FieldType, pointer: Pointer): void {
    for (const name of type.required ?? []) {
      const present = value[name] !== undefined && value[name] !== null;
      if (present || hasDefault(type.fields?.get(name), this.#builtin)) continue;
      if (filledIn.has(`${type.ref?.split('.').at(-1)}.${name}`)) continue;
      const field = type.fields?.get(name);
      const missing = [...pointer, name];
      const place = pointer.length === 0 ? '' : ` in ${fieldName(pointer)}`;
      this.found.push({
        rule: 'missing-required',
        severity: 'error',
        pointer: missing,
        on: 'key',
        message: `${name} is required${place}.`,
        ...(field && {
          change: { kind: 'add', value: skeletonOf(this.#object, field, missing) },
        }),
      });
    }
  }

  #checkList(value: Json[], type: FieldType, pointer: Pointer): void {
    this.#report(pointer, itemsProblem(value.length, type));
    const { element } = type;
    if (element === undefined) return;
    for (const [index, item] of value.entries()) this.check(item, element, [...pointer, index]);
  }

  #wrongType(value: Json, type: FieldType, pointer: Pointer): void {
    const composite = typeof value === 'object';
    const quotes = type.kind === 'string' && !composite ? '; put it in quotes' : '';
    this.found.push({
      rule: 'wrong-type',
      severity: 'error',
      pointer,
      on: 'value',
      message: `${fieldName(pointer)} must be ${expectations[type.kind]}, not ${nameOf(value)}${quotes}.`,
      ...requoting(value, type),
    });
  }

  #report(pointer: Pointer, problem: ScalarProblem | undefined): void {
    if (problem === undefined) return;
    const { rule, says, fix } = problem;
    const message = `${fieldName(pointer)} ${says}`;
    this.found.push(withFix({ rule, severity: 'error', pointer, on: 'value', message }, fix));
  }
}

/** A scalar that would be of the right type with quotes, or without. */
function requoting(value: Json, { kind }: FieldType): Pick<Violation, 'change'> {
  if (kind === 'string' && typeof value !== 'object') return { change: { kind: 'quote' } };
  if (typeof value !== 'string') return {};
  const isMeant =
    (kind === 'boolean' && /^(true|false)$/.test(value)) ||
    (kind === 'integer' && /^-?(0|[1-9]\d{0,14})$/.test(value)) ||
    (kind === 'number' && /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(value));
  return isMeant ? { change: { kind: 'unquote' } } : {};
}

function fits(value: Json, type: FieldType): boolean {
  switch (type.kind) {
    case 'map':
      return isObject(value);
    case 'list':
      return Array.isArray(value);
    case 'string':
      // Go's JSON reads a list of numbers as the bytes that base64 would stand for.
      return typeof value === 'string' || (type.format === 'byte' && isBytes(value));
    case 'boolean':
    case 'number':
      return typeof value === type.kind;
    case 'integer':
      return Number.isInteger(value);
    case 'int-or-string':
      return typeof value === 'string' || Number.isInteger(value);
    case 'quantity':
      return typeof value === 'string' || typeof value === 'number';
    default:
      return true;
  }
}

function isBytes(value: Json): boolean {
  const isByte = (item: Json) => Number.isInteger(item) && 0 <= Number(item) && Number(item) < 256;
  return Array.isArray(value) && value.every(item => item === null || isByte(item));
}

function scalarProblem(value: Json, type: FieldType, builtin: boolean): ScalarProblem | undefined {
  if (typeof value === 'number') return numberProblem(value, type);
  if (typeof value !== 'string') return undefined;
  if (type.kind === 'quantity') return quantityProblem(value);
  return (builtin ? formatProblem(value, type.format) : undefined) ?? textProblem(value, type);
}

/**
 * What Kubernetes' OpenAPI calls required and its API server accepts without: found by leaving out each
 * required field of sound objects and asking the server's own validation.
 */
const filledIn = new Set([
  'CustomResourceDefinitionVersion.served',
  'EndpointSlice.endpoints',
  'HTTPHeader.value',
  'ISCSIVolumeSource.lun',
  'NetworkPolicySpec.podSelector',
  'RoleRef.apiGroup',
  'StatefulSetSpec.serviceName',
  'Sysctl.value',
]);

/** A custom resource's default counts before validation; of Kubernetes' own only real values do. */
function hasDefault(type: FieldType | undefined, builtin: boolean): boolean {
  const value = type?.default;
  return builtin ? Boolean(value) : value !== undefined;
}

function nameOf(value: Json): string {
  if (Array.isArray(value)) return 'a list';
  if (isObject(value)) return 'a map';
  if (typeof value === 'string') return 'a string';
  return `the ${typeof value} ${JSON.stringify(value)}`;
}
