import { isObject, type Json, type JsonObject, parseApiVersion } from '../../model/resource.ts';
import type { ApiResource, DiscoveryAnswer } from '../cluster.ts';
import type { Connection } from './connection.ts';

/** Aggregated discovery since Kubernetes 1.26; older servers answer the plain form. */
const accept = ['v2', 'v2beta1']
  .map(version => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',');

/** Asks which types the server serves: two requests, or one per group-version on old servers. */
export async function discover(
  connection: Connection,
  signal?: AbortSignal,
): Promise<DiscoveryAnswer> {
  const what = 'read which types are served';
  const ask = (path: string) => connection.ask({ what, path, accept }, signal);
  const answers = await Promise.all(['/api', '/apis'].map(ask));
  const resources: ApiResource[] = [];
  const stale: string[] = [];
  for (const answer of answers) {
    if (!answer.ok) return { ok: false, reason: answer.reason };
    if (isObject(answer.body) && answer.body.kind === 'APIGroupDiscoveryList') {
      const found = readAggregated(answer.body);
      resources.push(...found.resources);
      stale.push(...found.stale);
      continue;
    }
    const versions = groupVersions(answer.body);
    const lists = await Promise.all(versions.map(version => ask(pathOf(version))));
    for (const [index, list] of lists.entries()) {
      const version = versions[index] ?? '';
      if (list.ok) resources.push(...readResourceList(version, list.body));
      else stale.push(version);
    }
  }
  if (stale.length === 0) return { ok: true, resources };
  const incomplete = `the server cannot say now which types it serves of ${stale.join(', ')}`;
  return { ok: true, resources, incomplete };
}

/**
 * Reads an `APIGroupDiscoveryList`. `stale` are the group-versions whose own server did not answer,
 * so that types of theirs may be missing from the list.
 */
export function readAggregated(body: JsonObject): { resources: ApiResource[]; stale: string[] } {
  const resources: ApiResource[] = [];
  const stale: string[] = [];
  for (const groupItem of objects(body.items)) {
    const group = isObject(groupItem.metadata) ? text(groupItem.metadata.name) : '';
    for (const versionItem of objects(groupItem.versions)) {
      const version = text(versionItem.version);
      if (versionItem.freshness === 'Stale')
        stale.push(group === '' ? version : `${group}/${version}`);
      for (const item of objects(versionItem.resources)) {
        // Without a kind there are only subresources.
        const kind = isObject(item.responseKind) ? text(item.responseKind.kind) : '';
        if (kind === '') continue;
        const namespaced = item.scope === 'Namespaced';
        const resource = text(item.resource);
        resources.push({ group, version, kind, resource, namespaced, verbs: texts(item.verbs) });
      }
    }
  }
  return { resources, stale };
}

/** Reads an `APIResourceList`, the plain form of discovery. */
export function readResourceList(groupVersion: string, body: Json): ApiResource[] {
  const { group, version } = parseApiVersion(groupVersion);
  const items = isObject(body) ? objects(body.resources) : [];
  return items
    .filter(item => !text(item.name).includes('/'))
    .map(item => ({
      group,
      version,
      kind: text(item.kind),
      resource: text(item.name),
      namespaced: item.namespaced === true,
      verbs: texts(item.verbs),
    }));
}

/** The group-versions of an `APIVersions` (`/api`) or `APIGroupList` (`/apis`). */
function groupVersions(body: Json): string[] {
  if (!isObject(body)) return [];
  const core = texts(body.versions);
  const groups = objects(body.groups).flatMap(group => objects(group.versions));
  return [...core, ...groups.map(version => text(version.groupVersion))];
}

function pathOf(groupVersion: string): string {
  return groupVersion.includes('/') ? `/apis/${groupVersion}` : `/api/${groupVersion}`;
}

function objects(value: Json | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter(item => typeof item === 'string') : [];
}

function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
