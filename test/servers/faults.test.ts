import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { type Asked, FaultProxy } from './fault-proxy.ts';
import {
  expectNothingElse,
  expectRecoveryOf,
  expectStaleOf,
  type FaultRepository,
  fill,
  openFaultRepository,
  usual,
} from './fault-repository.ts';
import { kubectl } from './plane.ts';

// A real API server behind a network that fails: what is shown stands, says since when, and recovers by itself.

const plane = inject('plane');
const namespace = 'faults';
let proxy: FaultProxy;
let repository: FaultRepository;

beforeAll(async () => {
  await fill(plane, namespace);
}, 60_000);
afterAll(() => kubectl(['delete', 'namespace', namespace, '--wait=false']));
beforeEach(async () => {
  proxy = await FaultProxy.before(plane);
});
afterEach(async () => {
  await repository.close();
  await proxy.close();
});

const open = async () => {
  repository = await openFaultRepository(plane, proxy.url, { namespace });
  proxy.asked = [];
};
const isList = ({ watch, path }: Asked) =>
  !watch && /\/(configmaps|deployments|services)$/.test(path);
const isWatch = ({ watch }: Asked) => watch;

const expectRecovery = () => expectRecoveryOf(repository, namespace);
const expectStale = (reason: RegExp, from: number) => expectStaleOf(repository, reason, from);

describe('connections', () => {
  it('that are cut are opened anew, without a new list and without a word', async () => {
    await open();
    for (let times = 0; times < 3; times++) {
      proxy.cut();
      await new Promise(resolve => setTimeout(resolve, 2500));
    }
    expectNothingElse(repository, { never: 'stale' });
    expect(proxy.count(isList)).toBe(0);
    expect(proxy.count(isWatch)).toBeLessThanOrEqual(3 * 6);
    await expectRecovery();
  });

  it('are few: a kind is listed once, and watched by one', async () => {
    repository = await openFaultRepository(plane, proxy.url, { namespace });
    for (const kind of ['configmaps', 'deployments', 'services']) {
      const of = (isIt: (asked: Asked) => boolean) =>
        proxy.count(asked => asked.path.endsWith(`/${kind}`) && isIt(asked));
      expect([kind, of(isList), of(isWatch)]).toEqual([kind, 1, 1]);
    }
    // Kinds that the repository does not use are not asked for.
    expect(proxy.count(({ path }) => /\/(pods|nodes|events|secrets)$/.test(path))).toBe(0);
  });

  it('that are refused for a while leave what is known, as of then', async () => {
    await open();
    const began = Date.now();
    proxy.fault = () => ({ cutAfter: 0 });
    proxy.cut();
    await expectStale(/closed the connection/, began);
    await new Promise(resolve => setTimeout(resolve, 6000));
    // Three watches with longer and longer waits, and a look at who answers before each.
    expect(proxy.asked.length).toBeLessThan(120);
    proxy.fault = () => undefined;
    await expectRecovery();
    expect(proxy.count(isList)).toBe(0);
  });

  it('that are cut in the middle of a list read that page again', async () => {
    let cuts = 0;
    proxy.fault = asked => (isList(asked) && cuts++ < 2 ? { cutAfter: 40 } : undefined);
    await open();
    expect(cuts).toBeGreaterThanOrEqual(3);
    expect(repository.environment().stale).toBeUndefined();
  });

  it('that are cut in the middle of an event lose none', async () => {
    let cuts = 0;
    proxy.fault = ({ watch, path }) =>
      watch && path.endsWith('deployments') && cuts++ === 0 ? { cutAfter: 300 } : undefined;
    await open();
    await kubectl(['scale', 'deployment/web', '--replicas=3', '-n', namespace]);
    await repository.until('in sync', () => repository.states().includes('Deployment web: synced'));
    await kubectl(['scale', 'deployment/web', '--replicas=7', '-n', namespace]);
    await repository.until('drifted', () =>
      repository.states().includes('Deployment web: drifted'),
    );
    expect(cuts).toBeGreaterThan(1);
    expect(proxy.count(asked => isList(asked) && asked.path.endsWith('deployments'))).toBe(0);
  });
});

describe('a server', () => {
  it('that only answers 500 leaves what is known', async () => {
    await open();
    const began = Date.now();
    proxy.fault = () => ({ status: 500, message: 'etcdserver: request timed out' });
    proxy.cut();
    await expectStale(/500|etcdserver/, began);
    proxy.fault = () => undefined;
    await expectRecovery();
  });

  it.each([200, 302, 404, 407])(
    'before which a proxy answers %i to everything leaves what is known',
    async status => {
      await open();
      const began = Date.now();
      proxy.fault = () => ({ status, message: 'please sign in' });
      proxy.cut();
      await expectStale(/./, began);
      await new Promise(resolve => setTimeout(resolve, 4000));
      expect(repository.states()).toEqual(usual);
      proxy.fault = () => undefined;
      await expectRecovery();
    },
  );

  it('that forgot the version makes one new list, and nothing is judged anew that did not change', async () => {
    await open();
    let gone = 0;
    proxy.fault = ({ watch, path }) =>
      watch && path.endsWith('configmaps') && gone++ === 0 ? { status: 410 } : undefined;
    proxy.cut();
    await expect.poll(() => proxy.count(isList), { timeout: 10_000 }).toBe(1);
    await expectRecovery();
    expect(proxy.count(isList)).toBe(1);
  });

  it('that refuses what it allowed for a moment, as one that starts does, changes nothing', async () => {
    await open();
    const refused = (status: number) => ({ status, message: 'is forbidden: not yet' });
    proxy.fault = () => refused(403);
    proxy.cut();
    await new Promise(resolve => setTimeout(resolve, 4000));
    proxy.fault = () => undefined;
    await expectRecovery();
  });
});
