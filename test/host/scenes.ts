import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { demo, drifted, mistaken, replaceInFile } from './scene-folders.ts';
import type { Window, WindowOptions } from './window.ts';

/** Something that a person looks at: where, and how they get there. */
export interface Scene {
  name: string;
  options?: Partial<WindowOptions>;
  /** Fills an empty folder; answers the one to open. */
  prepare(folder: string): Promise<string>;
  show(window: Window): Promise<void>;
}

const deployment = 'apps/web/base/deployment.yaml';

export const scenes: readonly Scene[] = [
  {
    name: 'tree',
    prepare: demo,
    options: { file: drifted },
    show: async window => {
      await showTree(window);
      await window.widenSideBar(430);
      await window.unfold('Deployment web');
      await markersShown(window);
    },
  },
  {
    name: 'marker',
    prepare: demo,
    options: { file: 'apps/web/base/configmap.yaml' },
    show: async window => {
      await markersShown(window);
      await window.page.locator('.codelens-decoration', { hasText: 'drifted' }).first().waitFor();
    },
  },
  {
    name: 'hover',
    prepare: demo,
    options: { file: drifted },
    show: async window => {
      await markersShown(window);
      const hover = await window.hover('replicas');
      await hover.getByText('Compare').waitFor();
    },
  },
  {
    name: 'quick-fix',
    prepare: demo,
    options: { file: drifted },
    show: async window => {
      await markersShown(window);
      await window.goTo(7);
      await window.command('Quick Fix...');
      await window.page.locator('.action-widget', { hasText: 'Take 5' }).waitFor();
    },
  },
  {
    name: 'chain',
    prepare: demo,
    options: { file: 'charts/api/values-production.yaml' },
    show: async window => {
      await window.page.locator('.codelens-decoration', { hasText: 'reaches' }).first().waitFor();
      const hover = await window.hover('200m');
      await hover.getByText('Where Is This Used?').waitFor();
    },
  },
  {
    name: 'names',
    prepare: demo,
    options: { file: 'apps/web/base/service.yaml' },
    show: async window => {
      await lensShown(window);
      await window.goTo(11);
      await window.page.keyboard.press('End');
      await window.page.keyboard.press('Shift+Home');
      await window.page.keyboard.type('targetPort: ', { delay: 100 });
      await suggested(window, 'metrics');
    },
  },
  {
    name: 'fields',
    prepare: demo,
    options: { file: deployment },
    show: async window => {
      await lensShown(window);
      await window.goTo(34);
      await window.page.keyboard.press('End');
      await window.page.keyboard.press('Enter');
      await window.page.keyboard.press('Shift+Tab');
      await window.page.keyboard.type('l');
      await suggested(window, 'livenessProbe');
    },
  },
  {
    name: 'field-hover',
    prepare: demo,
    options: { file: deployment },
    show: async window => {
      await lensShown(window);
      const hover = await window.hover('replicas');
      await hover.getByText('Number of desired pods').waitFor();
    },
  },
  {
    name: 'problems',
    prepare: mistaken,
    options: { file: drifted, settings: { 'problems.autoReveal': false } },
    show: async window => {
      await lensShown(window);
      await window.command('Driftline: Validate Repository');
      const rows = window.page.locator('.markers-panel .monaco-list-row');
      await rows.filter({ hasText: 'no port named' }).first().waitFor({ timeout: 60_000 });
      await window.command('View: Toggle Primary Side Bar Visibility');
      // The findings of all files come one after another, and fold what was unfolded.
      await window.page.waitForTimeout(3000);
      await rows.filter({ hasText: 'no port named' }).first().click();
      await rows.filter({ hasText: 'The containers of' }).first().waitFor();
      await window.page.mouse.move(0, 0);
    },
  },
  {
    name: 'mend',
    prepare: mistaken,
    options: { file: drifted },
    show: async window => {
      await squiggled(window);
      await window.goTo(19);
      await window.command('Quick Fix...');
      await window.page.locator('.action-widget', { hasText: 'web-config' }).waitFor();
    },
  },
  {
    name: 'uses',
    prepare: demo,
    options: { file: 'apps/web/base/configmap.yaml' },
    show: async window => {
      const lens = window.page.locator('.codelens-decoration a', { hasText: 'reaches' }).first();
      await lens.click({ timeout: 60_000 });
      await window.page.locator('.peekview-widget .view-line', { hasText: 'ConfigMap' }).waitFor();
    },
  },
  {
    name: 'effect',
    prepare: demo,
    options: { file: drifted },
    show: async window => {
      await markersShown(window);
      await window.goTo(7);
      await window.page.keyboard.press('End');
      await window.page.keyboard.type('0');
      await window.page.locator('.codelens-decoration', { hasText: 'unsaved' }).waitFor();
      await window.command('Driftline: Preview Effect');
      await window.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
    },
  },
  {
    name: 'rendered',
    prepare: demo,
    options: { file: drifted },
    show: async window => {
      await markersShown(window);
      await window.goTo(7);
      await window.command('Driftline: Open Rendered');
      await window.page
        .locator('.tab.active', { hasText: 'production · Deployment web.yaml' })
        .waitFor();
    },
  },
  {
    name: 'compare',
    prepare: demo,
    options: { file: drifted },
    show: async window => {
      await markersShown(window);
      await window.command('Driftline: Compare with Live');
      await window.page.locator('.monaco-diff-editor .line-insert').first().waitFor();
      await window.command('View: Toggle Primary Side Bar Visibility');
    },
  },
  {
    name: 'no-repository',
    prepare: async folder => {
      await writeFile(join(folder, 'settings.yaml'), 'colour: green\n');
      return folder;
    },
    show: window => welcomed(window, 'There is no GitOps repository'),
  },
  {
    name: 'no-cluster',
    prepare: async folder => {
      const repository = await demo(folder);
      await replaceInFile(join(repository, 'driftline.yaml'), / +cluster: .*\n/g, '');
      return repository;
    },
    show: window => welcomed(window, 'Choose Cluster'),
  },
  {
    name: 'untrusted',
    options: { untrusted: true },
    prepare: async folder => {
      const repository = await demo(folder);
      const file = join(repository, 'driftline.yaml');
      await replaceInFile(file, /snapshot: \S+/g, 'context: shop-eu');
      return repository;
    },
    show: window => welcomed(window, 'Restricted Mode'),
  },
];

/** Waits for the words that stand in the view where there is no tree. */
async function welcomed(window: Window, words: string): Promise<void> {
  await window.environments();
  const welcome = window.view().locator('.welcome-view-content', { hasText: words });
  await welcome.waitFor({ timeout: 60_000 });
  await window.widenSideBar(430);
}

async function showTree(window: Window): Promise<void> {
  await window.environments();
  await window.treeRows().filter({ hasText: 'production' }).first().waitFor({ timeout: 60_000 });
  await window.treeRows().filter({ hasText: 'drifted' }).first().waitFor({ timeout: 60_000 });
}

/** The server has read the repository. */
async function lensShown(window: Window): Promise<void> {
  const lens = window.page.locator('.codelens-decoration', { hasText: 'reaches' });
  await lens.first().waitFor({ timeout: 60_000 });
}

async function squiggled(window: Window): Promise<void> {
  const squiggle = window.page.locator('.squiggly-error, .squiggly-warning');
  await squiggle.first().waitFor({ timeout: 60_000 });
}

async function suggested(window: Window, label: string): Promise<void> {
  const row = window.page
    .locator('.suggest-widget.visible .monaco-list-row', { hasText: label })
    .first();
  const isThere = await row.waitFor({ timeout: 10_000 }).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  await window.page.keyboard.press('Control+Space');
  await row.waitFor({ timeout: 30_000 });
}

async function markersShown(window: Window): Promise<void> {
  const end = Date.now() + 60_000;
  while ((await window.markers()).length === 0) {
    if (Date.now() > end) throw new Error('no marker after a minute');
    await window.page.waitForTimeout(100);
  }
}
