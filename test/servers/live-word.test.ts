import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Live } from '../../src/core/live/live.ts';
import { openLive } from '../../src/core/live/live-repository.ts';
import { apply, kubectl } from './plane.ts';
import { startWebhook } from './webhook.ts';

// What the server says of objects in sync, while a person looks at their files.

const { kubeconfig } = inject('plane');
const folder = mkdtempSync(join(tmpdir(), 'driftline-live-word-'));
const namespace = `seen-${Math.random().toString(36).slice(2, 8)}`;
let localOnly = false;
let live: Live;

const configMap = (name: string) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data: { a: '1' },
});
const files: Record<string, string> = {
  'app/one.yaml': JSON.stringify(configMap('one')),
  'app/two.yaml': JSON.stringify(configMap('two')),
  'app/kustomization.yaml': 'resources: [one.yaml, two.yaml]\n',
  'driftline.yaml': `version: 1
environments:
- name: production
  source: { path: app }
  cluster: { context: admin }
`,
};

beforeAll(async () => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  await kubectl(['create', 'namespace', namespace]);
  await apply([configMap('one'), configMap('two')]);
  live = await openLive({
    directory: folder,
    clusters: [],
    host: {
      log: () => {},
      trusted: () => true,
      secret: () => undefined,
      forges: () => ({}),
      kubeconfig: () => kubeconfig,
      localOnly: () => localOnly,
    },
  });
  await live.settled();
});

afterAll(async () => {
  await live?.close();
  await kubectl(['delete', 'namespace', namespace, '--wait=false']);
  rmSync(folder, { recursive: true });
});

const stateOf = (file: string) => live.objects(file)[0]?.environments[0]?.state;
const notChecked = () => live.environments()[0]?.notChecked.map(({ reason }) => reason) ?? [];
const soon = { timeout: 15_000, interval: 200 };

describe('a webhook that rewrites what is in sync', () => {
  it('is noticed for what a person looks at, told of for the rest, and forgotten with it', async () => {
    expect([stateOf('app/one.yaml'), stateOf('app/two.yaml')]).toEqual(['synced', 'synced']);
    expect(notChecked()).toEqual([]);
    live.visible(['app/one.yaml']);
    const webhook = await startWebhook({
      namespace,
      resources: ['v1/configmaps'],
      answer: () => ({ patch: [{ op: 'add', path: '/data/more', value: '1' }] }),
    });
    try {
      await expect.poll(() => stateOf('app/one.yaml'), soon).toBe('drifted');
      await expect
        .poll(notChecked, soon)
        .toMatchObject([expect.stringMatching(/^1 object in sync was not tried/)]);
      expect(stateOf('app/two.yaml')).toBe('synced');
      expect(webhook.tried).toEqual(['ConfigMap/one']);
      live.visible(['app/two.yaml']);
      await expect.poll(() => stateOf('app/two.yaml'), soon).toBe('drifted');
      await expect.poll(notChecked, soon).toEqual([]);
      expect(webhook.tried).toEqual(['ConfigMap/one', 'ConfigMap/two']);
    } finally {
      await webhook.stop();
    }
    await expect
      .poll(() => [stateOf('app/one.yaml'), stateOf('app/two.yaml')], soon)
      .toEqual(['synced', 'synced']);
  });

  it('is noticed for everything when a person has it checked', async () => {
    live.visible([]);
    const webhook = await startWebhook({
      namespace,
      resources: ['v1/configmaps'],
      answer: () => ({ patch: [{ op: 'add', path: '/data/more', value: '1' }] }),
    });
    try {
      await expect.poll(notChecked, soon).toHaveLength(1);
      expect(webhook.tried).toEqual([]);
      await live.check([]);
      await expect
        .poll(() => [stateOf('app/one.yaml'), stateOf('app/two.yaml')], soon)
        .toEqual(['drifted', 'drifted']);
    } finally {
      await webhook.stop();
    }
  });

  it('is not asked by who wants no dry-run sent', async () => {
    localOnly = true;
    live.hostChanged();
    await live.settled();
    const webhook = await startWebhook({
      namespace,
      resources: ['v1/configmaps'],
      answer: () => ({ patch: [] }),
    });
    try {
      live.visible(['app/one.yaml', 'app/two.yaml']);
      const patch = ['-p', '{"data":{"a":"2"}}'];
      await kubectl(['-n', namespace, 'patch', 'configmap', 'one', ...patch]);
      await expect.poll(() => stateOf('app/one.yaml'), soon).toBe('drifted');
      await new Promise(resolve => setTimeout(resolve, 4_000));
      expect(webhook.tried).toEqual([]);
      expect(live.markers('app/one.yaml')).toHaveLength(1);
    } finally {
      await webhook.stop();
    }
  });
});
