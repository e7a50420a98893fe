import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Cluster } from '../../src/core/cluster/cluster.ts';
import { openCluster } from '../../src/core/cluster/open.ts';
import { FaultProxy, writeKubeconfig } from './fault-proxy.ts';
import { kubectl } from './plane.ts';

// What a server says of its types is read once, and then only looked at: by this process and by the next.

const plane = inject('plane');
const folder = mkdtempSync(join(tmpdir(), 'driftline-types-'));
const cache = join(folder, 'driftline', 'types');
const { XDG_CACHE_HOME } = process.env;
let proxy: FaultProxy;

beforeAll(async () => {
  process.env.XDG_CACHE_HOME = folder;
  proxy = await FaultProxy.before(plane);
  writeKubeconfig(join(folder, 'kubeconfig'), plane, proxy.url);
});
afterAll(async () => {
  if (XDG_CACHE_HOME === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = XDG_CACHE_HOME;
  await proxy.close();
  rmSync(folder, { recursive: true });
});

async function withCluster<T>(use: (cluster: Cluster) => Promise<T>): Promise<T> {
  const host = { log: () => {}, trusted: () => false, secret: () => undefined, forges: () => ({}) };
  const options = { root: '/nowhere', host, env: { KUBECONFIG: join(folder, 'kubeconfig') } };
  const answer = await openCluster({ kind: 'context', context: 'admin' }, options);
  if (!answer.ok) throw new Error(answer.reason);
  try {
    return await use(answer.cluster);
  } finally {
    answer.cluster.close();
  }
}

const answered = (isIt: (path: string) => boolean) =>
  proxy.asked.filter(({ path }) => isIt(path)).map(({ status }) => status);
const discovery = (path: string) => path === '/api' || path === '/apis';
const document = (path: string) => path.startsWith('/openapi/v3/apis/');
const types = async () => {
  proxy.asked = [];
  return withCluster(async cluster => {
    const found = await cluster.discovery();
    const described = await cluster.openApi?.({ group: 'apps', version: 'v1' });
    if (!found.ok || !described) throw new Error('no types');
    return { count: found.resources.length, paths: Object.keys(described.paths ?? {}).length };
  });
};

describe('what a server says of its types', () => {
  it('is sent once, and the next time only that it did not change', async () => {
    const before = await types();
    expect(before.count).toBeGreaterThan(50);
    expect(answered(discovery)).toEqual([200, 200]);
    expect(answered(document)).toEqual([200]);
    await expect.poll(() => readdirSync(cache).length).toBe(3);
    expect(await types()).toEqual(before);
    expect(answered(discovery)).toEqual([304, 304]);
    expect(answered(document)).toEqual([]);
  });

  it('is asked for again where what was kept is damaged, or says something else than its name', async () => {
    const before = await types();
    for (const name of readdirSync(cache)) {
      const file = join(cache, name);
      writeFileSync(file, readFileSync(file).subarray(0, 200));
    }
    expect(await types()).toEqual(before);
    expect(answered(discovery)).toEqual([200, 200]);
    expect(answered(document)).toEqual([200]);
  });

  it('is another thing as soon as a definition is installed, and the same value until then', async () => {
    const group = 'types.driftline.test';
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: `dials.${group}` },
      spec: {
        group,
        scope: 'Namespaced',
        names: { kind: 'Dial', listKind: 'DialList', plural: 'dials', singular: 'dial' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object' } },
          },
        ],
      },
    };
    await withCluster(async cluster => {
      const before = await cluster.discovery(undefined, { fresh: true });
      const again = await cluster.discovery(undefined, { fresh: true });
      expect(before.ok && again.ok && before.resources === again.resources).toBe(true);
      await kubectl(['apply', '-f', '-'], { input: JSON.stringify(definition) });
      const kinds = async () => {
        const now = await cluster.discovery(undefined, { fresh: true });
        return now.ok ? now.resources.map(({ kind }) => kind) : [];
      };
      await expect.poll(kinds, { timeout: 20_000 }).toContain('Dial');
      await kubectl(['delete', 'crd', `dials.${group}`]);
    });
  });
});
