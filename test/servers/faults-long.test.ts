import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Asked, FaultProxy } from './fault-proxy.ts';
import {
  expectRecoveryOf,
  expectStaleOf,
  type FaultRepository,
  fill,
  openFaultRepository,
  usual,
} from './fault-repository.ts';
import { kubectl } from './plane.ts';

// Faults that last as long as they do in the world: side by side, each with a namespace and a proxy of its own.

const plane = inject('plane');
const namespaces = ['faults-wait', 'faults-pulled', 'faults-slow'] as const;

beforeAll(async () => {
  for (const namespace of namespaces) await fill(plane, namespace);
}, 60_000);
afterAll(() => kubectl(['delete', 'namespace', ...namespaces, '--wait=false']));

const isList = ({ watch, path }: Asked) =>
  !watch && /\/(configmaps|deployments|services)$/.test(path);

interface Faulty {
  namespace: string;
  proxy: FaultProxy;
  repository: FaultRepository;
}

async function behindProxy(
  namespace: (typeof namespaces)[number],
  test: (faulty: Faulty) => Promise<void>,
  begin: { fault?: FaultProxy['fault']; patience?: number } = {},
): Promise<void> {
  const proxy = await FaultProxy.before(plane);
  if (begin.fault) proxy.fault = begin.fault;
  let repository: FaultRepository | undefined;
  try {
    const { patience = 60_000 } = begin;
    repository = await openFaultRepository(plane, proxy.url, { namespace, patience });
    proxy.asked = [];
    await test({ namespace, proxy, repository });
  } finally {
    await repository?.close();
    await proxy.close();
  }
}

describe.concurrent('a server', { timeout: 240_000 }, () => {
  it('that asks everybody to wait for a minute is left in peace', () =>
    behindProxy('faults-wait', async ({ namespace, proxy, repository }) => {
      const began = Date.now();
      const minute = 60_000;
      proxy.fault = () => ({ status: 429, headers: { 'retry-after': '5' } });
      proxy.cut();
      await expectStaleOf(repository, /asks to wait/, began);
      await new Promise(resolve => setTimeout(resolve, began + minute - Date.now()));
      expect(repository.states()).toEqual(usual);
      expect(Date.parse(repository.environment().stale?.since ?? '')).toBeLessThan(began + 30_000);
      // Three watches and the look at who answers, each as seldom as it was told to.
      expect(proxy.asked.length).toBeLessThan(80);
      proxy.fault = () => undefined;
      await expectRecoveryOf(repository, namespace);
      expect(proxy.count(isList)).toBe(0);
    }));

  it('that is not reached any more is noticed, though nobody ends the connections', () =>
    behindProxy('faults-pulled', async ({ namespace, proxy, repository }) => {
      const stale = () => repository.environment().stale;
      const began = Date.now();
      proxy.pull();
      await repository.until('stale', () => stale() !== undefined, 80_000);
      expect(Date.parse(stale()?.since ?? '')).toBeLessThanOrEqual(began + 30_000);
      expect(stale()?.reason).toMatch(/did not answer within 30 s/);
      expect(repository.states()).toEqual(usual);
      expect(proxy.asked.length).toBeLessThan(40);
      proxy.plug();
      await expectRecoveryOf(repository, namespace);
    }));

  it('that takes ten seconds for everything is compared with all the same', () => {
    const fault = ({ watch }: Asked) => (watch ? undefined : { delay: 10_000 });
    return behindProxy(
      'faults-slow',
      async ({ repository }) => expect(repository.environment().stale).toBeUndefined(),
      { fault, patience: 90_000 },
    );
  });
});
