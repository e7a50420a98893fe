import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import type { JsonObject } from '../model/resource.ts';
import type { BundledKind, BundledProduct, BundledTable } from './bundled-table.ts';

/** CustomResourceDefinitions that come with Driftline; a group's are read when one of them is first asked for. */
export interface Bundled {
  readonly table: BundledTable;
  /** The same value each time. */
  definition(group: string, kind: string): JsonObject | undefined;
  /** The same with the descriptions of its fields; read anew each time, because few need them. */
  described(group: string, kind: string): JsonObject | undefined;
  product(kind: BundledKind): BundledProduct;
}

export function openBundled(dir: string): Bundled {
  let table: BundledTable | undefined;
  const tableOf = () => {
    table ??= JSON.parse(readFileSync(join(dir, 'crds.json'), 'utf8')) as BundledTable;
    return table;
  };
  const made = new Map<string, JsonObject>();
  // The text of a group is ten times as long as what is mostly used of it: it stays as long as there is room.
  const texts = new Map<string, WeakRef<{ lines: string[] }>>();
  const linesOf = (group: string): string[] => {
    const known = texts.get(group)?.deref();
    if (known) return known.lines;
    const text = { lines: unpacked(join(dir, `${group}.crds.br`)) };
    texts.set(group, new WeakRef(text));
    return text.lines;
  };
  const indexOf = (group: string, kind: string): number =>
    Object.keys(tableOf().groups[group]?.kinds ?? {}).indexOf(kind);
  return {
    get table() {
      return tableOf();
    },
    definition(group, kind) {
      const key = `${group}/${kind}`;
      const known = made.get(key);
      if (known) return known;
      const index = indexOf(group, kind);
      if (index < 0) return undefined;
      const definition = parsed(linesOf(group)[index]);
      made.set(key, definition);
      return definition;
    },
    described(group, kind) {
      const index = indexOf(group, kind);
      if (index < 0) return undefined;
      return parsed(unpacked(join(dir, `${group}.described.br`))[index]);
    },
    product({ product }) {
      const found = tableOf().products[product];
      if (found === undefined) throw new Error('media/schemas/crds.json is damaged');
      return found;
    },
  };
}

function unpacked(file: string): string[] {
  return brotliDecompressSync(readFileSync(file)).toString('utf8').split('\n');
}

function parsed(line: string | undefined): JsonObject {
  return JSON.parse(line ?? 'null') as JsonObject;
}
