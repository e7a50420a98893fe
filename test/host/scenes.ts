import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDemo } from '../../scripts/demo.ts';
import type { Window, WindowOptions } from './window.ts';

/** Something that a person looks at: where, and how they get there. */
export interface Scene {
  name: string;
  options?: Partial<WindowOptions>;
  /** Fills an empty folder; answers the one to open. */
  prepare(folder: string): Promise<string>;
  show(window: Window): Promise<void>;
}

const drifted = 'apps/web/overlays/production/replicas.yaml';

export const scenes: readonly Scene[] = [
  {
    name: 'tree',
    prepare: demo,
    show: async window => {
      await showTree(window);
      await window.open(drifted);
      await markersShown(window);
    },
  },
  {
    name: 'marker',
    prepare: demo,
    show: async window => {
      await window.open('apps/web/base/deployment.yaml');
      await markersShown(window);
    },
  },
  {
    name: 'hover',
    prepare: demo,
    show: async window => {
      await window.open(drifted);
      await markersShown(window);
      await window.hover('replicas');
      await window.page.waitForTimeout(500);
    },
  },
  {
    name: 'compare',
    prepare: demo,
    show: async window => {
      await window.open(drifted);
      await markersShown(window);
      await window.command('Driftline: Compare with Live');
      await window.page.locator('.monaco-diff-editor').waitFor();
      await window.page.waitForTimeout(1500);
    },
  },
  {
    name: 'no-repository',
    prepare: async folder => {
      await writeFile(join(folder, 'settings.yaml'), 'colour: green\n');
      return folder;
    },
    show: async window => {
      await window.environments();
      await window.page.waitForTimeout(3000);
    },
  },
  {
    name: 'no-cluster',
    prepare: async folder => {
      const repository = await demo(folder);
      await rm(join(repository, 'live'), { recursive: true });
      return repository;
    },
    show: async window => {
      await window.environments();
      await window.page.waitForTimeout(4000);
    },
  },
  {
    name: 'untrusted',
    options: { untrusted: true },
    prepare: demo,
    show: async window => {
      await window.environments();
      await window.page.waitForTimeout(4000);
    },
  },
];

async function demo(folder: string): Promise<string> {
  const repository = join(folder, 'shop');
  await mkdir(repository);
  return (await makeDemo(repository)).repository;
}

async function showTree(window: Window): Promise<void> {
  await window.environments();
  await window.treeRows().filter({ hasText: 'production' }).first().waitFor({ timeout: 30_000 });
  await window.treeRows().filter({ hasText: 'drifted' }).first().waitFor({ timeout: 30_000 });
}

async function markersShown(window: Window): Promise<void> {
  const end = Date.now() + 30_000;
  while ((await window.markers()).length === 0) {
    if (Date.now() > end) throw new Error('no marker after 30 s');
    await window.page.waitForTimeout(100);
  }
}
