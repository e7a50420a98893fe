import { isObject, type JsonObject } from '../../src/core/model/resource.ts';
import { collectionPath, type Server } from '../fuzz-drift/server.ts';

/** How a server serves its kinds. */
export class Served {
  readonly #resources: ReadonlyMap<string, JsonObject>;

  private constructor(resources: ReadonlyMap<string, JsonObject>) {
    this.#resources = resources;
  }

  /** Asks for every kind in every version. */
  static async by(server: Server): Promise<Served> {
    const { body } = await server.get('/apis');
    const groups = list(body.groups).flatMap(group => list(group.versions));
    const versions = ['v1', ...groups.map(({ groupVersion }) => String(groupVersion))];
    const found = await Promise.all(
      versions.map(async version => {
        const path = version.includes('/') ? `/apis/${version}` : `/api/${version}`;
        const { resources } = (await server.get(path)).body;
        return list(resources)
          .filter(({ name, verbs }) => !String(name).includes('/') && hasCreate(verbs))
          .map((resource): [string, JsonObject] => [`${version} ${resource.kind}`, resource]);
      }),
    );
    return new Served(new Map(found.flat()));
  }

  /** The collection that the object is created in; undefined for kinds that are not served. */
  pathOf(object: JsonObject): string | undefined {
    const resource = this.#resources.get(`${object.apiVersion} ${object.kind}`);
    if (!resource) return undefined;
    const namespace = isObject(object.metadata) ? object.metadata.namespace : undefined;
    const own = typeof namespace === 'string' && namespace !== '' ? namespace : 'default';
    const within = resource.namespaced === true ? own : '';
    return collectionPath(String(object.apiVersion), String(resource.name), within);
  }

  isNamespaced(object: JsonObject): boolean {
    return this.#resources.get(`${object.apiVersion} ${object.kind}`)?.namespaced === true;
  }
}

function hasCreate(verbs: unknown): boolean {
  return Array.isArray(verbs) && verbs.includes('create');
}

function list(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
