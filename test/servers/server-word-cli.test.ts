import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { driftline } from '../cli/run.ts';
import { apply, kubectl } from './plane.ts';
import { startWebhook, type Webhook } from './webhook.ts';

// What a person in a terminal sees of the server's word, beside a webhook that rewrites what is in sync.

const folder = mkdtempSync(join(tmpdir(), 'driftline-word-cli-'));
const namespace = `word-cli-${Math.random().toString(36).slice(2, 8)}`;
const names = Array.from({ length: 10 }, (_, index) => `c-${index}`);
const named = (name: string, a = '1') => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data: { a },
});
let webhook: Webhook;

beforeAll(async () => {
  for (const name of names)
    writeFileSync(join(folder, `${name}.yaml`), JSON.stringify(named(name)));
  writeFileSync(
    join(folder, 'kustomization.yaml'),
    `resources: [${names.map(name => `${name}.yaml`).join()}]\n`,
  );
  writeFileSync(
    join(folder, 'driftline.yaml'),
    'version: 1\nenvironments:\n- name: production\n  source: { path: . }\n  cluster: { context: admin }\n',
  );
  await kubectl(['create', 'namespace', namespace]);
  await apply(names.map(name => named(name)));
  webhook = await startWebhook({
    namespace,
    resources: ['v1/configmaps'],
    answer: object =>
      (object.metadata as { name?: string }).name === 'c-0'
        ? { patch: [{ op: 'add', path: '/data/more', value: '1' }] }
        : { patch: [] },
  });
});

afterAll(async () => {
  await webhook?.stop();
  await kubectl(['delete', 'namespace', namespace, '--wait=false']);
  rmSync(folder, { recursive: true });
});

async function drift(...args: string[]) {
  const before = webhook.tried.length;
  const env = { KUBECONFIG: inject('plane').kubeconfig };
  const ran = await driftline(['drift', '-C', folder, '--format', 'json', ...args], { env });
  if (ran.stdout === '') throw new Error(ran.stderr);
  const [production] = JSON.parse(ran.stdout).environments as {
    counts: Record<string, number>;
    notChecked: { reason: string }[];
    objects: { object: { name: string }; state: string; confirmed: string }[];
  }[];
  return { status: ran.status, production, tried: webhook.tried.slice(before) };
}

describe('driftline drift, where a webhook rewrites what is in sync', () => {
  it('tries a few, and says of how many others it is not known', async () => {
    const { status, production, tried } = await drift('--strict');
    expect(tried).toHaveLength(8);
    expect(production?.notChecked.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^2 objects in sync were not tried on the server, where the webhook /),
    ]);
    expect([1, 3]).toContain(status);
  });

  it('tries all with --verify, and shows what the next apply would change', async () => {
    const { status, production, tried } = await drift('--verify', '--strict');
    expect(new Set(tried).size).toBe(10);
    expect(production?.notChecked).toEqual([]);
    expect(production?.objects).toMatchObject([
      { object: { name: 'c-0' }, state: 'drifted', confirmed: 'dry-run' },
    ]);
    expect(status).toBe(1);
  });

  it('tries nothing with --local, and marks what is not confirmed', async () => {
    await kubectl(['-n', namespace, 'patch', 'configmap', 'c-1', '-p', '{"data":{"a":"2"}}']);
    const { status, production, tried } = await drift('--local');
    expect(tried).toEqual([]);
    expect(production?.objects).toMatchObject([
      { object: { name: 'c-1' }, state: 'drifted', confirmed: 'local' },
    ]);
    expect(status).toBe(1);
  });
});
