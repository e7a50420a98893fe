import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { buildUpstream } from './build-upstream.ts';
import { replaceFile } from './lib/atomic.ts';

const root = resolve(import.meta.dirname, '..');

/** CommonJS has no `import.meta.url` of its own. */
const location = `var __bundleUrl = require('node:url').pathToFileURL(__filename).href;`;
/** An old Node says what it lacks in one sentence. */
const program = `#!/usr/bin/env node
if (!Map.groupBy) { console.error('driftline: this is Node ' + process.versions.node + '; Driftline needs 22.15 or newer.'); process.exit(2); }
${location}`;

interface Door {
  name: string;
  banner: string;
  /** Of a part that a door loads later: where it begins, in `src/`. */
  entry?: string;
}

/** The doors of `src/`, each a bundle of its name; the editor's runs in VS Code's process, not in its own. */
const doors: Door[] = [
  { name: 'cli', banner: program },
  { name: 'server', banner: program },
  { name: 'extension', banner: location },
];

/**
 * What the doors load later, each a bundle of its own: the editor's door opens fast, and Node keeps compiled what a
 * file loads, but not the file itself.
 */
const parts: Door[] = [
  { name: 'language-client', entry: 'editor/server/language-client', banner: location },
  { name: 'terminal', entry: 'terminal/start', banner: location },
  { name: 'yaml-service', entry: 'lsp/yaml/service', banner: location },
  { name: 'kubernetes-client', entry: 'core/cluster/kubeconfig/client-options', banner: location },
];

const loadedLater: Plugin = {
  name: 'loaded-later',
  setup({ onResolve }) {
    onResolve({ filter: /\.ts$/ }, ({ kind, path, resolveDir }) => {
      if (kind !== 'dynamic-import') return undefined;
      const entry = relative(join(root, 'src'), join(resolveDir, path)).replace(/\.ts$/, '');
      const part = parts.find(each => each.entry === entry.replaceAll('\\', '/'));
      return part && { path: `./${part.name}.cjs`, external: true };
    });
  },
};

/** yaml-language-server can format by prettier, which would be the half of it; we never ask it to. */
const withoutFormatter: Plugin = {
  name: 'without-formatter',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^prettier\// }, ({ path }) => ({ path, namespace: 'without-formatter' }));
    onLoad({ filter: /.*/, namespace: 'without-formatter' }, () => ({
      contents: 'export const format = undefined;',
    }));
  },
};

/**
 * VS Code's API as a module with the names that the editor uses. Without it esbuild copies the whole API, some
 * hundred getters, once for each file that imports it: more time than all the rest of loading takes.
 */
const editorApi: Plugin = {
  name: 'editor-api',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^vscode$/ }, ({ kind }) =>
      kind === 'import-statement'
        ? { path: 'vscode', namespace: 'editor-api' }
        : { path: 'vscode', external: true },
    );
    onLoad({ filter: /.*/, namespace: 'editor-api' }, () => ({
      contents: `const api = require('vscode');\n${editorApiNames()
        .map(name => `export const ${name} = api.${name};`)
        .join('\n')}`,
    }));
  },
};

/** Every name of the API that is used, types among them: those are undefined and nobody reads them. */
function editorApiNames(): string[] {
  const folder = join(root, 'src', 'editor');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sources = files.filter(file => file.endsWith('.ts'));
  const texts = sources.map(file => readFileSync(join(folder, file), 'utf8'));
  const names = texts.flatMap(text =>
    [...text.matchAll(/\bvscode\.(\w+)/g)].map(found => found[1]),
  );
  return [...new Set(names.filter(name => name !== undefined))].sort();
}

/** Builds everything the doors need into `dist/`: the bundles and the two Go programs. */
export async function buildAll(log: (line: string) => void): Promise<void> {
  await Promise.all([buildBundles(), buildUpstream(log)]);
}

/** Bundles the doors into `dist/cli.cjs`, `dist/server.cjs`, `dist/extension.cjs`, and their later parts; takes a second. */
export async function buildBundles(): Promise<void> {
  await Promise.all([...doors, ...parts].map(bundle));
}

async function bundle({ name, entry = name, banner }: Door): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'src', `${entry}.ts`)],
    outfile: join(root, 'dist', `${name}.cjs`),
    write: false,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    minify: true,
    sourcemap: 'linked',
    banner: { js: banner },
    external: name === 'extension' ? [] : ['vscode'],
    plugins: [loadedLater, withoutFormatter, ...(name === 'extension' ? [editorApi] : [])],
    // A part is required: what is imported is read once more, for the names that it exports.
    supported: { 'dynamic-import': name === 'extension' || name === 'language-client' },
    // A UMD build of jsonc-parser breaks at run time when `main` is taken first.
    mainFields: ['module', 'main'],
    // CommonJS has no import.meta; modules that look for files beside them ask for these.
    define: { 'import.meta.dirname': '__dirname', 'import.meta.url': '__bundleUrl' },
    logLevel: 'warning',
  });
  for (const { path, contents } of outputFiles)
    await replaceFile(path, contents, banner === program ? 0o755 : 0o644);
}

if (import.meta.main) await buildAll(line => process.stderr.write(`${line}\n`));
