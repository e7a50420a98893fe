import type { JsonObject } from '../model/resource.ts';
import { createSchemas, newestVersion } from './schemas.ts';
import type { SchemaStore } from './store.ts';
import type { Schemas } from './type.ts';

/** As many as environments are looked at in turn. */
const most = 16;

interface Kept {
  version: string;
  bundled: boolean;
  schemas: Schemas;
}

/** The types that were asked for lately: the same value for the same version and definitions. */
export class KeptSchemas {
  readonly #store: SchemaStore;
  readonly #recent: Kept[] = [];
  /** Those without definitions: there are few, and they take no place from the others. */
  readonly #plain = new Map<string, Schemas>();

  constructor(store: SchemaStore) {
    this.#store = store;
  }

  /** `version`: the newest that is bundled when undefined. */
  get(
    version: string | undefined,
    crds: readonly JsonObject[],
    { bundled = false }: { bundled?: boolean } = {},
  ): Schemas {
    const store = this.#store;
    const wanted = version ?? newestVersion(store);
    if (crds.length === 0) {
      const key = `${wanted} ${bundled}`;
      const plain = this.#plain.get(key) ?? createSchemas({ version: wanted, store, bundled });
      this.#plain.set(key, plain);
      return plain;
    }
    const known = this.#recent.find(
      each =>
        each.version === wanted &&
        each.bundled === bundled &&
        isSame(each.schemas.customTypes, crds),
    );
    if (known) return known.schemas;
    const schemas = createSchemas({ version: wanted, crds, store, bundled });
    this.#recent.unshift({ version: wanted, bundled, schemas });
    this.#recent.splice(most);
    return schemas;
  }
}

function isSame(one: readonly JsonObject[], other: readonly JsonObject[]): boolean {
  return one.length === other.length && one.every((type, index) => type === other[index]);
}
