import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type {
  CompactPackage,
  CompactType,
  KindEntry,
  KindTable,
} from '../src/core/schemas/compact.ts';
import { writeCrds } from './schemas/crds.ts';
import { readEnums } from './schemas/enums.ts';
import { goModule } from './schemas/go-module.ts';
import { forgotten, readLifecycle } from './schemas/lifecycle.ts';
import { readOpenApi, type ServedKind } from './schemas/openapi.ts';

// Makes media/schemas from Go modules: `node scripts/build-schemas.ts` (needs Go; 2 GB of modules); with `crds` only
// the CustomResourceDefinitions of scripts/schemas/products.ts. Of Kubernetes each minor gives its OpenAPI v3 and, from
// k8s.io/api, the enums and lifecycles that OpenAPI leaves out.
const patches: Record<number, number> = { 30: 14, 31: 14, 32: 13, 33: 13, 34: 4, 35: 4, 36: 4 };
const target = resolve(import.meta.dirname, '../media/schemas');

const minors = Object.keys(patches).map(Number);
const packages = new Map<string, CompactPackage>();
const entries = new Map<string, KindEntry>(Object.entries(forgotten));
/** First minor whose OpenAPI has the kind no more: sources may drop an API before its announced minor. */
const gone = new Map<string, number>();

if (process.argv[2] !== 'crds') {
  for (const minor of minors) addMinor(minor);
  write();
}
writeCrds(target);

function addMinor(minor: number): void {
  const api = goModule({ module: 'k8s.io/api', version: `v0.${minor}.${patches[minor]}` });
  const version = `v1.${minor}.${patches[minor]}`;
  const kubernetes = goModule({ module: 'k8s.io/kubernetes', version });
  const { types, kinds } = readOpenApi(join(kubernetes, 'api/openapi-spec/v3'), readEnums(api));
  addTypes(minor, types);
  addKinds(minor, kinds);
  for (const [key, lifecycle] of readLifecycle(api))
    if (!key.endsWith('List')) entries.set(key, { ...entries.get(key), ...lifecycle });
}

/** Adds a variant to each type that differs from the minor before. */
function addTypes(minor: number, types: Map<string, CompactType>): void {
  for (const [name, type] of types) {
    const [home, last] = splitName(name);
    const siblings = packages.get(home) ?? {};
    packages.set(home, siblings);
    const variants = siblings[last] ?? [];
    siblings[last] = variants;
    if (JSON.stringify(variants.at(-1)?.[1]) !== JSON.stringify(type)) variants.push([minor, type]);
  }
  for (const [home, siblings] of packages)
    for (const [last, variants] of Object.entries(siblings))
      if (!types.has(`${home}.${last}`) && variants.at(-1)?.[1] !== null)
        variants.push([minor, null]);
}

function splitName(name: string): [string, string] {
  const dot = name.lastIndexOf('.');
  return [name.slice(0, dot), name.slice(dot + 1)];
}

function addKinds(minor: number, kinds: ServedKind[]): void {
  const served = new Set(kinds.map(kind => `${kind.apiVersion} ${kind.kind}`));
  for (const [key, entry] of entries)
    if (entry.type !== undefined && !served.has(key) && !gone.has(key)) gone.set(key, minor);
  for (const { apiVersion, kind, type, namespaced, status } of kinds) {
    const key = `${apiVersion} ${kind}`;
    const known = entries.get(key) ?? (minor === minors[0] ? {} : { introduced: minor });
    entries.set(key, { ...known, type, namespaced, status });
  }
}

function write(): void {
  mkdirSync(target, { recursive: true });
  for (const file of readdirSync(target))
    if (file.endsWith('.json') && file !== 'crds.json') rmSync(join(target, file));
  for (const [name, types] of packages)
    writeFileSync(join(target, `${name}.json`), linePerEntry(types));
  const kinds: KindTable['kinds'] = {};
  for (const [key, entry] of [...entries].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [apiVersion = '', kind = ''] = key.split(' ');
    const removed = gone.get(key) ?? entry.removed;
    kinds[apiVersion] = {
      ...kinds[apiVersion],
      [kind]: removed === undefined ? entry : { ...entry, removed },
    };
  }
  const text = Object.entries(kinds).map(
    ([key, value]) => `${JSON.stringify(key)}:${linePerEntry(value).trimEnd()}`,
  );
  writeFileSync(
    join(target, 'kinds.json'),
    `{"minors":${JSON.stringify(minors)},"kinds":{\n${text.join(',\n')}}}\n`,
  );
}

/** One line for each entry, so that a new Kubernetes version reads well in a diff. */
function linePerEntry(values: Record<string, unknown>): string {
  const lines = Object.keys(values)
    .sort()
    .map(key => `${JSON.stringify(key)}:${JSON.stringify(values[key])}`);
  return `{\n${lines.join(',\n')}\n}\n`;
}
