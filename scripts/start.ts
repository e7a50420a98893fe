import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildAll } from './build.ts';
import { makeDemo } from './demo.ts';

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: { print: { type: 'boolean' }, repo: { type: 'string' } },
});

/** The main job: build what is missing, then print the drift report of the demo or of `--repo DIR`. */
await buildAll(line => process.stderr.write(`${line}\n`));
const repository = values.repo ?? (await demo());
const { status } = spawnSync(
  process.execPath,
  [join(root, 'dist', 'cli.cjs'), 'drift', '--repo', repository],
  { stdio: 'inherit' },
);
// Drift is what the demo is there to show (1), not a failure of this command.
process.exit(status === 1 ? 0 : (status ?? 1));

async function demo(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-demo-'));
  const made = await makeDemo(folder);
  process.stderr.write(`A demo repository for you to play with: ${made.repository}\n\n`);
  return made.repository;
}
