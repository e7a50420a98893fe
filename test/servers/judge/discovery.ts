import { isObject, type JsonObject } from '../../../src/core/model/resource.ts';
import type { ControlPlane } from '../start.ts';
import { askOn } from './server.ts';

/** One kind in one version, as a server serves it. */
export interface Served {
  apiVersion: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  verbs: string[];
}

/** Every kind in every version that the server serves, without subresources. */
export async function servedKinds(plane: ControlPlane): Promise<Served[]> {
  const { body } = await askOn(plane, 'GET', '/apis');
  const groups = list(body.groups).flatMap(group => list(group.versions));
  const versions = ['v1', ...groups.map(({ groupVersion }) => String(groupVersion))];
  return (await Promise.all(versions.map(version => kindsOf(plane, version)))).flat();
}

async function kindsOf(plane: ControlPlane, apiVersion: string): Promise<Served[]> {
  const { body } = await askOn(plane, 'GET', basePath(apiVersion));
  return list(body.resources)
    .filter(({ name }) => !String(name).includes('/'))
    .map(({ kind, name, namespaced, verbs }) => ({
      apiVersion,
      kind: String(kind),
      plural: String(name),
      namespaced: namespaced === true,
      verbs: Array.isArray(verbs) ? verbs.map(String) : [],
    }));
}

export function basePath(apiVersion: string): string {
  return apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
}

export function list(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
