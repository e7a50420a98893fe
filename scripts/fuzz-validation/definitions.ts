import { setTimeout as wait } from 'node:timers/promises';
import { isObject, type JsonObject } from '../../src/core/model/resource.ts';
import type { Server } from '../fuzz-drift/server.ts';

const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

/** Defines kinds on the server; those that it takes and serves. Of two of the same name the first counts. */
export async function define(
  server: Server,
  definitions: readonly JsonObject[],
): Promise<JsonObject[]> {
  const taken: JsonObject[] = [];
  for (const definition of definitions) {
    const { code } = await server.post(path, definition);
    if (code < 300) taken.push(definition);
  }
  const established = await Promise.all(taken.map(each => isEstablished(server, each)));
  return taken.filter((_, index) => established[index]);
}

async function isEstablished(server: Server, { metadata }: JsonObject): Promise<boolean> {
  const name = isObject(metadata) ? String(metadata.name) : '';
  for (let attempt = 0; attempt < 200; attempt++) {
    const { status } = (await server.get(`${path}/${name}`)).body;
    const conditions =
      isObject(status) && Array.isArray(status.conditions) ? status.conditions : [];
    const holds = (type: string) =>
      conditions.filter(isObject).some(each => each.type === type && each.status === 'True');
    if (holds('Established')) return true;
    await wait(50);
  }
  return false;
}
