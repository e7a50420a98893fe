import { isObject, type Json, type JsonObject } from '../model/resource.ts';
import type { FieldType } from './type.ts';

type Mutable = { -readonly [key in keyof FieldType]: FieldType[key] };

/**
 * The type of a custom resource from its structural schema. `preserve` is the CRD's old
 * preserveUnknownFields; `metadata` is the type of metadata, whose own schema may only restrict names.
 */
export function customType(schema: JsonObject, metadata: FieldType, preserve: boolean): FieldType {
  const type: Mutable = structuralType(schema, preserve, metadata);
  const fields = new Map(type.fields);
  const text: FieldType = { kind: 'string' };
  fields.set('apiVersion', text).set('kind', text).set('metadata', metadata);
  return { ...type, kind: 'map', merge: 'granular', fields };
}

function structuralType(schema: JsonObject, inherited: boolean, metadata: FieldType): Mutable {
  const preserve = inherited || schema['x-kubernetes-preserve-unknown-fields'] === true;
  const inner = (value: Json): FieldType =>
    isObject(value) ? structuralType(value, inherited, metadata) : { kind: 'any' };
  const type: Mutable = { kind: kindOf(schema), ...checksOf(schema) };
  if (type.kind === 'map') {
    type.merge = schema['x-kubernetes-map-type'] === 'atomic' ? 'atomic' : 'granular';
    if (preserve || schema.additionalProperties === true) type.preserve = true;
    if (isObject(schema.properties)) {
      const properties = Object.entries(schema.properties);
      type.fields = new Map(properties.map(([name, value]) => [name, inner(value)]));
    }
    if (isObject(schema.additionalProperties)) type.element = inner(schema.additionalProperties);
    if (schema['x-kubernetes-embedded-resource'] === true) embed(type, metadata);
  } else if (type.kind === 'list') {
    type.merge = 'atomic';
    const merge = schema['x-kubernetes-list-type'];
    if (merge === 'set' || merge === 'map') type.merge = merge;
    const keys = schema['x-kubernetes-list-map-keys'];
    if (merge === 'map' && Array.isArray(keys)) type.keys = keys.filter(isText);
    if (isObject(schema.items)) type.element = inner(schema.items);
  } else if (type.kind === 'any') type.preserve = true;
  return type;
}

/** A whole object in a field has apiVersion, kind and metadata without its schema saying so. */
function embed(type: Mutable, metadata: FieldType): void {
  const text: FieldType = { kind: 'string' };
  const own: [string, FieldType][] = [
    ['apiVersion', text],
    ['kind', text],
    ['metadata', metadata],
  ];
  type.embedded = true;
  type.fields = new Map([...own, ...(type.fields ?? [])]);
}

function kindOf(schema: JsonObject): FieldType['kind'] {
  if (schema['x-kubernetes-int-or-string'] === true) return 'int-or-string';
  switch (schema.type) {
    case 'object':
      return 'map';
    case 'array':
      return 'list';
    case 'string':
    case 'integer':
    case 'number':
    case 'boolean':
      return schema.type;
    default:
      return 'any';
  }
}

/** What it says of itself, and the checks on a single value that the schema states directly. */
function checksOf(schema: JsonObject): Partial<Mutable> {
  const checks: Partial<Mutable> = {};
  if (isText(schema.description)) checks.description = schema.description;
  if (schema.default !== undefined) checks.default = schema.default;
  if (schema.nullable === true) checks.nullable = true;
  if (Array.isArray(schema.required)) checks.required = schema.required.filter(isText);
  if (Array.isArray(schema.enum)) checks.enum = schema.enum;
  if (isText(schema.format)) checks.format = schema.format;
  if (isText(schema.pattern)) checks.pattern = schema.pattern;
  const numbers = ['minimum', 'maximum', 'minLength', 'maxLength', 'minItems', 'maxItems'] as const;
  for (const name of numbers) {
    const value = schema[name];
    if (typeof value === 'number') checks[name] = value;
  }
  return checks;
}

const isText = (value: unknown): value is string => typeof value === 'string';
