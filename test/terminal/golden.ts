import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';

/** Compares with a text kept in `goldens/`; `UPDATE=1` writes it instead, to be read before it is committed. */
export function expectGolden(name: string, text: string): void {
  const file = join(import.meta.dirname, 'goldens', name);
  if (process.env.UPDATE === '1') {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, 'utf8'));
}
