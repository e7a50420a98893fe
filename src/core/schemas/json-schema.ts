import { apiVersionOf, type GroupVersionKind, type Json } from '../model/resource.ts';
import type { FieldDescriptions } from './descriptions.ts';
import type { FieldType } from './type.ts';

/** A JSON Schema of draft 7, as far as editors' services use it. */
export interface JsonSchema {
  $schema?: string;
  $ref?: string;
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean | JsonSchema;
  items?: JsonSchema;
  enum?: Json[];
  default?: Json;
  /** Markdown: what the field is in a few words, then what its API says of it. */
  markdownDescription?: string;
  definitions?: Record<string, JsonSchema>;
}

export interface JsonSchemaOptions {
  descriptions: FieldDescriptions;
  /** A patch says only what it changes: nothing is required of it. */
  partial: boolean;
}

/** The JSON Schema of one kind. Types that have a name are definitions, so that a type may contain itself. */
export function jsonSchemaOfKind(
  gvk: GroupVersionKind,
  type: FieldType,
  options: JsonSchemaOptions,
): JsonSchema {
  const schema = jsonSchemaOf(type, options);
  const { apiVersion, kind: name } = schema.properties ?? {};
  if (apiVersion) apiVersion.enum = [apiVersionOf(gvk)];
  if (name) name.enum = [gvk.kind];
  if (type.required?.includes('kind') !== true && !options.partial)
    schema.required = ['apiVersion', 'kind', ...(schema.required ?? [])];
  return schema;
}

/** The JSON Schema of any type. */
export function jsonSchemaOf(type: FieldType, options: JsonSchemaOptions): JsonSchema {
  const writer = new Writer(options);
  const schema = writer.struct(type);
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    ...schema,
    definitions: writer.definitions,
  };
}

class Writer {
  readonly definitions: Record<string, JsonSchema> = {};
  readonly #options: JsonSchemaOptions;

  constructor(options: JsonSchemaOptions) {
    this.#options = options;
  }

  struct(type: FieldType): JsonSchema {
    const { fields, element, required, preserve } = type;
    const schema: JsonSchema = { type: 'object' };
    if (fields) {
      const properties: Record<string, JsonSchema> = Object.create(null);
      for (const [name, field] of fields)
        properties[name] = this.#field(field, {
          required: required?.includes(name) === true,
          description: this.#options.descriptions(type, name),
        });
      schema.properties = properties;
    }
    if (required?.length && !this.#options.partial) schema.required = [...required];
    schema.additionalProperties = element ? this.#value(element) : preserve === true || !fields;
    return schema;
  }

  #field(
    type: FieldType,
    said: { required: boolean; description: string | undefined },
  ): JsonSchema {
    const facts = factsOf(type, said.required);
    const text = said.description ?? type.description;
    const markdownDescription = text === undefined ? facts : `${facts}\n\n${markdownText(text)}`;
    return { ...this.#value(type), markdownDescription };
  }

  #value(type: FieldType): JsonSchema {
    const extra: JsonSchema = {};
    if (type.enum) extra.enum = [...type.enum];
    if (saysSomething(type.default)) extra.default = type.default;
    switch (type.kind) {
      case 'map':
        return { ...this.#map(type), ...extra };
      case 'list':
        return { type: 'array', items: type.element ? this.#value(type.element) : {}, ...extra };
      case 'quantity':
      case 'int-or-string':
        return { type: ['string', 'integer', 'number'], ...extra };
      case 'any':
        return extra;
      default:
        return { type: type.kind, ...extra };
    }
  }

  #map(type: FieldType): JsonSchema {
    if (type.ref === undefined || !type.fields) return this.struct(type);
    if (!(type.ref in this.definitions)) {
      // Known before its fields are: they may lead back to it.
      this.definitions[type.ref] = {};
      this.definitions[type.ref] = this.struct(type);
    }
    return { $ref: `#/definitions/${type.ref}` };
  }
}

/** `integer, required, default 1`: what a field is in a few words, as Markdown. */
export function factsOf(type: FieldType, required: boolean): string {
  const facts = [`\`${typeName(type)}\``];
  if (required) facts.push('required');
  if (type.format !== undefined && !integerFormats.has(type.format)) facts.push(type.format);
  if (saysSomething(type.default)) facts.push(`default \`${JSON.stringify(type.default)}\``);
  for (const [name, words] of bounds) {
    const value = type[name];
    if (value !== undefined) facts.push(`${words} ${value}`);
  }
  if (type.pattern !== undefined) facts.push(`pattern \`${type.pattern.replaceAll('`', '')}\``);
  return facts.join(' · ');
}

const integerFormats = new Set(['int32', 'int64', 'double', 'float']);

const bounds = [
  ['minimum', 'at least'],
  ['maximum', 'at most'],
  ['minLength', 'characters at least'],
  ['maxLength', 'characters at most'],
  ['minItems', 'items at least'],
  ['maxItems', 'items at most'],
] as const;

function typeName(type: FieldType): string {
  if (type.kind === 'list') return `list of ${type.element ? typeName(type.element) : 'any'}`;
  if (type.kind === 'map' && type.element) return `map of ${typeName(type.element)}`;
  if (type.kind === 'map') return shortRef(type) ?? 'object';
  return type.kind === 'int-or-string' ? 'integer or string' : type.kind;
}

function shortRef({ ref }: FieldType): string | undefined {
  return ref?.slice(ref.lastIndexOf('.') + 1);
}

/** False for Go's zero values, which stand in Kubernetes' OpenAPI as the defaults of required fields. */
export function saysSomething(value: Json | undefined): value is Json {
  if (value === undefined || value === 0 || value === '') return false;
  return typeof value !== 'object' || value === null || Object.keys(value).length > 0;
}

/** Descriptions are plain text that may look like HTML: placeholders such as `<name>`. */
function markdownText(text: string): string {
  return text.replace(/<(?=[a-zA-Z/!])/g, '\\<');
}
