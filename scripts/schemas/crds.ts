import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { loadAll } from 'js-yaml';
import { isObject, type Json, type JsonObject } from '../../src/core/model/resource.ts';
import type {
  BundledGroup,
  BundledProduct,
  BundledTable,
} from '../../src/core/schemas/bundled-table.ts';
import { goInstall, goModule, runGo } from './go-module.ts';
import {
  type AddedValues,
  type CrdModule,
  controllerTools,
  type Product,
  products,
} from './products.ts';

interface Definition {
  group: string;
  kind: string;
  versions: string[];
  value: JsonObject;
}

/** Writes the CustomResourceDefinitions of all products into `target`, compressed by group, and their table. */
export function writeCrds(target: string): void {
  for (const file of readdirSync(target))
    if (file === 'crds.json' || file.endsWith('.br')) rmSync(join(target, file));
  const tools = mkdtempSync(join(tmpdir(), 'driftline-crds-'));
  try {
    const generator = goInstall(controllerTools, 'cmd/controller-gen', tools);
    const made = products.map(product => readProduct(product, generator, tools));
    const groups = Map.groupBy(
      made.flatMap(({ definitions }, index) =>
        definitions.map(definition => ({ ...definition, product: index })),
      ),
      ({ group }) => group,
    );
    const table: BundledTable = { products: made.map(({ entry }) => entry), groups: {} };
    for (const [group, definitions] of groups) {
      const sorted = definitions.toSorted((a, b) => (a.kind < b.kind ? -1 : 1));
      table.groups[group] = groupEntry(group, sorted);
      const bare = sorted.map(({ value }) => JSON.stringify(withoutDescriptions(value)));
      const described = sorted.map(({ value }) => JSON.stringify(value));
      writeFileSync(join(target, `${group}.crds.br`), compressed(bare.join('\n')));
      writeFileSync(join(target, `${group}.described.br`), compressed(described.join('\n')));
    }
    writeFileSync(join(target, 'crds.json'), `${JSON.stringify(table, null, 1)}\n`);
  } finally {
    rmSync(tools, { recursive: true, force: true });
  }
}

function groupEntry(
  group: string,
  definitions: readonly (Definition & { product: number })[],
): BundledGroup {
  const former = products.flatMap(product => product.former?.[group] ?? []);
  const lately = products.flatMap(product => product.lately?.[group] ?? []);
  return {
    ...(former.length > 0 && { former }),
    ...(lately.length > 0 && { lately }),
    kinds: Object.fromEntries(
      definitions.map(({ kind, product, versions }) => [kind, { product, versions }]),
    ),
  };
}

function readProduct(
  { name, version, modules, added = [] }: Product,
  generator: string,
  tools: string,
): { entry: BundledProduct; definitions: Definition[] } {
  const found = modules.map(module => ({ module, ...readModule(module, generator, tools) }));
  const entry = {
    name,
    version,
    modules: found.map(({ module, licence }) => ({
      module: module.module,
      version: module.version,
      licence,
    })),
  };
  const definitions = found.flatMap(each => each.definitions);
  for (const values of added) addValues(definitions, values);
  return { entry, definitions };
}

function readModule(
  module: CrdModule,
  generator: string,
  tools: string,
): { definitions: Definition[]; licence: string } {
  const dir = goModule(module);
  const folders = module.folders?.map(folder => join(dir, folder)) ?? [
    generated(dir, generator, mkdtempSync(join(tools, 'made-'))),
  ];
  const files = folders.flatMap(folder => readdirSync(folder).map(file => join(folder, file)));
  const definitions = files
    .filter(file => file.endsWith('.yaml'))
    .flatMap(file => loadAll(readFileSync(file, 'utf8')) as Json[])
    .flatMap(definitionOf);
  if (definitions.length === 0) throw new Error(`${module.module} has no definitions`);
  return { definitions, licence: licenceOf(dir) };
}

function generated(dir: string, generator: string, out: string): string {
  const args = ['crd:crdVersions=v1', 'paths=./...', `output:crd:artifacts:config=${out}`];
  runGo(generator, args, dir);
  return out;
}

/** What an API server needs of it to judge objects. */
function definitionOf(value: Json): Definition[] {
  if (!isObject(value) || value.kind !== 'CustomResourceDefinition') return [];
  const { metadata, spec } = value as { metadata: JsonObject; spec: JsonObject };
  const { group, scope, names, versions, preserveUnknownFields } = spec as {
    group: string;
    scope: string;
    names: { kind: string } & JsonObject;
    versions: JsonObject[];
    preserveUnknownFields?: Json;
  };
  const kept = versions.map(({ additionalPrinterColumns: _, ...version }) => version);
  const small: JsonObject = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: metadata.name ?? '', ...approvalOf(metadata) },
    spec: {
      group,
      scope,
      names,
      versions: kept,
      ...(preserveUnknownFields === true && { preserveUnknownFields }),
    },
  };
  const served = versions.filter(version => version.served === true);
  const preferred = served.toSorted((a, b) => rankOf(b) - rankOf(a));
  return [
    { group, kind: names.kind, versions: preferred.map(({ name }) => `${name}`), value: small },
  ];
}

function addValues(definitions: readonly Definition[], { kind, field, values }: AddedValues): void {
  const definition = definitions.find(each => each.kind === kind);
  if (definition === undefined) throw new Error(`there is no definition of ${kind}`);
  const { spec } = definition.value as { spec: JsonObject };
  for (const { schema } of spec.versions as { schema: { openAPIV3Schema: JsonObject } }[]) {
    let at = schema.openAPIV3Schema;
    for (const step of field) {
      const inner = step === 'items' ? at.items : (at.properties as JsonObject)[step];
      at = inner as JsonObject;
    }
    (at.enum as string[]).push(...values);
  }
}

/** Without it the server takes no definition of a group below k8s.io. */
function approvalOf({ annotations }: JsonObject): JsonObject {
  const name = 'api-approved.kubernetes.io';
  const value = isObject(annotations) ? annotations[name] : undefined;
  return value === undefined ? {} : { annotations: { [name]: value } };
}

/** Stable versions before betas before alphas, and of each the newest first. */
function rankOf({ name, deprecated }: JsonObject): number {
  const [, major = '0', stage, minor = '0'] = /^v(\d+)(alpha|beta)?(\d*)$/.exec(`${name}`) ?? [];
  const stages = stage === undefined ? 2 : stage === 'beta' ? 1 : 0;
  return (deprecated === true ? 0 : 1e9) + stages * 1e6 + Number(major) * 1e3 + Number(minor);
}

/** Descriptions are texts beside the other words of a schema; a field of that name holds a schema. */
function withoutDescriptions(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutDescriptions);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(
    ([key, inner]) => key !== 'description' || typeof inner !== 'string',
  );
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutDescriptions(inner)]));
}

function compressed(text: string): Buffer {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
    [constants.BROTLI_PARAM_LGWIN]: constants.BROTLI_MAX_WINDOW_BITS,
    [constants.BROTLI_PARAM_SIZE_HINT]: Buffer.byteLength(text),
  };
  return brotliCompressSync(text, { params });
}

/** Only what may be passed on in an Apache package. */
function licenceOf(dir: string): string {
  const text = readFileSync(join(dir, 'LICENSE'), 'utf8');
  if (/Apache License\s+Version 2\.0/.test(text)) return 'Apache-2.0';
  throw new Error(`${dir} has another licence than Apache-2.0: look at it first`);
}
