import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Access, Cluster, DryRunQuestion } from '../../src/core/cluster/cluster.ts';
import { ServerWord } from '../../src/core/drift/server/server-word.ts';
import type { JsonObject } from '../../src/core/model/resource.ts';
import { apply, withNamespace } from './plane.ts';
import { configMap, deployment, WordBench } from './server-word.ts';
import { startWebhook } from './webhook.ts';

const bench = new WordBench();
let admin: Cluster;

const read = { verbs: ['get', 'list', 'watch'] };
const objects = { apiGroups: ['', 'apps'], resources: ['configmaps', 'deployments'] };
const webhooks = {
  apiGroups: ['admissionregistration.k8s.io'],
  resources: ['*'],
  verbs: ['get', 'list', 'watch'],
};

beforeAll(async () => {
  admin = await bench.as('admin');
});

afterAll(() => bench.close());

/** Counts what a cluster is asked. */
function counted(cluster: Cluster) {
  const asked: (DryRunQuestion | Access)[] = [];
  const counting = new Proxy(cluster, {
    get: (target, name) => {
      const value = Reflect.get(target, name, target) as unknown;
      if (typeof value !== 'function') return value;
      return (...args: unknown[]) => {
        if (name === 'dryRun' || name === 'mayI') asked.push(args[0] as DryRunQuestion | Access);
        return value.apply(target, args) as unknown;
      };
    },
  });
  const dryRuns = () => asked.filter(each => 'send' in each).length;
  return { counting, dryRuns, reviews: () => asked.length - dryRuns() };
}

const named = (namespace: string, name: string, a: string) =>
  configMap(namespace, { a }, { metadata: { name } });

describe('who may do everything', () => {
  it('is asked about permissions once, and about each object', async () => {
    await withNamespace('full', async namespace => {
      const names = ['a', 'b', 'c'];
      await apply([
        ...names.map(name => named(namespace, name, '1')),
        deployment(namespace, 'a:1'),
      ]);
      const { counting, dryRuns, reviews } = counted(admin);
      const inputs = await Promise.all([
        ...names.map(name => bench.input(admin, named(namespace, name, '2'))),
        bench.input(admin, deployment(namespace, 'a:2')),
      ]);
      const { results } = await bench.compare(inputs, new ServerWord(counting));
      for (const result of results)
        expect(result).toMatchObject({ state: 'drifted', confirmed: 'dry-run' });
      expect({ dryRuns: dryRuns(), reviews: reviews() }).toEqual({ dryRuns: 4, reviews: 1 });
    });
  });
});

describe('who may only read', () => {
  it('gets the local verdict, not confirmed, without a single dry-run', async () => {
    await withNamespace('read', async namespace => {
      const names = ['a', 'b', 'c', 'd'];
      await apply([
        ...names.map(name => named(namespace, name, '1')),
        deployment(namespace, 'a:1'),
      ]);
      const everywhere = [{ ...objects, ...read }, webhooks];
      const { counting, dryRuns, reviews } = counted(
        await bench.asAccount(namespace, { everywhere }),
      );
      const inputs = await Promise.all([
        ...names.map(name => bench.input(counting, named(namespace, name, '2'))),
        bench.input(counting, named(namespace, 'a', '1')),
        bench.input(counting, deployment(namespace, 'a:2')),
      ]);
      const word = new ServerWord(counting);
      const { local, results } = await bench.compare(inputs, word);
      const [first, , , , same, web] = results;
      expect(first).toEqual({
        ...local[0],
        confirmed: 'unconfirmed',
        reason: `Not confirmed by the server: no permission to patch configmaps in the namespace ${namespace}.`,
      });
      expect(same).toEqual(local[4]);
      expect(web?.reason).toContain('no permission to patch deployments');
      expect(dryRuns()).toBe(0);
      // Whether everything may be done, the three kinds of admission, and patch of the two kinds.
      expect(reviews()).toBe(6);
      await bench.compare(inputs, word);
      expect(reviews()).toBe(6);
      const audited = await word.audit(inputs, results, { ...bench.options, most: 9 });
      expect(audited.results).toEqual(results);
    });
  });

  it('is shown no suspicion as a difference, but told of it', async () => {
    await withNamespace('read', async namespace => {
      await apply([named(namespace, 'a', '1')]);
      const everywhere = [{ ...objects, ...read }, webhooks];
      const cluster = await bench.asAccount(namespace, { everywhere });
      const input = await bench.input(cluster, named(namespace, 'a', '2'));
      const { local } = await bench.compare([input], new ServerWord(cluster));
      const suspect = local.map(result => ({ ...result, state: 'suspect' as const }));
      const [result] = await new ServerWord(cluster).confirm([input], suspect, bench.options);
      expect(result).toMatchObject({ state: 'synced', confirmed: 'unconfirmed', paths: [] });
      expect(result?.notes).toEqual([
        'A difference is possible at .data.a, which only the server could tell.',
      ]);
    });
  });

  it('is told of a webhook that may be the reason, and once of what could not be tried', async () => {
    await withNamespace('read', async namespace => {
      await apply([named(namespace, 'a', '1'), named(namespace, 'b', '1')]);
      const webhook = await startWebhook({
        namespace,
        resources: ['v1/configmaps'],
        answer: () => ({ patch: [] }),
      });
      try {
        const everywhere = [{ ...objects, ...read }, webhooks];
        const cluster = await bench.asAccount(namespace, { everywhere });
        const inputs = await Promise.all([
          bench.input(cluster, named(namespace, 'a', '2')),
          bench.input(cluster, named(namespace, 'b', '1')),
        ]);
        const word = new ServerWord(cluster);
        const { results } = await bench.compare(inputs, word);
        expect(results[0]?.reason).toContain(`The webhook ${webhook.name} may rewrite it.`);
        const { notReached } = await word.audit(inputs, results, { ...bench.options, most: 9 });
        expect(notReached).toHaveLength(1);
        expect(notReached[0]).toContain('it takes the permission to patch');
      } finally {
        await webhook.stop();
      }
    });
  });
});

describe('who may work in one namespace only', () => {
  it('gets the server’s word there, and the local one elsewhere', async () => {
    await withNamespace('mine', async mine => {
      await withNamespace('other', async other => {
        await apply([named(mine, 'a', '1'), named(other, 'a', '1')]);
        const inNamespace = [{ ...objects, verbs: ['get', 'list', 'watch', 'patch'] }];
        const everywhere = [{ ...objects, ...read }];
        const cluster = await bench.asAccount(mine, { inNamespace, everywhere });
        const inputs = await Promise.all([
          bench.input(cluster, named(mine, 'a', '2')),
          bench.input(cluster, named(other, 'a', '2')),
        ]);
        const { results } = await bench.compare(inputs, new ServerWord(cluster));
        expect(results.map(({ state, confirmed }) => `${state} ${confirmed}`)).toEqual([
          'drifted dry-run',
          'drifted unconfirmed',
        ]);
      });
    });
  });

  it('whose admission may not be read has one in ten of what is in sync tried, and all where one differs', async () => {
    await withNamespace('mine', async namespace => {
      const names = Array.from({ length: 12 }, (_, index) => `c-${index}`);
      await apply(names.map(name => named(namespace, name, '1')));
      const inNamespace = [{ ...objects, verbs: ['get', 'list', 'watch', 'patch'] }];
      const cluster = await bench.asAccount(namespace, { inNamespace });
      const inputs = await Promise.all(
        names.map(name => bench.input(cluster, named(namespace, name, '1'))),
      );
      const audited = async () => {
        const word = new ServerWord(cluster);
        const { results } = await bench.compare(inputs, word);
        return word.audit(inputs, results, { ...bench.options, most: 100 });
      };
      const before = await audited();
      const tried = before.results.filter(({ confirmed }) => confirmed === 'dry-run');
      expect(tried).toHaveLength(2);
      expect(before.notReached[0]).toMatch(
        /^10 objects in sync were not tried .* may not be read here \(no permission to list mutatingwebhookconfigurations\)/,
      );
      const webhook = await startWebhook({
        namespace,
        resources: ['v1/configmaps'],
        answer: () => ({ patch: [{ op: 'add', path: '/data/more', value: '1' }] }),
      });
      try {
        const after = await audited();
        expect(after.results.every(({ state }) => state === 'drifted')).toBe(true);
        expect(after.notReached).toEqual([]);
      } finally {
        await webhook.stop();
      }
    });
  });

  it('gets what may be read by name where listing is not permitted', async () => {
    await withNamespace('named', async namespace => {
      await apply([named(namespace, 'a', '1')]);
      const inNamespace = [{ ...objects, verbs: ['get'] }];
      const cluster = await bench.asAccount(namespace, { inNamespace });
      const input = await bench.input(cluster, named(namespace, 'a', '2'));
      const { results } = await bench.compare([input], new ServerWord(cluster));
      expect(results[0]).toMatchObject({ state: 'drifted', confirmed: 'unconfirmed' });
    });
  });
});

describe('who may not read Secrets', () => {
  it('is told so for each, muted, and sees everything else', async () => {
    await withNamespace('secret', async namespace => {
      const secret = (value: string): JsonObject => ({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'key', namespace },
        stringData: { key: value },
      });
      await apply([named(namespace, 'a', '1'), secret('hunter2')]);
      const inNamespace = [{ ...objects, verbs: ['get', 'list', 'watch', 'patch'] }];
      const { counting, dryRuns } = counted(await bench.asAccount(namespace, { inNamespace }));
      const inputs = await Promise.all([
        bench.input(counting, named(namespace, 'a', '2')),
        bench.input(counting, secret('other')),
      ]);
      const { results } = await bench.compare(inputs, new ServerWord(counting));
      expect(results[0]).toMatchObject({ state: 'drifted', confirmed: 'dry-run' });
      expect(results[1]).toMatchObject({ state: 'unknown' });
      expect(results[1]?.reason).toMatch(/no permission to read Secret/);
      expect(dryRuns()).toBe(1);
    });
  });

  it('sees no value of one in what is kept of the server’s word', async () => {
    await withNamespace('secret', async namespace => {
      const secret = (value: string): JsonObject => ({
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'key', namespace },
        stringData: { key: value },
      });
      await apply([secret('hunter2')]);
      const input = await bench.input(admin, secret('correct-horse'));
      const word = new ServerWord(admin);
      const { local, results } = await bench.compare([input], word);
      const known = local[0] && word.known(input, local[0], bench.schemas);
      expect(results[0]).toMatchObject({ state: 'drifted', confirmed: 'dry-run' });
      expect(known).toEqual(results[0]);
      const said = JSON.stringify([results, known]);
      for (const value of ['hunter2', 'correct-horse'])
        for (const text of [value, Buffer.from(value).toString('base64')])
          expect(said).not.toContain(text);
    });
  });
});

describe('a comparison that asks nothing', () => {
  it('gives the local verdict and leaves no trace', async () => {
    await withNamespace('local', async namespace => {
      await apply([named(namespace, 'a', '1')]);
      const { counting, dryRuns, reviews } = counted(admin);
      const input = await bench.input(admin, named(namespace, 'a', '2'));
      const word = new ServerWord(counting, { localOnly: () => true });
      const { local, results } = await bench.compare([input], word);
      expect(results).toEqual(local);
      expect(dryRuns() + reviews()).toBe(0);
    });
  });
});
