import { isObject, type JsonObject, resourceOf } from '../../src/core/model/resource.ts';
import { createSchemas } from '../../src/core/schemas/schemas.ts';
import { Judge } from '../../src/core/upstream/judge.ts';
import type { ControlPlane } from '../../test/servers/start.ts';
import { customType } from '../fuzz-drift/custom-types.ts';
import { Server } from '../fuzz-drift/server.ts';
import { define } from './definitions.ts';
import { allManifests, isDefinition, type Manifest, samples } from './manifests.ts';
import { mutations } from './mutations.ts';
import { Report } from './report.ts';
import { Served } from './served.ts';
import { type Setting, tryAll } from './try.ts';

export interface SessionOptions {
  mutations: number;
  seed: number;
  /** Patterns for "apiVersion Kind"; all kinds when absent. */
  kinds?: string | undefined;
  /** Only the mutation with this number. */
  only?: number | undefined;
}

const generatedKinds = 12;

/**
 * Asks a server that nobody else uses, and the judge, about every object that the repository and the
 * validation cases hold, and about random mutations.
 */
export async function fuzzSession(plane: ControlPlane, options: SessionOptions): Promise<Report> {
  const { seed, kinds, only } = options;
  const server = new Server(plane);
  const judge = new Judge();
  const report = new Report();
  const wanted = ({ object }: Manifest) =>
    kinds === undefined || new RegExp(kinds).test(`${object.apiVersion} ${object.kind}`);
  try {
    const setting = await prepare(server, judge, seed);
    const sources = samples().filter(wanted);
    if (only === undefined)
      await tryAll(setting, settle(allManifests().filter(wanted), setting.served), report);
    const random = mutations(setting, settle(sources, setting.served), options);
    await tryAll(setting, random, report);
    return report;
  } finally {
    server.close();
    await judge.close();
  }
}

async function prepare(server: Server, judge: Judge, seed: number): Promise<Setting> {
  const target = await server.version();
  const written = [...samples(), ...allManifests()].filter(isDefinition).map(each => each.object);
  const generated = Array.from({ length: generatedKinds }, (_, number) => customType(seed, number));
  const definitions = await define(server, [...written, ...generated]);
  // Pods need it; there is no controller that would make it.
  await server.post('/api/v1/namespaces/default/serviceaccounts', {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'default' },
  });
  const schemas = createSchemas({ version: target, crds: definitions });
  const served = await Served.by(server);
  return { server, judge, schemas, served, target };
}

/** Everything is asked for in the one namespace that is there. */
function settle(manifests: readonly Manifest[], served: Served): Manifest[] {
  return manifests.flatMap(({ from, object }) => {
    if (!resourceOf(object) || served.pathOf(object) === undefined) return [];
    const { metadata } = object;
    if (!served.isNamespaced(object) || !isObject(metadata) || metadata.namespace === undefined)
      return [{ from, object }];
    return [{ from, object: withNamespace(object, metadata) }];
  });
}

function withNamespace(object: JsonObject, metadata: JsonObject): JsonObject {
  return { ...object, metadata: { ...metadata, namespace: 'default' } };
}
