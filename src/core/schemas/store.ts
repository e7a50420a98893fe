import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CompactPackage, CompactType, KindTable } from './compact.ts';

/** The bundled types of all Kubernetes versions; a package of types is read when first asked for. */
export interface SchemaStore {
  readonly table: KindTable;
  /** The type of that full name as the minor version has it; undefined where it has none. */
  typeAt(name: string, minor: number): CompactType | undefined;
}

/** Opens the schemas in `dir`, by default those that come with Driftline. */
export function openStore(dir: string = bundledDir()): SchemaStore {
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
    table: read('kinds.json') as KindTable,
    typeAt(name, minor) {
      const dot = name.lastIndexOf('.');
      const variants = packageOf(name.slice(0, dot))[name.slice(dot + 1)] ?? [];
      return variants.findLast(([since]) => since <= minor)?.[1] ?? undefined;
    },
  };
}

/** `media/schemas` of this checkout or package: beside a bundle's folder, or above the sources. */
function bundledDir(): string {
  // A CommonJS bundle has `__dirname`, a module `import.meta.dirname`.
  let dir = import.meta.dirname ?? __dirname;
  for (;;) {
    const found = join(dir, 'media', 'schemas');
    if (existsSync(join(found, 'kinds.json'))) return found;
    if (dirname(dir) === dir)
      throw new Error('media/schemas is missing: the installation is broken');
    dir = dirname(dir);
  }
}
