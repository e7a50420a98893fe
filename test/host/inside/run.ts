import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { installVsCode, releases } from '../../../scripts/lib/vscode/install.ts';
import { startVsCode } from '../../../scripts/lib/vscode/server.ts';
import { extensionFolder, launchChromium, type ReleaseName } from '../window.ts';
import type { InsideResult } from './test.ts';

export interface InsideRun {
  release: ReleaseName;
  suite: 'gitops' | 'elsewhere' | 'beside-yaml';
  /** The workspace. */
  folder: string;
  /** Packages of further extensions that run beside. */
  extensions?: readonly string[];
  settings?: Record<string, unknown>;
}

/** Runs a suite in the extension host of a VS Code in a browser; throws when it does not come to an end. */
export async function runInside({
  release,
  suite,
  folder,
  extensions = [],
  settings = {},
}: InsideRun): Promise<InsideResult[]> {
  const data = await mkdtemp(join(tmpdir(), 'driftline-vscode-'));
  const results = join(data, 'results.json');
  const module = await bundleInside(data);
  const server = await startVsCode({
    installed: await installVsCode(releases[release], line => process.stderr.write(`${line}\n`)),
    data,
    underTest: true,
    settings,
    extensions,
    env: { DRIFTLINE_SUITE: suite, DRIFTLINE_RESULTS: results, GIT_TERMINAL_PROMPT: '0' },
  });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage();
    const said: string[] = [];
    const done = Promise.withResolvers<void>();
    await page.exposeFunction('codeAutomationLog', (kind: string, parts: unknown[]) =>
      said.push(`${kind} ${parts.join(' ')}`),
    );
    await page.exposeFunction('codeAutomationExit', () => done.resolve());
    const address = server.address(folder, [
      ['extensionDevelopmentPath', server.remote(extensionFolder)],
      ['extensionTestsPath', server.remote(module)],
    ]);
    await page.goto(address);
    const late = setTimeout(() => done.reject(new Error('no end after five minutes')), 300_000);
    await done.promise.finally(() => clearTimeout(late));
    const text = await readFile(results, 'utf8').catch(() => {
      throw new Error(`The tests did not run; VS Code says:\n${said.slice(-40).join('\n')}`);
    });
    return JSON.parse(text) as InsideResult[];
  } finally {
    await browser.close();
    await server.stop();
    await rm(data, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Bundles the suites as VS Code loads them; answers the module's file. */
export async function bundleInside(folder: string): Promise<string> {
  // Whatever a package.json above the folder says of `.js`.
  const outfile = join(folder, 'inside.cjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'index.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    external: ['vscode'],
    logLevel: 'warning',
  });
  return outfile;
}
