import type { JsonObject } from '../model/resource.ts';
import type { Catalogue } from './catalogue.ts';
import { createSchemas, newestVersion } from './schemas.ts';
import type { SchemaStore } from './store.ts';
import type { Schemas } from './type.ts';

/** As many as environments are looked at in turn. */
const most = 16;

interface Kept {
  version: string;
  bundled: boolean;
  catalogue: Catalogue | undefined;
  schemas: Schemas;
}

/** What counts beside the definitions that are given; nothing when absent. */
export interface Beside {
  /** The definitions that come with Driftline. */
  bundled?: boolean;
  catalogue?: Catalogue | undefined;
}

/** The types that were asked for lately: the same value for the same version and definitions. */
export class KeptSchemas {
  readonly #store: SchemaStore;
  readonly #recent: Kept[] = [];
  /** Those without definitions: there are few, and they take no place from the others. */
  readonly #plain = new Map<string, Kept>();

  constructor(store: SchemaStore) {
    this.#store = store;
  }

  /** `version`: the newest that is bundled when undefined. */
  get(
    version: string | undefined,
    crds: readonly JsonObject[],
    { bundled = false, catalogue }: Beside = {},
  ): Schemas {
    const store = this.#store;
    const wanted = version ?? newestVersion(store);
    if (crds.length === 0) {
      const key = `${wanted} ${bundled}`;
      const plain = this.#plain.get(key);
      if (plain?.catalogue === catalogue && plain) return plain.schemas;
      const schemas = createSchemas({ version: wanted, store, bundled, catalogue });
      this.#plain.set(key, { version: wanted, bundled, catalogue, schemas });
      return schemas;
    }
    const known = this.#recent.find(
      each =>
        each.version === wanted &&
        each.bundled === bundled &&
        each.catalogue === catalogue &&
        isSame(each.schemas.customTypes, crds),
    );
    if (known) return known.schemas;
    const schemas = createSchemas({ version: wanted, crds, store, bundled, catalogue });
    this.#recent.unshift({ version: wanted, bundled, catalogue, schemas });
    this.#recent.splice(most);
    return schemas;
  }
}

function isSame(one: readonly JsonObject[], other: readonly JsonObject[]): boolean {
  return one.length === other.length && one.every((type, index) => type === other[index]);
}
