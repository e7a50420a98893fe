import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../src/core/schemas/store.ts';

describe('the bundled schemas', () => {
  const store = openStore();

  it('have Kubernetes 1.30 to 1.36', () => {
    expect(store.table.minors).toEqual([30, 31, 32, 33, 34, 35, 36]);
  });

  it('have a type for every kind in each minor that serves it', () => {
    const missing = Object.entries(store.table.kinds).flatMap(([apiVersion, kinds]) =>
      Object.entries(kinds).flatMap(([kind, { type, introduced = 0, removed = 99 }]) =>
        store.table.minors
          .filter(minor => type !== undefined && introduced <= minor && minor < removed)
          .filter(minor => store.typeAt(type as string, minor) === undefined)
          .map(minor => `${apiVersion} ${kind} 1.${minor}`),
      ),
    );
    expect(missing).toEqual([]);
  });

  it('have every type that another one names', () => {
    const dangling = new Set<string>();
    for (const minor of store.table.minors) {
      const seen = new Set<string>();
      const visit = (name: string) => {
        if (seen.has(name)) return;
        seen.add(name);
        const text = JSON.stringify(store.typeAt(name, minor));
        if (text === undefined) dangling.add(`${name} 1.${minor}`);
        else
          for (const [, next = ''] of text.matchAll(/"#([^"]+)"|"of":"[^"]+"/g))
            if (next) visit(next);
      };
      for (const kinds of Object.values(store.table.kinds))
        for (const { type, introduced = 0, removed = 99 } of Object.values(kinds))
          if (type !== undefined && introduced <= minor && minor < removed) visit(type);
    }
    expect([...dangling]).toEqual([]);
  });

  it('are small enough to be packed with the extension', () => {
    const dir = resolve(import.meta.dirname, '../../../media/schemas');
    const size = readdirSync(dir).reduce((sum, file) => sum + statSync(join(dir, file)).size, 0);
    expect(size).toBeLessThan(3_000_000);
  });

  it('do not know other names', () => {
    expect(store.typeAt('io.k8s.api.core.v1.Nothing', 36)).toBeUndefined();
  });
});
