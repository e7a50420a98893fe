import { apiVersionOf, type GroupVersionKind, type JsonObject } from '../model/resource.ts';
import { isNewer } from './api-version-order.ts';
import { noSuchKind } from './builtin.ts';
import type { Bundled } from './bundled.ts';
import type { BundledKind } from './bundled-table.ts';
import { createCustom } from './custom.ts';
import type { FieldType, KindLookup } from './type.ts';

/** Kinds by the definitions that come with Driftline. */
export interface BundledTypes {
  /** Undefined where none of them says anything about the kind or one of nearly that name. */
  lookup(gvk: GroupVersionKind): KindLookup | undefined;
  kinds(): GroupVersionKind[];
  /** With descriptions; read anew each time. */
  described(gvk: GroupVersionKind): FieldType | undefined;
  /** Definitions of the kinds that were found so far; it grows. */
  readonly used: readonly JsonObject[];
}

/**
 * The cluster may run another release than the one whose definitions are here: what that one does not know is no error,
 * and a version that may be of a newer release is not checked. `metadata` is the type of every object's metadata.
 */
export function createBundledTypes(bundled: Bundled, metadata: () => FieldType): BundledTypes {
  const used: JsonObject[] = [];
  const inKind = (gvk: GroupVersionKind, kind: BundledKind): KindLookup => {
    if (!kind.versions.includes(gvk.version)) return otherVersion(gvk, kind);
    const definition = bundled.definition(gvk.group, gvk.kind);
    const custom = createCustom(definition ? [definition] : [], metadata, 'bundled');
    const found = custom.lookup(gvk);
    if (definition === undefined || found === undefined)
      throw new Error(`media/schemas has no definition of ${gvk.kind}`);
    if (!used.includes(definition)) used.push(definition);
    if (!found.found) return found;
    const { name, version } = bundled.product(kind);
    return { found: true, kind: { ...found.kind, release: `${name} ${version}` } };
  };

  const otherVersion = (gvk: GroupVersionKind, kind: BundledKind): KindLookup => {
    const [version = ''] = kind.versions;
    const { name, version: release } = bundled.product(kind);
    const { former = [], lately = [] } = bundled.table.groups[gvk.group] ?? {};
    const written = `${apiVersionOf(gvk)} ${gvk.kind}`;
    const suggestion = { ...gvk, version };
    const use = `use ${apiVersionOf(suggestion)}`;
    if (former.includes(gvk.version) || lately.includes(gvk.version)) {
      const why = former.includes(gvk.version) ? 'former' : 'lately';
      const reason = `${written} is gone from current ${name} (${release} does not serve it); ${use}.`;
      return { found: false, why, origin: 'bundled', reason, suggestion };
    }
    if (kind.versions.every(each => isNewer(gvk.version, each))) {
      const reason = `${written} is newer than ${name} ${release}, the newest that is known here`;
      return { found: false, why: 'unknown', reason };
    }
    const reason = `There is no ${gvk.kind} in ${apiVersionOf(gvk)} of ${name} ${release}; ${use}.`;
    return { found: false, why: 'unknown-version', origin: 'bundled', reason, suggestion };
  };

  return {
    used,
    kinds: () =>
      Object.entries(bundled.table.groups).flatMap(([group, { kinds }]) =>
        Object.entries(kinds).flatMap(([kind, { versions }]) =>
          versions.map(version => ({ group, version, kind })),
        ),
      ),
    described(gvk) {
      const definition = bundled.described(gvk.group, gvk.kind);
      const custom = createCustom(definition ? [definition] : [], metadata, 'bundled');
      const found = custom.lookup(gvk);
      return found?.found ? found.kind.type : undefined;
    },
    lookup(gvk) {
      const kinds = bundled.table.groups[gvk.group]?.kinds;
      if (kinds === undefined) return undefined;
      const kind = kinds[gvk.kind];
      if (kind) return inKind(gvk, kind);
      const lower = gvk.kind.toLowerCase();
      const near = Object.keys(kinds).find(name => name.toLowerCase() === lower);
      const [version = gvk.version] = kinds[near ?? '']?.versions ?? [];
      const suggestion = near === undefined ? undefined : { ...gvk, version, kind: near };
      return suggestion && { ...noSuchKind(gvk, suggestion), origin: 'bundled' };
    },
  };
}
