import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createVSIX } from '@vscode/vsce';
import { describe, expect, test } from 'vitest';
import { makeDemo } from '../../scripts/demo.ts';
import { runInside } from './inside/run.ts';

/** Settings of the YAML extension. */
const cases: [string, Record<string, unknown>][] = [
  ['without schemas for Kubernetes', {}],
  ['with its schema for every file', { 'yaml.schemas': { kubernetes: '*.yaml' } }],
];

const packaged = await mkdtemp(join(tmpdir(), 'driftline-yaml-'));
const vsix = join(packaged, 'vscode-yaml.vsix');
await createVSIX({
  cwd: join(import.meta.dirname, 'yaml-extension'),
  packagePath: vsix,
  dependencies: false,
  allowMissingRepository: true,
  skipLicense: true,
});

for (const [name, settings] of cases) {
  const folder = await mkdtemp(join(tmpdir(), 'driftline-beside-'));
  await makeDemo(folder);
  const results = await runInside({
    ...{ release: 'newest' as const, suite: 'beside-yaml' as const },
    ...{ folder, settings, extensions: [vsix] },
  }).finally(() => rm(folder, { recursive: true, force: true }));
  describe(`beside the YAML extension, ${name}`, () => {
    test('all tests ran', () => expect(results).toHaveLength(3));
    test.each(results)('$name', ({ error }) => {
      if (error !== undefined) throw new Error(error);
    });
  });
}
await rm(packaged, { recursive: true, force: true });
