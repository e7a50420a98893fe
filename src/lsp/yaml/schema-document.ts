import type { FileSchemas } from '../../core/actions/names.ts';
import { baseName } from '../../core/manifests/paths.ts';
import { isKustomizationName } from '../../core/manifests/roles/kustomizations.ts';
import { apiVersionOf, type GroupVersionKind, parseApiVersion } from '../../core/model/resource.ts';
import { documentAround } from '../../core/names/cursor.ts';
import { withoutElsewhere } from '../../core/names/skeleton.ts';
import { type FieldDescriptions, readDescriptions } from '../../core/schemas/descriptions.ts';
import { type JsonSchema, jsonSchemaOf, jsonSchemaOfKind } from '../../core/schemas/json-schema.ts';
import { readSettingsSchema, readToolTypes } from '../../core/schemas/tools.ts';
import type { FieldType, Schemas } from '../../core/schemas/type.ts';
import type { SchemaDocument } from './service.ts';

/** One document of a file with its schema, and where it is. */
export interface LocatedDocument extends SchemaDocument {
  /** Number of lines before it. */
  line: number;
  /** Whose schema it is, for people. */
  origin: string;
  /** The type of the whole document; undefined for driftline.yaml, which has a JSON Schema of its own. */
  type: FieldType | undefined;
}

export interface AskedDocument {
  file: string;
  text: string;
  offset: number;
  /** It changes objects that are written elsewhere. */
  partial: boolean;
  /** What the document says of itself. */
  apiVersion: string;
  kind: string;
  types: FileSchemas;
}

/** Longer documents are given without what is not on the way to the place. */
const largestWhole = 6000;

/** Bundled words and types, read when they are first needed. */
export class SchemaDocuments {
  #descriptions: FieldDescriptions | undefined;
  #tools: ReturnType<typeof readToolTypes> | undefined;
  readonly #numbers = new WeakMap<Schemas, number>();
  #next = 1;

  /** The document at a place with the one schema that it is of; undefined where nothing is known of its kind. */
  at(asked: AskedDocument): LocatedDocument | undefined {
    const { text, offset } = asked;
    const { start, end } = documentAround(text, offset);
    const known = this.#schemaOf(asked);
    if (!known) return undefined;
    const whole = text.slice(start, end);
    return {
      ...known,
      text: whole.length > largestWhole ? withoutElsewhere(whole, offset - start, 'lines') : whole,
      line: text.slice(0, start).split('\n').length - 1,
    };
  }

  #schemaOf(asked: AskedDocument): Omit<LocatedDocument, 'text' | 'line'> | undefined {
    const { file, partial, types, apiVersion, kind } = asked;
    const name = baseName(file);
    if (/^\.?driftline\.ya?ml$/.test(name)) return settings;
    if (isKustomizationName(file) && !apiVersion.includes('fluxcd'))
      return this.#tool('kustomization');
    if (name === 'Chart.yaml') return this.#tool('chart');
    if (apiVersion === '' || kind === '') return undefined;
    const gvk: GroupVersionKind = { ...parseApiVersion(apiVersion), kind };
    const found = types.schemas.lookup(gvk);
    if (!found.found) return undefined;
    const { kind: type } = found;
    const whose = type.builtin ? '' : ` · ${type.release ?? 'custom resource'}`;
    const described = () => types.schemas.described(gvk) ?? type.type;
    return {
      key: `${this.#numberOf(types.schemas)} ${apiVersion} ${kind}${partial ? ' patch' : ''}`,
      schema: () => jsonSchemaOfKind(gvk, described(), { descriptions: this.#words(), partial }),
      origin: `${apiVersionOf(gvk)} ${kind}${whose} · ${types.origin}`,
      type: type.type,
    };
  }

  #tool(tool: 'kustomization' | 'chart'): Omit<LocatedDocument, 'text' | 'line'> {
    this.#tools ??= readToolTypes();
    const type = this.#tools(tool);
    return {
      key: tool,
      schema: () => jsonSchemaOf(type, { descriptions: this.#words(), partial: false }),
      origin: tool === 'chart' ? 'Helm · Chart.yaml' : 'kustomize · kustomization.yaml',
      type,
    };
  }

  #words(): FieldDescriptions {
    this.#descriptions ??= readDescriptions();
    return this.#descriptions;
  }

  #numberOf(schemas: Schemas): number {
    const known = this.#numbers.get(schemas) ?? this.#next++;
    this.#numbers.set(schemas, known);
    return known;
  }
}

const settings = {
  key: 'driftline.yaml',
  schema: () => readSettingsSchema() as JsonSchema,
  origin: 'Driftline · driftline.yaml',
  type: undefined,
};
