import type { GroupVersionKind, JsonObject } from '../model/resource.ts';
import type { Catalogue } from './catalogue.ts';
import { createCustom } from './custom.ts';
import type { FieldType, KindLookup } from './type.ts';

/** Kinds by the definitions of a catalogue. */
export interface ListedTypes {
  /** Undefined where it has none of that version. */
  lookup(gvk: GroupVersionKind): KindLookup | undefined;
  /** Definitions of what was found so far; it grows. */
  readonly used: readonly JsonObject[];
}

/** The environment may run another release than the catalogue's. `metadata` is the type of every object's metadata. */
export function createListedTypes(catalogue: Catalogue, metadata: () => FieldType): ListedTypes {
  const used: JsonObject[] = [];
  return {
    used,
    lookup(gvk) {
      const definition = catalogue.definition(gvk);
      if (definition === undefined) return undefined;
      const found = createCustom([definition], metadata, 'catalogue').lookup(gvk);
      if (!found?.found) return undefined;
      if (!used.includes(definition)) used.push(definition);
      return { found: true, kind: { ...found.kind, release: 'the schema catalogue' } };
    },
  };
}
