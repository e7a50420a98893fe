import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFailed, test } from 'vitest';
import { makeDemo } from '../../scripts/demo.ts';
import { packageExtension } from '../../scripts/package.ts';
import { openWindow, type ThemeName, textOf, themes, type Window } from './window.ts';

/** Light on light is VS Code's own choice for what stands behind code; in high contrast, WCAG's AAA. */
const contrasts: Record<ThemeName, number> = {
  dark: 4.5,
  light: 3,
  'high-contrast': 7,
  'high-contrast-light': 7,
};

// As people get it: the package, installed by VS Code into a folder of its own.
describe('the installed package', () => {
  let folder: string;
  let window: Window;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'driftline-packaged-'));
    const { repository } = await makeDemo(join(folder, 'shop'));
    const vsix = await packageExtension(folder, undefined, () => {});
    const file = 'apps/web/overlays/production/replicas.yaml';
    window = await openWindow({ folder: repository, vsix, file });
  });

  afterAll(async () => {
    await window?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('compares the demo, and counts on its icon what drifted', async () => {
    onTestFailed(() => window.screenshot('dist/screenshots/failed/packaged.png'));
    await window.environments();
    const row = window.treeRows().filter({ hasText: 'production' }).first();
    await expect.poll(() => textOf(row), { timeout: 90_000 }).toMatch(/4 drifted, 1 missing/);
    const tab = window.page.locator('.part.activitybar [role="tab"][aria-label^="Driftline"]');
    // VS Code draws the icon and the status bar when it comes to it.
    const label = () => tab.getAttribute('aria-label');
    await expect.poll(label, { timeout: 10_000 }).toMatch(/4 drifted, 1 missing in 1 environment/);
    const status = window.page.locator('.statusbar-item[id^="driftline"]');
    await expect
      .poll(() => textOf(status), { timeout: 10_000 })
      .toMatch(/production: 4 drifted, 1 missing/);
  });

  test.each(Object.keys(themes) as ThemeName[])('its marker can be read in %s', async theme => {
    onTestFailed(() => window.screenshot(`dist/screenshots/failed/packaged-${theme}.png`));
    await window.setTheme(theme);
    await expect.poll(() => window.markers(), { timeout: 60_000 }).toHaveLength(1);
    await expect
      .poll(() => window.markerContrast(), { timeout: 20_000 })
      .toBeGreaterThanOrEqual(contrasts[theme]);
  });

  test('states differ by the shape of their icons, not by colour alone', async () => {
    const shapes = async () => {
      const icons = await window.treeRows().evaluateAll(rows =>
        rows.map(row => ({
          words: row.querySelector('.label-description')?.textContent ?? '',
          icon: [...(row.querySelector('.custom-view-tree-node-item-icon')?.classList ?? [])]
            .filter(name => name.startsWith('codicon-'))
            .join(' '),
        })),
      );
      return [/^in sync/, /^1 field drifted/, /^missing/].map(
        words => icons.find(line => words.test(line.words))?.icon,
      );
    };
    await expect
      .poll(shapes, { timeout: 60_000 })
      .toEqual(['codicon-pass', 'codicon-diff-modified', 'codicon-diff-removed']);
  });
});
