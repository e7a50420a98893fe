import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { UserError } from '../src/core/lib/errors.ts';
import { buildAll } from './build.ts';
import { makeDemo } from './demo.ts';
import { packageExtension } from './package.ts';
import { hasInstalledVsCode, showInBrowser, showInstalled } from './start/editor.ts';
import { packageGuide } from './start/package-guide.ts';

const root = resolve(import.meta.dirname, '..');
const { values } = parseArgs({
  options: { print: { type: 'boolean' }, repo: { type: 'string' } },
});

/**
 * The main job: build what is missing, print the drift report of the demo or of `--repo DIR`, then show the demo in
 * VS Code until Ctrl-C. `--print` ends after the report, and so does a run that nobody watches.
 */
await buildAll(say);
const repository = values.repo ?? (await demo());
const { status } = spawnSync(
  process.execPath,
  [join(root, 'dist', 'cli.cjs'), 'drift', '--repo', repository],
  { stdio: 'inherit' },
);
// Drift is what the demo is there to show (1), not a failure of this command.
process.exitCode = status === 1 ? 0 : (status ?? 1);
const watched = process.stdout.isTTY && !process.env.CI;
if (!values.print && values.repo === undefined) {
  if (watched) await show(repository);
  else say('To see this in VS Code, run `npm start` in a terminal.');
}

async function demo(): Promise<string> {
  const folder = join(await mkdtemp(join(tmpdir(), 'driftline-demo-')), 'shop');
  const made = await makeDemo(folder);
  say(`A demo repository for you to play with: ${made.repository}\n`);
  return made.repository;
}

/** Everything but the demo itself is gone afterwards. */
async function show(folder: string): Promise<void> {
  const end = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => end.abort());
  const data = await mkdtemp(join(tmpdir(), 'driftline-editor-'));
  try {
    say('\nPackaging the extension …');
    const extensions = [
      await packageExtension(data, undefined, () => {}),
      await packageGuide(data),
    ];
    const showing = { folder, data, extensions, log: say, signal: end.signal };
    await ((await hasInstalledVsCode()) ? showInstalled : showInBrowser)(showing);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    say(error.message);
    process.exitCode = 2;
  } finally {
    await rm(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
