import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Scene, scenes } from '../test/host/scenes.ts';
import { openWindow, type ReleaseName, type ThemeName, themes } from '../test/host/window.ts';
import { smallPng } from './lib/small-png.ts';
import { packageExtension } from './package.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    theme: { type: 'string', multiple: true },
    release: { type: 'string', default: 'newest' },
    out: { type: 'string', default: 'dist/screenshots' },
    vsix: { type: 'string' },
  },
});

/**
 * Writes pictures of a real VS Code into a folder: `SCENE-THEME.png`, each scene in each theme, with the packaged
 * extension (`--vsix FILE`, else packaged now). Ends with 1 if a scene did not come about.
 */
const out = resolve(values.out);
await mkdir(out, { recursive: true });
const packaged = await mkdtemp(join(tmpdir(), 'driftline-pictures-'));
const vsix = values.vsix ?? (await packageExtension(packaged));
const wanted = (values.theme ?? Object.keys(themes)) as ThemeName[];
const chosen = scenes.filter(({ name }) => values.only?.includes(name) ?? true);
for (const theme of wanted) for (const scene of chosen) await take(scene, theme);
await rm(packaged, { recursive: true });

async function take(scene: Scene, theme: ThemeName): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'driftline-scene-'));
  const file = join(out, `${scene.name}-${theme}.png`);
  try {
    const repository = await scene.prepare(folder);
    const window = await openWindow({
      ...scene.options,
      release: values.release as ReleaseName,
      folder: repository,
      theme,
      vsix,
      size: { width: 1180, height: 680 },
    });
    try {
      await scene.show(window).catch(async (error: Error) => {
        process.exitCode = 1;
        process.stderr.write(`${scene.name}: ${error.message}\n`);
      });
      // What fades in or out has done so by then.
      await window.page.waitForTimeout(1000);
      await writeFile(file, smallPng(await window.page.screenshot()));
      process.stdout.write(`${file}\n`);
    } finally {
      await window.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
