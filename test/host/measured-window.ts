import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Delay } from './inside/delay.ts';
import { bundleInside } from './inside/run.ts';
import { openWindow, type Window, type WindowOptions } from './window.ts';

/** A window whose extension host tells how long it was blocked. */
export interface MeasuredWindow {
  window: Window;
  /** Measures from now on. */
  begin(): Promise<void>;
  /** What was measured since; once only. */
  end(): Promise<Delay>;
  close(): Promise<void>;
}

export async function openMeasuredWindow(options: WindowOptions): Promise<MeasuredWindow> {
  const folder = await mkdtemp(join(tmpdir(), 'driftline-delay-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const env = {
      DRIFTLINE_SUITE: 'delay',
      DRIFTLINE_DELAY: folder,
      DRIFTLINE_RESULTS: join(folder, 'results.json'),
    };
    const inside = await bundleInside(folder);
    const window = await openWindow({ ...options, inside, env: { ...options.env, ...env } });
    return {
      window,
      begin: () => writeFile(join(folder, 'begin'), ''),
      end: async () => {
        await writeFile(join(folder, 'end'), '');
        const file = join(folder, 'delay.json');
        for (let tries = 0; tries < 200 && !existsSync(file); tries++) await wait(50);
        // It may be written just now.
        await wait(100);
        return JSON.parse(await readFile(file, 'utf8')) as Delay;
      },
      close: async () => {
        await window.close();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}
