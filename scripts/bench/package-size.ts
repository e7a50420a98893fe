import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { packageExtension } from '../package.ts';
import { type BenchTable, benchRow } from './table.ts';

const root = resolve(import.meta.dirname, '../..');
/** Megabytes that the issue allows. */
const limit = 40;

/** What a person downloads and what VS Code loads; held against the most that it may be. */
export async function benchPackageSize(): Promise<BenchTable> {
  const folder = await mkdtemp(join(tmpdir(), 'driftline-size-'));
  try {
    const vsix = await packageExtension(folder, undefined, () => {});
    const megabytes = async (path: string) => (await stat(path)).size / 1e6;
    const parts = [
      'extension.cjs',
      'kubernetes-client.cjs',
      'language-client.cjs',
      'server.cjs',
      'bin/judge',
      'bin/renderer',
    ];
    const rows = [benchRow('the .vsix, beside the limit', await megabytes(vsix), limit)];
    for (const part of parts)
      rows.push(benchRow(`dist/${part}`, await megabytes(join(root, 'dist', part))));
    return { title: 'package: size for this platform', unit: 'megabytes', rows };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
