import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Report } from './report.ts';

/**
 * Writes the objects with differences that are not listed, and what the server says of them, to a file; its path,
 * or nothing where there are none.
 */
export function writeUnlisted({ unlisted }: Report, seed: number): string | undefined {
  if (unlisted.length === 0) return undefined;
  const cases = unlisted.map(({ manifest: { from, object }, server, difference }) => ({
    from,
    object,
    server,
    difference,
  }));
  const file = join(tmpdir(), `driftline-fuzz-validation-${seed}.json`);
  writeFileSync(file, `${JSON.stringify(cases, undefined, 2)}\n`);
  return file;
}
