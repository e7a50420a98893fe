import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { getLanguageService, type LanguageService } from 'yaml-language-server';
import { openRepository } from '../../src/core/git/repository.ts';
import type { IndexedFile } from '../../src/core/manifests/index-types.ts';
import { RepositoryIndex } from '../../src/core/manifests/repository-index.ts';
import type { Repository } from '../../src/core/model/repository.ts';
import type { GroupVersionKind } from '../../src/core/model/resource.ts';
import { type JsonSchema, jsonSchemaOfKind } from '../../src/core/schemas/json-schema.ts';
import { createSchemas } from '../../src/core/schemas/schemas.ts';
import type { Schemas } from '../../src/core/schemas/type.ts';
import { validateRepository } from '../../src/core/validate/validate.ts';
import { type BenchTable, benchRow, median } from './table.ts';

const corpora = resolve(import.meta.dirname, '../../../shared/corpus');
const target = '1.36';
const rounds = 3;

/**
 * The manifests of the corpora that hold one object of a known kind, each held against the schema of its kind: ours
 * and yaml-language-server's language service, both in this process, from the text to the findings. Undefined where the
 * corpora are not there.
 */
export async function benchYamlServer(): Promise<BenchTable | undefined> {
  if (!existsSync(corpora)) return undefined;
  const index = await RepositoryIndex.build(await openRepository(corpora));
  const schemas = createSchemas({ version: target, bundled: true });
  const files = index.files().filter(({ path, objects, parsed }) => {
    const [only] = objects;
    const isOne = objects.length === 1 && parsed.documents.length === 1;
    return index.standsAlone(path) && isOne && only && schemas.lookup(only.resource).found;
  });
  const ours: number[] = [];
  const byKind: number[] = [];
  const byAll: number[] = [];
  const ofKind = new Map<string, LanguageService>();
  const ofAll = serviceOf(schemaOfAll(schemas));
  const serviceOfKind = ({ resource }: IndexedFile['objects'][number]) => {
    const key = `${resource.group}/${resource.version}/${resource.kind}`;
    const service = ofKind.get(key) ?? serviceOf(schemaOf(schemas, resource));
    ofKind.set(key, service);
    return service;
  };
  // The first round compiles.
  for (let round = 0; round <= rounds; round++) {
    ours[round] = await ourTime(files, schemas);
    byKind[round] = await peerTime(files, round, serviceOfKind);
    byAll[round] = await peerTime(files, round, () => ofAll);
  }
  const warm = (times: readonly number[]) => median(times.slice(1));
  return {
    title: `validate, ${files.length} files of one object, in one process: ours / yaml-language-server`,
    unit: `milliseconds, median of ${rounds}; lower is better`,
    rows: [
      benchRow('peer told by one schema of all kinds, its usual setting', warm(ours), warm(byAll)),
      benchRow('peer told by the schema of each file, for each file', warm(ours), warm(byKind)),
    ],
  };
}

async function ourTime(files: readonly IndexedFile[], schemas: Schemas): Promise<number> {
  const texts = new Map(files.map(({ path, text }) => [path, new TextEncoder().encode(text)]));
  const repository: Repository = {
    root: '/bench',
    revision: 'working tree',
    files: [...texts.keys()],
    left: [],
    read: async file => texts.get(file) ?? new Uint8Array(),
  };
  const start = performance.now();
  const index = await RepositoryIndex.build(repository);
  const { checked } = await validateRepository({
    ...{ index, rendered: [], target },
    schemasOf: () => schemas,
  });
  const took = performance.now() - start;
  if (checked.objects !== files.length)
    throw new Error(`${checked.objects} of ${files.length} objects were checked`);
  return took;
}

/** Modelines name addresses that are not opened here; another version, or what it parsed before is used again. */
async function peerTime(
  files: readonly IndexedFile[],
  round: number,
  serviceFor: (object: IndexedFile['objects'][number]) => LanguageService,
): Promise<number> {
  const start = performance.now();
  for (const { path, text, objects } of files) {
    const [object] = objects;
    if (!object) continue;
    const plain = text.replace(/^([ \t]*#.*?)\$schema=/gm, '$1 schema=');
    const document = TextDocument.create(`file:///bench/${path}.yaml`, 'yaml', round, plain);
    await serviceFor(object).doValidation(document, false);
  }
  return performance.now() - start;
}

function schemaOf({ lookup }: Schemas, gvk: GroupVersionKind): JsonSchema {
  const found = lookup(gvk);
  if (!found.found) throw new Error(found.reason);
  return jsonSchemaOfKind(gvk, found.kind.type, { descriptions: () => undefined, partial: false });
}

/** As `all.json` of the schemas that the setting `kubernetes` takes: whichever kind fits. */
function schemaOfAll(schemas: Schemas): JsonSchema & { oneOf: JsonSchema[] } {
  const definitions: Record<string, JsonSchema> = {};
  const kinds = schemas.kinds().map(gvk => {
    const { definitions: own, ...schema } = schemaOf(schemas, gvk);
    Object.assign(definitions, own);
    return schema;
  });
  return { oneOf: kinds, definitions };
}

function serviceOf(schema: JsonSchema): LanguageService {
  const service = getLanguageService({
    schemaRequestService: async () => '{}',
    workspaceContext: { resolveRelativePath: path => path },
  });
  service.configure({
    validate: true,
    schemas: [{ uri: 'bench://schema', fileMatch: ['*.yaml'], schema }],
  });
  return service;
}
