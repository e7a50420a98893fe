import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mediaFolder } from '../lib/media.ts';
import { type Bundled, openBundled } from './bundled.ts';
import type { CompactPackage, CompactType, KindTable } from './compact.ts';

/** The bundled types of all Kubernetes versions; a package of types is read when first asked for. */
export interface SchemaStore {
  readonly table: KindTable;
  /** The type of that full name as the minor version has it; undefined where it has none. */
  typeAt(name: string, minor: number): CompactType | undefined;
  /** Definitions of widespread custom resources. */
  readonly bundled: Bundled;
}

/** Opens the schemas in `dir`, by default those that come with Driftline. */
export function openStore(dir: string = mediaFolder('schemas', 'kinds.json')): SchemaStore {
  const packages = new Map<string, CompactPackage>();
  const read = (name: string): unknown => JSON.parse(readFileSync(join(dir, name), 'utf8'));
  const packageOf = (name: string): CompactPackage => {
    const known = packages.get(name);
    if (known) return known;
    const loaded = read(`${name}.json`) as CompactPackage;
    packages.set(name, loaded);
    return loaded;
  };
  return {
    bundled: openBundled(dir),
    table: read('kinds.json') as KindTable,
    typeAt(name, minor) {
      const dot = name.lastIndexOf('.');
      const variants = packageOf(name.slice(0, dot))[name.slice(dot + 1)] ?? [];
      return variants.findLast(([since]) => since <= minor)?.[1] ?? undefined;
    },
  };
}
