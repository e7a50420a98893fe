import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { isObject, type JsonObject, parseApiVersion } from '../../src/core/model/resource.ts';
import { createSchemas } from '../../src/core/schemas/schemas.ts';
import type { FieldType, Schemas } from '../../src/core/schemas/type.ts';
import { documentsOf } from '../drift-cases/case-file.ts';
import { customType } from './custom-types.ts';
import { collectionPath, type Server } from './server.ts';

/** One kind of object that pairs are made of. */
export interface Subject {
  /** `Deployment`, or `Custom3` for a generated kind. */
  kind: string;
  /** A rich, valid manifest; undefined where values are made up by the schema. */
  rich: JsonObject | undefined;
  /** Served versions; the first is the manifest's own. */
  apiVersions: string[];
  plural: string;
  /** Empty for cluster-scoped kinds. */
  namespace: string;
  subresources: { status: boolean; scale: boolean };
  /** By apiVersion. */
  types: Map<string, FieldType>;
}

export interface Subjects {
  all: Subject[];
  schemas: Schemas;
  /** Definitions of the generated kinds. */
  customTypes: JsonObject[];
  /** The server's version, such as `1.36`. */
  target: string;
}

const root = join(import.meta.dirname, '../..');
const files = [
  join(root, 'test/core/drift/fixtures/kinds.yaml'),
  join(import.meta.dirname, 'kinds.yaml'),
];
/** Manifests of the shared fixture that only fit one object of a cluster, or none that lives long. */
const unfit = new Set(['Service', 'Widget', 'CustomResourceDefinition', 'Namespace']);

/** Defines `customCount` generated kinds on the server, and finds out how every kind is served. */
export async function findSubjects(
  server: Server,
  { seed, customCount, only }: { seed: number; customCount: number; only?: readonly string[] },
): Promise<Subjects> {
  const target = await server.version();
  const customTypes: JsonObject[] = [];
  for (let number = 0; number < customCount; number++) {
    const definition = customType(seed, number);
    if (await define(server, definition)) customTypes.push(definition);
  }
  const schemas = createSchemas({ version: target, crds: customTypes });
  const manifests = [...builtinManifests(), ...customTypes.map(firstObject)].filter(
    ({ kind }) => only === undefined || only.some(name => String(kind).startsWith(name)),
  );
  const served = new Map<string, JsonObject[]>();
  const all: Subject[] = [];
  for (const manifest of manifests) {
    const subject = await subjectOf(server, manifest, schemas, served);
    if (subject) all.push(subject);
  }
  return { all, schemas, customTypes, target };
}

/** Manifests of built-in kinds that the fuzz of the comparison uses. */
export function builtinManifests(): JsonObject[] {
  const [shared, own] = files.map(file => documentsOf(readFileSync(file, 'utf8')).filter(isObject));
  return [...(shared ?? []).filter(({ kind }) => !unfit.has(String(kind))), ...(own ?? [])];
}

function firstObject(definition: JsonObject): JsonObject {
  const { group, names, versions } = definition.spec as {
    group: string;
    names: { kind: string };
    versions: { name: string }[];
  };
  return { apiVersion: `${group}/${versions[0]?.name}`, kind: names.kind };
}

/** True when the server takes it and serves it. */
async function define(server: Server, definition: JsonObject): Promise<boolean> {
  const path = collectionPath('apiextensions.k8s.io/v1', 'customresourcedefinitions', '');
  const { code, body } = await server.post(path, definition);
  if (code >= 300) {
    process.stderr.write(`A generated kind is refused: ${body.message}\n`);
    return false;
  }
  const name = String((definition.metadata as JsonObject).name);
  for (let attempt = 0; attempt < 200; attempt++) {
    const { conditions } = ((await server.get(`${path}/${name}`)).body.status ?? {}) as {
      conditions?: { type: string; status: string }[];
    };
    if (conditions?.some(({ type, status }) => type === 'Established' && status === 'True'))
      return true;
    await wait(50);
  }
  return false;
}

async function subjectOf(
  server: Server,
  manifest: JsonObject,
  schemas: Schemas,
  served: Map<string, JsonObject[]>,
): Promise<Subject | undefined> {
  const apiVersion = String(manifest.apiVersion);
  const kind = String(manifest.kind);
  const { group } = parseApiVersion(apiVersion);
  const resources = await servedBy(server, apiVersion, served);
  const resource = resources.find(each => each.kind === kind && !String(each.name).includes('/'));
  if (!resource) {
    process.stderr.write(`The server does not serve ${apiVersion} ${kind}.\n`);
    return undefined;
  }
  const plural = String(resource.name);
  const has = (name: string) => resources.some(each => each.name === `${plural}/${name}`);
  const types = new Map<string, FieldType>();
  for (const version of await versionsOf(server, group, served)) {
    const inVersion = await servedBy(server, version, served);
    const found = schemas.lookup({ ...parseApiVersion(version), kind });
    if (found.found && inVersion.some(each => each.kind === kind))
      types.set(version, found.kind.type);
  }
  const apiVersions = [apiVersion, ...types.keys()].filter(
    (each, i, list) => list.indexOf(each) === i,
  );
  return {
    kind,
    rich: isObject(manifest.metadata) ? manifest : undefined,
    apiVersions,
    plural,
    namespace: resource.namespaced === true ? `fuzz-${plural}` : '',
    subresources: { status: has('status'), scale: has('scale') },
    types,
  };
}

async function versionsOf(server: Server, group: string, served: Map<string, JsonObject[]>) {
  if (group === '') return ['v1'];
  const key = `versions of ${group}`;
  const known = served.get(key) ?? (await versionList(server, group));
  served.set(key, known);
  return known.map(({ groupVersion }) => String(groupVersion));
}

async function versionList(server: Server, group: string): Promise<JsonObject[]> {
  const { body } = await server.get(`/apis/${group}`);
  return Array.isArray(body.versions) ? body.versions.filter(isObject) : [];
}

/** The resources of a group version; waits a little for kinds that were just defined. */
async function servedBy(
  server: Server,
  apiVersion: string,
  served: Map<string, JsonObject[]>,
): Promise<JsonObject[]> {
  const known = served.get(apiVersion);
  if (known) return known;
  const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { body } = await server.get(path);
  const resources = Array.isArray(body.resources) ? body.resources.filter(isObject) : [];
  served.set(apiVersion, resources);
  return resources;
}

/** Makes the namespaces, with the accounts that Pods need. */
export async function makeNamespaces(server: Server, subjects: readonly Subject[]): Promise<void> {
  const names = new Set(subjects.map(({ namespace }) => namespace).filter(name => name !== ''));
  for (const name of names) {
    await server.post('/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name },
    });
    for (const account of ['default', 'web'])
      await server.post(`/api/v1/namespaces/${name}/serviceaccounts`, {
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: account },
      });
  }
}
