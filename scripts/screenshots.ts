import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Scene, scenes } from '../test/host/scenes.ts';
import { openWindow, type ReleaseName, type ThemeName, themes } from '../test/host/window.ts';
import { buildAll } from './build.ts';

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    theme: { type: 'string', multiple: true },
    release: { type: 'string', default: 'newest' },
    out: { type: 'string', default: 'dist/screenshots' },
    'no-build': { type: 'boolean' },
  },
});

/** Writes pictures of a real VS Code into a folder: `SCENE-THEME.png`, each scene in each theme. */
if (!values['no-build']) await buildAll(line => process.stderr.write(`${line}\n`));
const out = resolve(values.out);
await mkdir(out, { recursive: true });
const wanted = (values.theme ?? Object.keys(themes)) as ThemeName[];
const chosen = scenes.filter(({ name }) => values.only?.includes(name) ?? true);
for (const theme of wanted) for (const scene of chosen) await take(scene, theme);

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
      size: { width: 1180, height: 680 },
    });
    try {
      await scene.show(window).catch(async (error: Error) => {
        process.exitCode = 1;
        process.stderr.write(`${scene.name}: ${error.message}\n`);
      });
      await window.screenshot(file);
      process.stdout.write(`${file}\n`);
    } finally {
      await window.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
