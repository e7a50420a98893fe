import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeDemo } from '../../scripts/demo.ts';
import { runInside } from './inside/run.ts';

const besides = [join(import.meta.dirname, 'yaml-extension')];

/** Settings of the YAML extension, and of ours. */
const cases: [string, Record<string, unknown>][] = [
  ['without schemas for Kubernetes', {}],
  ['with its schema for every file', { 'yaml.schemas': { kubernetes: '*.yaml' } }],
  ['with its schema for our folder', { 'yaml.schemas': { kubernetes: ['apps/**/*.yaml'] } }],
];

for (const [name, settings] of cases) {
  const folder = await mkdtemp(join(tmpdir(), 'driftline-beside-'));
  await makeDemo(folder);
  const results = await runInside({
    ...{ release: 'newest' as const, suite: 'beside-yaml' as const },
    ...{ folder, beside: besides, settings },
  }).finally(() => rm(folder, { recursive: true, force: true }));
  describe(`beside the YAML extension, ${name}`, () => {
    test('all tests ran', () => expect(results).toHaveLength(3));
    test.each(results)('$name', ({ error }) => {
      if (error !== undefined) throw new Error(error);
    });
  });
}
