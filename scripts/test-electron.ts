import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';
import { bundleInside } from '../test/host/inside/run.ts';
import type { InsideResult } from '../test/host/inside/test.ts';
import { extensionFolder } from '../test/host/window.ts';
import { buildAll } from './build.ts';
import { makeDemo } from './demo.ts';
import { releases } from './lib/vscode/install.ts';
import { quietSettings } from './lib/vscode/server.ts';

/** The suites of `inside/`, in the VS Code that people install: downloaded, and run with its own window. */
await buildAll(say);
let failed = 0;
for (const { version } of Object.values(releases)) {
  const vscode = await download(version);
  if (vscode === undefined) process.exit(2);
  for (const suite of ['gitops', 'elsewhere']) failed += await runSuite(version, vscode, suite);
}
process.exit(failed > 0 ? 1 : 0);

async function download(version: string): Promise<string | undefined> {
  try {
    return await downloadAndUnzipVSCode(version);
  } catch (error) {
    say(
      `VS Code ${version} cannot be downloaded here (${(error as Error).message}), so nothing was tested; \`npm test\` runs the same tests in VS Code in a browser.`,
    );
    return undefined;
  }
}

async function runSuite(version: string, vscodeExecutablePath: string, suite: string) {
  const folder = await mkdtemp(join(tmpdir(), 'driftline-electron-'));
  try {
    const workspace = join(folder, 'workspace');
    const results = join(folder, 'results.json');
    await makeWorkspace(suite, workspace, folder);
    await runTests({
      vscodeExecutablePath,
      extensionDevelopmentPath: extensionFolder,
      extensionTestsPath: await bundleInside(folder),
      extensionTestsEnv: { DRIFTLINE_SUITE: suite, DRIFTLINE_RESULTS: results },
      launchArgs: [workspace, '--user-data-dir', join(folder, 'data'), '--disable-extensions'],
    }).catch((error: Error) => say(error.message));
    const tests = JSON.parse(await readFile(results, 'utf8').catch(() => '[]')) as InsideResult[];
    for (const { name, error } of tests) say(`${error ? '✗' : '✓'} ${version}: ${name}`);
    return tests.length === 0 ? 1 : tests.filter(({ error }) => error !== undefined).length;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function makeWorkspace(suite: string, workspace: string, folder: string): Promise<void> {
  await mkdir(workspace, { recursive: true });
  await mkdir(join(folder, 'data', 'User'), { recursive: true });
  const settings = JSON.stringify(quietSettings);
  await writeFile(join(folder, 'data', 'User', 'settings.json'), settings);
  if (suite === 'gitops') await makeDemo(workspace);
  else await writeFile(join(workspace, 'colours.yaml'), 'kind: of blue\n');
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
