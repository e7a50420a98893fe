import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isObject, type Json, type JsonObject } from '../../src/core/model/resource.ts';
import { documentsOf } from '../drift-cases/case-file.ts';
import { builtinManifests } from '../fuzz-drift/subjects.ts';

/** An object as a file has it. */
export interface Manifest {
  /** Its file, for reports. */
  from: string;
  object: JsonObject;
}

const root = join(import.meta.dirname, '../..');
const folders = ['test', 'scripts', '../shared/validation'].map(folder => join(root, folder));
/** Valid objects of many kinds: what is mutated. */
const rich = ['kinds.yaml', 'objects.yaml', 'customs.yaml'].map(name =>
  join(root, 'test/servers/judge', name),
);

/** Every object in the repository's files, and in those of the validation cases where they are there. */
export function allManifests(): Manifest[] {
  return folders
    .filter(folder => existsSync(folder))
    .flatMap(folder => [...filesIn(folder)].flatMap(file => manifestsIn(file)));
}

/** Definitions and objects that mutations begin with. */
export function samples(): Manifest[] {
  const files = [...rich, join(import.meta.dirname, 'kinds.yaml')].flatMap(file =>
    manifestsIn(file),
  );
  const drift = builtinManifests().map(object => ({ from: 'scripts/fuzz-drift', object }));
  return [...files, ...drift];
}

export function isDefinition({ object }: Manifest): boolean {
  return object.kind === 'CustomResourceDefinition';
}

function* filesIn(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else if (/\.(ya?ml|json)$/.test(entry.name)) yield path;
  }
}

function manifestsIn(file: string): Manifest[] {
  // The samples of the servers' tests say so where a namespace stands.
  const text = readFileSync(file, 'utf8').replaceAll('NAMESPACE', 'default');
  return documentsOf(text)
    .flatMap(objectsIn)
    .map(object => ({ from: relative(root, file), object }));
}

/** The members of lists stand for themselves. */
function objectsIn(value: Json | undefined): JsonObject[] {
  if (!isObject(value) || typeof value.apiVersion !== 'string') return [];
  if (value.kind === 'List' && Array.isArray(value.items)) return value.items.flatMap(objectsIn);
  return typeof value.kind === 'string' ? [value] : [];
}
