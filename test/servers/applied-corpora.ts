import { resolve } from 'node:path';
import { annotated } from '../../scripts/fuzz-drift/history.ts';
import { collectionPath, type Server } from '../../scripts/fuzz-drift/server.ts';
import { Corpora } from '../../scripts/fuzz-trace/subjects.ts';
import type { OwnerProfile } from '../../src/core/model/drift.ts';
import {
  isObject,
  type JsonObject,
  type Resource,
  resourceKey,
  resourceOf,
} from '../../src/core/model/resource.ts';
import { ResidentProgram } from '../../src/core/upstream/process.ts';
import { requireProgram } from '../../src/core/upstream/programs.ts';

export const corporaFolder = resolve(import.meta.dirname, '../../../shared/corpus');

/** An object as it was rendered, and as it lives after its owner applied it. */
export interface AppliedObject {
  resource: Resource;
  profile: OwnerProfile;
  desired: JsonObject;
  live: JsonObject;
}

const profiles: OwnerProfile[] = [
  { mode: 'ssa', manager: 'argocd-controller' },
  { mode: 'flux', manager: 'kustomize-controller' },
  { mode: 'csa', manager: 'kubectl-client-side-apply' },
];
/** Nothing may stand in the way of what is applied after it. */
const last = /^(apiregistration|admissionregistration)\.k8s\.io\//;

/** Every object that the corpora's kustomizations and charts render, once, in an order that can be applied. */
export async function renderedObjects(): Promise<JsonObject[]> {
  const resident = new ResidentProgram({ program: requireProgram('renderer') });
  try {
    const corpora = new Corpora(corporaFolder, resident);
    const found = new Map<string, JsonObject>();
    for (const subject of corpora.subjects)
      for (const object of await corpora.render(subject)) {
        const resource = resourceOf(object);
        if (!resource || resource.name === '' || JSON.stringify(object).includes('${')) continue;
        const key = resourceKey(resource);
        if (!found.has(key)) found.set(key, object);
      }
    return [...found.values()].sort((a, b) => rank(a) - rank(b));
  } finally {
    await resident.close();
  }
}

function rank({ apiVersion, kind }: JsonObject): number {
  if (kind === 'CustomResourceDefinition') return 0;
  if (kind === 'Namespace') return 1;
  return last.test(String(apiVersion)) ? 3 : 2;
}

/**
 * Applies objects, each by one of three owners in turn, and reads them back at once. What the server refuses
 * is left out: most of the corpora's kinds have no definition there.
 */
export async function applyObjects(
  server: Server,
  objects: readonly JsonObject[],
): Promise<AppliedObject[]> {
  const served = new Map<string, Promise<JsonObject[]>>();
  const namespaces = new Set<string>();
  const applied: AppliedObject[] = [];
  for (const [index, rendered] of objects.entries()) {
    const { apiVersion, kind } = rendered as { apiVersion: string; kind: string };
    const list = served.get(apiVersion) ?? resourcesOf(server, apiVersion);
    served.set(apiVersion, list);
    const found = (await list).find(each => each.kind === kind && !String(each.name).includes('/'));
    if (!found) continue;
    const desired = placed(rendered, found.namespaced === true);
    const resource = resourceOf(desired);
    const profile = profiles[index % profiles.length];
    if (!resource || !profile) continue;
    if (resource.namespace !== '' && !namespaces.has(resource.namespace)) {
      namespaces.add(resource.namespace);
      await makeNamespace(server, resource.namespace);
    }
    const collection = collectionPath(apiVersion, String(found.name), resource.namespace);
    const live = await apply(server, collection, desired, profile);
    if (live) applied.push({ resource, profile, desired, live });
    if (kind === 'CustomResourceDefinition') served.clear();
  }
  return applied;
}

function placed(object: JsonObject, namespaced: boolean): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const { namespace = 'store', ...rest } = metadata;
  return { ...object, metadata: namespaced ? { ...rest, namespace } : rest };
}

async function makeNamespace(server: Server, name: string): Promise<void> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
  await server.post('/api/v1/namespaces', namespace);
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
  await server.post(`/api/v1/namespaces/${name}/serviceaccounts`, account);
}

async function resourcesOf(server: Server, apiVersion: string): Promise<JsonObject[]> {
  const path = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const { body } = await server.get(path);
  return Array.isArray(body.resources) ? body.resources.filter(isObject) : [];
}

/** By the owner's own way; undefined where it is refused. */
async function apply(
  server: Server,
  collection: string,
  desired: JsonObject,
  { mode, manager }: OwnerProfile,
): Promise<JsonObject | undefined> {
  const path = `${collection}/${String((desired.metadata as JsonObject).name)}`;
  const answer =
    mode === 'csa'
      ? await server.post(`${collection}?fieldManager=${manager}`, annotated(desired))
      : await server.patch(`${path}?fieldManager=${manager}&force=true`, 'apply', desired);
  if (answer.code >= 300) return undefined;
  const { code, body } = await server.get(path);
  return code === 200 ? body : undefined;
}

/** The definitions among the objects. */
export function definitionsIn(objects: readonly AppliedObject[]): JsonObject[] {
  return objects.map(({ desired }) => desired).filter(isDefinition);
}

const isDefinition = ({ kind }: JsonObject) => kind === 'CustomResourceDefinition';
