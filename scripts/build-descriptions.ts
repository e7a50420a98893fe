import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { isObject, type Json, type JsonObject } from '../src/core/model/resource.ts';
import type { DescriptionTable } from '../src/core/schemas/descriptions.ts';
import { readToolTypes } from './schemas/tool-types.ts';

// Makes media/descriptions from Kubernetes' OpenAPI, and from the Go types of kustomize and Helm the types of their
// own files too: `node scripts/build-descriptions.ts` (needs Go). Of a type the words of the newest minor that has it
// count. Licences: Kubernetes, kustomize and Helm are Apache-2.0.
const versions = ['v1.30.14', 'v1.33.13', 'v1.36.4'];
const target = resolve(import.meta.dirname, '../media/descriptions');

const table: DescriptionTable = {};
for (const version of versions) readKubernetes(version);
const tools = readToolTypes();
for (const [name, fields] of Object.entries(tools.descriptions)) table[name] = fields;
mkdirSync(target, { recursive: true });
const text = JSON.stringify(Object.fromEntries(Object.entries(table).sort(byName)));
writeFileSync(join(target, 'fields.json.br'), packed(text));
writeFileSync(join(target, 'tools.json'), `${JSON.stringify(tools.types, null, 1)}\n`);

function readKubernetes(version: string): void {
  const args = ['mod', 'download', '-json', `k8s.io/kubernetes@${version}`];
  const { Dir } = JSON.parse(execFileSync('go', args, { encoding: 'utf8' })) as { Dir: string };
  const folder = join(Dir, 'api/openapi-spec/v3');
  for (const file of readdirSync(folder)) {
    const document = JSON.parse(readFileSync(join(folder, file), 'utf8')) as JsonObject;
    const schemas = objectAt(objectAt(document, 'components'), 'schemas');
    for (const [name, schema] of Object.entries(schemas)) table[name] = wordsOf(schema);
  }
}

/** By field; of the type itself under the empty name. */
function wordsOf(schema: Json): Record<string, string> {
  const own = isObject(schema) ? schema.description : undefined;
  const fields = Object.entries(objectAt(schema, 'properties')).flatMap(([field, value]) => {
    const said = isObject(value) ? value.description : undefined;
    return typeof said === 'string' && said !== '' ? [[field, said] as const] : [];
  });
  return Object.fromEntries([...(typeof own === 'string' ? [['', own] as const] : []), ...fields]);
}

function objectAt(value: Json | undefined, key: string): JsonObject {
  const inner = isObject(value) ? value[key] : undefined;
  return isObject(inner) ? inner : {};
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}

function packed(text: string): Buffer {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
  };
  return brotliCompressSync(Buffer.from(text), { params });
}
