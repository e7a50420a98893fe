import { writeFileSync } from 'node:fs';
import { besideYaml } from './beside-yaml.ts';
import { delay } from './delay.ts';
import { elsewhere } from './elsewhere.ts';
import { gitops } from './gitops.ts';
import type { InsideResult, InsideTest } from './test.ts';

const suites: Record<string, readonly InsideTest[]> = {
  gitops,
  elsewhere,
  delay,
  'beside-yaml': besideYaml,
};

/**
 * What VS Code calls in its extension host (`extensionTestsPath`): runs the suite of `DRIFTLINE_SUITE` and writes
 * what came of it to the file of `DRIFTLINE_RESULTS`. Rejects when a test failed.
 */
export async function run(): Promise<void> {
  const { DRIFTLINE_SUITE: suite = '', DRIFTLINE_RESULTS: file = '' } = process.env;
  const results: InsideResult[] = [];
  for (const test of suites[suite] ?? []) {
    const start = Date.now();
    const error = await failure(test);
    results.push({ name: test.name, milliseconds: Date.now() - start, ...(error && { error }) });
  }
  writeFileSync(file, JSON.stringify(results));
  const failed = results.filter(({ error }) => error !== undefined);
  if (failed.length > 0)
    throw new Error(failed.map(({ name, error }) => `${name}: ${error}`).join('\n'));
}

async function failure(test: InsideTest): Promise<string | undefined> {
  try {
    await test.run();
    return undefined;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}
