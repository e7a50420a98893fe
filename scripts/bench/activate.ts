import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWindow } from '../../test/host/window.ts';
import { makeDemo } from '../demo.ts';
import { releases } from '../lib/vscode/install.ts';
import { packageExtension } from '../package.ts';
import { type BenchTable, benchRow, median } from './table.ts';

const windows = 5;

/**
 * How long the packaged extension keeps the extension host busy until it is active, as VS Code itself counts it (code
 * loaded, `activate` called), each time in a VS Code that never ran before. The peer is VS Code's own Git extension.
 */
export async function benchActivate(): Promise<BenchTable> {
  const folder = await mkdtemp(join(tmpdir(), 'driftline-activate-'));
  try {
    const vsix = await packageExtension(folder, undefined, () => {});
    const { repository } = await makeDemo(join(folder, 'shop'));
    const counted: { ours: number; git: number }[] = [];
    for (let run = 0; run < windows; run++) counted.push(await activations(repository, vsix));
    const ours = median(counted.map(each => each.ours));
    const git = median(counted.map(each => each.git));
    return {
      title: `activate: Driftline beside Git in VS Code ${releases.newest.version}`,
      unit: `milliseconds of the extension host, median of ${windows} first starts`,
      rows: [benchRow('the demo', ours, git)],
    };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** What VS Code's page of running extensions says, once ours has shown what it found. */
async function activations(folder: string, vsix: string): Promise<{ ours: number; git: number }> {
  // Tall enough that the list has no line out of sight, for those are not in the page.
  const window = await openWindow({ folder, vsix, size: { width: 1280, height: 2400 } });
  try {
    const status = window.page.locator('.statusbar-item[id^="driftline"]');
    await status.waitFor({ timeout: 120_000 });
    await window.command('Developer: Show Running Extensions');
    const milliseconds = async (name: string) => {
      const exact = window.page.locator('.name', { hasText: new RegExp(`^${name}$`) });
      const row = window.page.locator('.monaco-list-row').filter({ has: exact });
      const text = await row.locator('.activation-time').textContent();
      return Number(/(\d+)ms/.exec(text ?? '')?.[1]);
    };
    return { ours: await milliseconds('Driftline'), git: await milliseconds('Git') };
  } finally {
    await window.close();
  }
}
