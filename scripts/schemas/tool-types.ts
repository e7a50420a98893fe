import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { CompactAttributes, CompactType } from '../../src/core/schemas/compact.ts';
import type { DescriptionTable } from '../../src/core/schemas/descriptions.ts';

/** Types of the files that kustomize and Helm read, by full name (`kustomize.Kustomization`, `helm.Metadata`). */
export interface ToolTypes {
  types: Record<string, CompactType>;
  descriptions: DescriptionTable;
}

interface GoField {
  name: string;
  type: string;
  tag: string;
  comment: string;
}

const renderer = resolve(import.meta.dirname, '../../upstream/renderer');

/** Reads the structs of the modules that the renderer is built of. */
export function readToolTypes(): ToolTypes {
  const kustomize = structsIn([
    join(goModule('sigs.k8s.io/kustomize/api'), 'types'),
    join(goModule('sigs.k8s.io/kustomize/kyaml'), 'resid'),
  ]);
  const helm = structsIn([join(goModule('helm.sh/helm/v4'), 'pkg/chart/v2')]);
  const tools: ToolTypes = { types: {}, descriptions: {} };
  new Reader(tools, 'kustomize', kustomize).read('Kustomization');
  new Reader(tools, 'helm', helm).read('Metadata');
  for (const [path, values] of Object.entries(enums)) restrict(tools, path, values);
  for (const [name, fields] of Object.entries(required)) {
    const type = tools.types[name];
    if (typeof type === 'object') type.required = fields;
  }
  return tools;
}

/** What the Go types leave to constants and to code. */
const enums: Record<string, string[]> = {
  'kustomize.Kustomization.apiVersion': [
    'kustomize.config.k8s.io/v1beta1',
    'kustomize.config.k8s.io/v1alpha1',
  ],
  'kustomize.Kustomization.kind': ['Kustomization', 'Component'],
  'kustomize.ConfigMapArgs.behavior': ['create', 'replace', 'merge'],
  'kustomize.SecretArgs.behavior': ['create', 'replace', 'merge'],
  'kustomize.SortOptions.order': ['legacy', 'fifo'],
  'kustomize.HelmChart.valuesMerge': ['merge', 'override', 'replace'],
  'helm.Metadata.apiVersion': ['v2', 'v1'],
  'helm.Metadata.type': ['application', 'library'],
};

const required: Record<string, string[]> = {
  'helm.Metadata': ['apiVersion', 'name', 'version'],
  'helm.Dependency': ['name'],
  'kustomize.Image': ['name'],
  'kustomize.Replica': ['name', 'count'],
};

function restrict({ types }: ToolTypes, path: string, values: string[]): void {
  const dot = path.lastIndexOf('.');
  const type = types[path.slice(0, dot)];
  const field = path.slice(dot + 1);
  if (typeof type !== 'object' || type.fields?.[field] === undefined)
    throw new Error(`${path} is no field any more`);
  type.fields[field] = { kind: 'string', enum: values };
}

class Reader {
  readonly #tools: ToolTypes;
  readonly #prefix: string;
  readonly #structs: Map<string, GoField[]>;

  constructor(tools: ToolTypes, prefix: string, structs: Map<string, GoField[]>) {
    this.#tools = tools;
    this.#prefix = prefix;
    this.#structs = structs;
  }

  read(struct: string): string {
    const name = `${this.#prefix}.${struct}`;
    if (name in this.#tools.types) return name;
    const fields: Record<string, CompactType> = {};
    const words: Record<string, string> = {};
    const type: CompactAttributes = { kind: 'map', fields };
    this.#tools.types[name] = type;
    this.#tools.descriptions[name] = words;
    this.#add(struct, fields, words);
    return name;
  }

  #add(struct: string, fields: Record<string, CompactType>, words: Record<string, string>): void {
    for (const { name, type, tag, comment } of this.#structs.get(struct) ?? []) {
      const key = /(?:json|yaml):"([^",]*)/.exec(tag)?.[1] ?? '';
      const base = type.replace(/^\*/, '').replace(/^\w+\./, '');
      if (key === '-') continue;
      if (key === '' && name === '') this.#add(base, fields, words);
      else if (key !== '') {
        fields[key] = this.#typeOf(type);
        if (comment !== '') words[key] = comment;
      }
    }
  }

  #typeOf(written: string): CompactType {
    const type = written.replace(/^\*/, '').replace(/^\w+\./, '');
    if (type.startsWith('[]')) return { kind: 'list', element: this.#typeOf(type.slice(2)) };
    const value = /^map\[string\](.*)$/.exec(type)?.[1];
    if (value !== undefined) return { kind: 'map', element: this.#typeOf(value) };
    if (type === 'bool') return 'boolean';
    if (/^u?int\d*$/.test(type)) return 'integer';
    if (type === 'interface{}' || type === 'any') return 'any';
    return this.#structs.has(type) ? `#${this.read(type)}` : 'string';
  }
}

function structsIn(folders: string[]): Map<string, GoField[]> {
  const structs = new Map<string, GoField[]>();
  for (const folder of folders)
    for (const file of readdirSync(folder)) {
      if (!file.endsWith('.go') || file.endsWith('_test.go')) continue;
      const text = readFileSync(join(folder, file), 'utf8');
      for (const [, name = '', body = ''] of text.matchAll(/^type (\w+) struct \{\n(.*?)^\}/gms))
        structs.set(name, fieldsOf(body));
    }
  return structs;
}

function fieldsOf(body: string): GoField[] {
  const fields: GoField[] = [];
  let comment: string[] = [];
  for (const line of body.split('\n').map(each => each.trim())) {
    const said = /^\/\/ ?(.*)$/.exec(line)?.[1];
    const field = /^(?:(\w+)\s+)?([*[\]\w.{}]+)\s*(?:`(.*)`)?(?:\s*\/\/.*)?$/.exec(line);
    if (said !== undefined) comment.push(said);
    else {
      if (field) {
        const [, name = '', type = '', tag = ''] = field;
        const words = comment.join('\n').trim();
        fields.push({ name, type, tag, comment: /^TODO/.test(words) ? '' : words });
      }
      comment = [];
    }
  }
  return fields;
}

function goModule(path: string): string {
  const options = { cwd: renderer, encoding: 'utf8' } as const;
  return execFileSync('go', ['list', '-m', '-f', '{{.Dir}}', path], options).trim();
}
