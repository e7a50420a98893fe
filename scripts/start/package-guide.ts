import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import { packFolder } from '../package.ts';

const sights = {
  file: 'apps/web/overlays/production/replicas.yaml',
  line: 7,
  walkthrough: 'driftline.driftline#start',
  view: 'driftline.environments',
};

/** Packages the extension that opens what the demo is there to show (`guide.ts`); answers the `.vsix`. */
export async function packageGuide(folder: string): Promise<string> {
  const source = join(folder, 'guide');
  const packagePath = join(folder, 'guide.vsix');
  await mkdir(source, { recursive: true });
  const manifest = {
    name: 'demo-guide',
    displayName: 'Guide to the Driftline demo',
    publisher: 'driftline',
    version: '0.1.0',
    license: 'Apache-2.0',
    engines: { vscode: '^1.106.0' },
    main: './guide.js',
    activationEvents: ['onStartupFinished'],
    extensionKind: ['workspace'],
    sights,
  };
  await writeFile(join(source, 'package.json'), JSON.stringify(manifest));
  await build({
    entryPoints: [join(import.meta.dirname, 'guide.ts')],
    outfile: join(source, 'guide.js'),
    bundle: true,
    platform: 'node',
    format: 'cjs',
    external: ['vscode'],
  });
  await packFolder(source, packagePath, ['--skip-license']);
  return packagePath;
}
