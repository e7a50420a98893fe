import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeDemo } from '../../scripts/demo.ts';
import { releases } from '../../scripts/lib/vscode/install.ts';
import { runInside } from './inside/run.ts';
import type { InsideResult } from './inside/test.ts';
import type { ReleaseName } from './window.ts';

const names = Object.keys(releases) as ReleaseName[];

// The suites run as a whole in VS Code; what came of each test there is a test here.
for (const release of names) {
  const version = releases[release].version;
  const inDemo = await inFolder(async folder => {
    await makeDemo(folder);
    return runInside({ release, suite: 'gitops', folder });
  });
  const elsewhere = await inFolder(async folder => {
    await writeFile(join(folder, 'colours.yaml'), 'kind: of blue\n');
    return runInside({ release, suite: 'elsewhere', folder });
  });
  describe(`inside VS Code ${version}`, () => {
    test('all tests ran', () => {
      expect([inDemo.length, elsewhere.length]).toEqual([15, 1]);
    });
    test.each([...inDemo, ...elsewhere])('$name', ({ error }) => {
      if (error !== undefined) throw new Error(error);
    });
  });
}

async function inFolder(use: (folder: string) => Promise<InsideResult[]>): Promise<InsideResult[]> {
  const folder = await mkdtemp(join(tmpdir(), 'driftline-inside-'));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
