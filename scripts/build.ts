import { chmodSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { buildUpstream } from './build-upstream.ts';

const root = resolve(import.meta.dirname, '..');

/** An old Node says what it lacks in one sentence; CommonJS has no `import.meta.url` of its own. */
const banner = `#!/usr/bin/env node
if (!Map.groupBy) { console.error('driftline: this is Node ' + process.versions.node + '; Driftline needs 22.15 or newer.'); process.exit(2); }
var __bundleUrl = require('node:url').pathToFileURL(__filename).href;`;

/** Builds everything the command line needs into `dist/`: the bundle and the two Go programs. */
export async function buildAll(log: (line: string) => void): Promise<void> {
  await Promise.all([buildBundles(), buildUpstream(log)]);
}

/** Bundles the command line into `dist/cli.cjs`; takes less than a second. */
export async function buildBundles(): Promise<void> {
  const outfile = join(root, 'dist', 'cli.cjs');
  await build({
    entryPoints: [join(root, 'src', 'cli.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    minify: true,
    sourcemap: 'linked',
    banner: { js: banner },
    // A UMD build of jsonc-parser breaks at run time when `main` is taken first.
    mainFields: ['module', 'main'],
    // CommonJS has no import.meta; modules that look for files beside them ask for these.
    define: { 'import.meta.dirname': '__dirname', 'import.meta.url': '__bundleUrl' },
    logLevel: 'warning',
  });
  chmodSync(outfile, 0o755);
}

if (import.meta.main) await buildAll(line => process.stderr.write(`${line}\n`));
