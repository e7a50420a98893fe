import type { GroupVersionKind, JsonObject } from '../model/resource.ts';
import { createBuiltin, noSchema, noSuchVersion } from './builtin.ts';
import { createBundledTypes } from './bundled-types.ts';
import type { Catalogue } from './catalogue.ts';
import { createCustom, definedKind, definesKind } from './custom.ts';
import { createListedTypes } from './listed-types.ts';
import { openStore, type SchemaStore } from './store.ts';
import type { KindLookup, Schemas } from './type.ts';

export interface SchemasOptions {
  /** Minor version such as `1.33`; a patch version or a leading `v` does not matter. */
  version: string;
  /** CustomResourceDefinitions of the environment. */
  crds?: readonly JsonObject[];
  /** Whether the definitions that come with Driftline count where `crds` has none; false when absent. */
  bundled?: boolean;
  /** Definitions that count last. */
  catalogue?: Catalogue | undefined;
  /** Where the bundled types are; shared between versions by whoever opens several. */
  store?: SchemaStore;
}

const objectMeta = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

/** The types of one Kubernetes version and of the repository's custom resources. Reads bundled files only. */
export function createSchemas(options: SchemasOptions): Schemas {
  const { version, crds = [], catalogue, store = openStore() } = options;
  const builtin = createBuiltin(store, minorOf(version) ?? newestMinor(store));
  const metadata = () => builtin.type(objectMeta);
  const custom = createCustom(crds, metadata);
  const bundled = options.bundled ? createBundledTypes(store.bundled, metadata) : undefined;
  const listedTypes = catalogue && createListedTypes(catalogue, metadata);
  const known = new Map<string, KindLookup>();
  const inUse = new Set<string>();
  const lookup = (gvk: GroupVersionKind): KindLookup => {
    const defined = custom.lookup(gvk);
    if (defined) {
      inUse.add(`${gvk.group}/${gvk.kind}`);
      return defined;
    }
    if (builtin.hasGroup(gvk.group)) return builtin.lookup(gvk);
    const provided = bundled?.lookup(gvk);
    if (provided?.found) return provided;
    const listed = listedTypes?.lookup(gvk);
    if (listed) return listed;
    if (provided) return provided;
    const meant = builtin.misspeltGroup(gvk);
    if (meant) return noSuchVersion(gvk, meant);
    return { found: false, why: 'unknown', reason: noSchema(gvk) };
  };
  const customTypes = [...crds];
  const sound = Map.groupBy(customTypes.filter(definesKind), definedKind);
  let judged: JsonObject[] = [];
  return {
    version,
    customTypes,
    judgedTypes() {
      const own = [...inUse].flatMap(kind => sound.get(kind) ?? []);
      const used = [...(bundled?.used ?? []), ...(listedTypes?.used ?? [])];
      if (own.length + used.length !== judged.length) judged = [...used, ...own];
      return judged;
    },
    kinds: () => [
      ...custom.kinds().map(gvk => ({ ...gvk, custom: true })),
      ...builtin.kinds().map(gvk => ({ ...gvk, custom: false })),
      ...(bundled?.kinds() ?? [])
        .filter(gvk => !custom.defines(gvk))
        .map(gvk => ({ ...gvk, custom: true })),
    ],
    described: gvk => (custom.defines(gvk) ? undefined : bundled?.described(gvk)),
    lookup(gvk: GroupVersionKind) {
      const key = `${gvk.group}/${gvk.version}/${gvk.kind}`;
      const answer = known.get(key) ?? lookup(gvk);
      known.set(key, answer);
      return answer;
    },
  };
}

/** The newest Kubernetes version whose types are bundled, such as `1.36`. */
export function newestVersion(store: SchemaStore = openStore()): string {
  return `1.${newestMinor(store)}`;
}

function newestMinor(store: SchemaStore): number {
  return store.table.minors.at(-1) ?? 0;
}

function minorOf(version: string): number | undefined {
  const minor = /^v?1\.(\d+)/.exec(version)?.[1];
  return minor === undefined ? undefined : Number(minor);
}
