import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../../src/core/cluster/cluster.ts';
import { compareObjects } from '../../src/core/drift/compare.ts';
import type { DriftInput } from '../../src/core/drift/input.ts';
import { Agreements } from '../../src/core/drift/server/agreements.ts';
import { ServerWord } from '../../src/core/drift/server/server-word.ts';
import type { DriftResult, OwnerProfile } from '../../src/core/model/drift.ts';
import type { JsonObject } from '../../src/core/model/resource.ts';
import { apply, kubectl, withNamespace } from './plane.ts';
import { configMap, deployment, WordBench } from './server-word.ts';
import { type Answer, startProxy, type WordProxy } from './word-proxy.ts';

const bench = new WordBench();
let admin: Cluster;

beforeAll(async () => {
  admin = await bench.as('admin');
});

afterAll(() => bench.close());

/** The server's word on an object, whatever was found out without it. */
async function asked(
  cluster: Cluster,
  input: DriftInput,
  state: DriftResult['state'] = 'suspect',
): Promise<DriftResult> {
  const local = await compareObjects([input], bench.options);
  const open = local.map(result => ({ ...result, state }));
  const [result] = await new ServerWord(cluster).confirm([input], open, bench.options);
  return result as DriftResult;
}

const paths = ({ paths: found }: DriftResult) => found.map(({ path, kind }) => `${path} ${kind}`);

describe('an answer of the server', () => {
  it('200 is final, whether it is the same or not', async () => {
    await withNamespace('word', async namespace => {
      await apply([configMap(namespace, { a: '1' })]);
      const same = await asked(admin, await bench.input(admin, configMap(namespace, { a: '1' })));
      expect(same).toMatchObject({ state: 'synced', confirmed: 'dry-run', paths: [] });
      const other = await asked(admin, await bench.input(admin, configMap(namespace, { a: '2' })));
      expect(other).toMatchObject({ state: 'drifted', confirmed: 'dry-run' });
    });
  });

  it('201 means that it is missing', async () => {
    await withNamespace('word', async namespace => {
      await apply([configMap(namespace, { a: '1' })]);
      const input = await bench.input(admin, configMap(namespace, { a: '2' }));
      await kubectl(['delete', 'configmap', 'conf', '-n', namespace]);
      expect(await asked(admin, input)).toMatchObject({
        state: 'missing',
        confirmed: 'dry-run',
        paths: [],
      });
      // Tried, and nothing more.
      const found = await kubectl(['get', 'configmaps', '-n', namespace, '-o', 'name']);
      expect(found.split('\n')).not.toContain('configmap/conf');
    });
  });

  it('404 means that it is missing where its namespace is gone', async () => {
    const input = await withNamespace('word', async namespace => {
      await apply([configMap(namespace, { a: '1' })]);
      return bench.input(admin, configMap(namespace, { a: '2' }));
    });
    const namespace = input.resource.namespace;
    await kubectl(['wait', '--for=delete', `namespace/${namespace}`, '--timeout=50s']);
    const result = await asked(admin, input);
    expect(result).toMatchObject({ state: 'missing', paths: [] });
    expect(result.reason).toContain(namespace);
  });

  it('500 for what cannot be read is an invalid manifest', async () => {
    await withNamespace('word', async namespace => {
      await apply([deployment(namespace, 'app:1')]);
      const { spec, ...rest } = deployment(namespace, 'app:1');
      const wrong = { ...rest, spec: { ...spec, replicaz: 1 } };
      const result = await asked(admin, await bench.input(admin, wrong));
      expect(result).toMatchObject({ state: 'invalid', confirmed: 'dry-run' });
      expect(result.reason).toMatch(/^The server refuses the manifest: .*replicaz/);
    });
  });

  it('400 of strict validation is an invalid manifest, where the client asks for it', async () => {
    await withNamespace('word', async namespace => {
      const input = JSON.stringify(deployment(namespace, 'app:1'));
      await kubectl(['apply', '-f', '-'], { input });
      const { spec, ...rest } = deployment(namespace, 'app:1');
      const wrong = { ...rest, spec: { ...spec, replicaz: 1 } };
      const by = (manager: string): OwnerProfile => ({ mode: 'csa', manager });
      const strict = await bench.input(admin, wrong, by('kubectl-client-side-apply'));
      const result = await asked(admin, strict);
      expect(result).toMatchObject({ state: 'invalid', confirmed: 'dry-run' });
      expect(result.reason).toContain('unknown field "spec.replicaz"');
      // Argo CD does not: the field is lost, and the server says so.
      const lenient = await asked(admin, await bench.input(admin, wrong, by('argocd-controller')));
      expect(lenient).toMatchObject({ state: 'invalid', confirmed: 'dry-run', paths: [] });
      expect(lenient.reason).toContain('the server drops it');
      expect(lenient.notes).toContain('The server warns: unknown field "spec.replicaz"');
    });
  });

  it('422 is drift that git cannot apply, at the fields that the server names', async () => {
    await withNamespace('word', async namespace => {
      await apply([deployment(namespace, 'app:1')]);
      const { spec, ...rest } = deployment(namespace, 'app:1');
      const labels = { app: 'web', tier: 'front' };
      const template = { ...spec.template, metadata: { labels } };
      const desired = { ...rest, spec: { ...spec, selector: { matchLabels: labels }, template } };
      const input = await bench.input(admin, desired);
      const [local] = await compareObjects([input], bench.options);
      const bare = { ...(local as DriftResult), state: 'suspect' as const, paths: [] };
      const [result] = await new ServerWord(admin).confirm([input], [bare], bench.options);
      expect(result).toMatchObject({ state: 'drifted', confirmed: 'dry-run', recreate: true });
      expect(result?.reason).toMatch(/^The server refuses this change: .*field is immutable/);
      expect(result && paths(result).join()).toContain('.spec.selector');
    });
  });

  it('401 and 403 leave the local verdict', async () => {
    await withNamespace('word', async namespace => {
      await apply([configMap(namespace, { a: '1' })]);
      const input = await bench.input(admin, configMap(namespace, { a: '2' }));
      for (const answer of [
        { status: 401, message: 'Unauthorized' },
        { status: 403, message: '' },
        {
          status: 403,
          message: 'configmaps "conf" is forbidden: User "eve" cannot patch resource "configmaps"',
        },
      ])
        await withProxy({ instead: async () => answer }, async cluster => {
          const result = await asked(cluster, input, 'drifted');
          expect(result).toMatchObject({ state: 'drifted', confirmed: 'unconfirmed' });
          expect(result.reason).toMatch(/^Not confirmed by the server/);
        });
    });
  });

  it('500 of an old entry’s version leaves the local verdict, with what to do', async () => {
    const message = 'request to convert CR to an invalid group/version: t.io/v1alpha1';
    const result = await answeredBy({ status: 500, message });
    expect(result).toMatchObject({ state: 'drifted', confirmed: 'unconfirmed' });
    expect(result.reason).toContain('migrateAPIVersion');
  });

  it('409 is asked once more, and then left alone', async () => {
    const conflict = { status: 409, message: 'the object has been modified', reason: 'Conflict' };
    expect(await answeredBy(conflict, undefined)).toMatchObject({
      state: 'drifted',
      confirmed: 'dry-run',
    });
    const result = await answeredBy(conflict, conflict);
    expect(result).toMatchObject({ state: 'drifted', confirmed: 'unconfirmed' });
    expect(result.reason).toContain('keeps changing');
  });
});

/** Runs a test with the server behind a proxy. */
async function withProxy(
  options: Parameters<typeof startProxy>[0],
  test: (cluster: Cluster, proxy: WordProxy) => Promise<void>,
): Promise<void> {
  const proxy = await startProxy(options);
  try {
    await test(await bench.asAdminAt(proxy.url), proxy);
  } finally {
    await proxy.stop();
  }
}

/** The result for a drifted object whose dry-runs are answered like this in turn; undefined is the server's own. */
async function answeredBy(...answers: (Answer | undefined)[]): Promise<DriftResult> {
  let result: DriftResult | undefined;
  await withNamespace('word', async namespace => {
    await apply([configMap(namespace, { a: '1' })]);
    const input = await bench.input(admin, configMap(namespace, { a: '2' }));
    await withProxy({ instead: async count => answers[count] }, async cluster => {
      result = await asked(cluster, input, 'drifted');
    });
  });
  return result as DriftResult;
}

describe('a busy server', () => {
  const busy = (status: number, seconds: string) => ({
    status,
    message: 'too many requests',
    headers: { 'retry-after': seconds },
  });

  it('is asked again when it says, by fewer at a time', async () => {
    await withNamespace('busy', async namespace => {
      const names = Array.from({ length: 40 }, (_, index) => `c-${index}`);
      const named = (name: string, a: string) =>
        configMap(namespace, { a }, { metadata: { name } });
      await apply(names.map(name => named(name, '1')));
      const inputs = await Promise.all(names.map(name => bench.input(admin, named(name, '2'))));
      for (const status of [429, 503]) {
        let widest = 0;
        let underWay = 0;
        const instead = async (count: number) => {
          if (count === 0) return busy(status, '1');
          if (count <= 16) return undefined;
          widest = Math.max(widest, ++underWay);
          await new Promise(resolve => setTimeout(resolve, 20));
          underWay--;
          return undefined;
        };
        await withProxy({ instead }, async (cluster, proxy) => {
          const start = Date.now();
          const { results } = await bench.compare(inputs, new ServerWord(cluster));
          expect(Date.now() - start).toBeGreaterThan(950);
          for (const result of results)
            expect(result).toMatchObject({ state: 'drifted', confirmed: 'dry-run' });
          expect(proxy.widest).toBeLessThanOrEqual(10);
          expect(widest).toBeLessThanOrEqual(4);
        });
      }
    });
  });

  it('that names a time too far away is left alone, and nothing turns green or red of it', async () => {
    await withNamespace('busy', async namespace => {
      const names = Array.from({ length: 20 }, (_, index) => `c-${index}`);
      const named = (name: string, a: string) =>
        configMap(namespace, { a }, { metadata: { name } });
      await apply(names.map(name => named(name, '1')));
      const inputs = await Promise.all(names.map(name => bench.input(admin, named(name, '2'))));
      await withProxy({ instead: async () => busy(429, '600') }, async (cluster, proxy) => {
        const word = new ServerWord(cluster);
        const { local, results } = await bench.compare(inputs, word);
        expect(results.map(({ state }) => state)).toEqual(local.map(({ state }) => state));
        expect(results.every(({ confirmed }) => confirmed === 'unconfirmed')).toBe(true);
        expect(proxy.asked.length).toBeLessThanOrEqual(10);
        word.close();
      });
    });
  });
});

describe('an object that changes meanwhile', () => {
  it('is compared as the server had it', async () => {
    await withNamespace('race', async namespace => {
      await apply([configMap(namespace, { a: '1', b: '1' })]);
      const input = await bench.input(admin, configMap(namespace, { a: '1', b: '2' }));
      await kubectl(['-n', namespace, 'patch', 'configmap', 'conf', '-p', '{"data":{"a":"9"}}']);
      const result = await asked(admin, input, 'drifted');
      expect(paths(result)).toEqual(['.data.a changed', '.data.b changed']);
      expect(result.paths[0]).toMatchObject({ live: '9', desired: '1' });
    });
  });

  it('and keeps changing is said to, after a second try', async () => {
    await withNamespace('race', async namespace => {
      await apply([configMap(namespace, { a: '1' })]);
      const input = await bench.input(admin, configMap(namespace, { a: '2' }));
      let count = 0;
      const touch = async () => {
        const patch = JSON.stringify({ data: { count: String(count++) } });
        await kubectl(['-n', namespace, 'patch', 'configmap', 'conf', '-p', patch]);
      };
      await touch();
      await withProxy({ before: touch }, async (cluster, { asked: requests }) => {
        const result = await asked(cluster, input, 'drifted');
        expect(result).toMatchObject({ state: 'drifted', confirmed: 'unconfirmed' });
        expect(result.reason).toBe('Not confirmed by the server: the object keeps changing.');
        expect(requests).toEqual(['PATCH dry-run', 'GET', 'PATCH dry-run', 'GET']);
      });
    });
  });
});

describe('what was answered', () => {
  it('is not asked again while only the status changes, and is when anything else does', async () => {
    await withNamespace('kept', async namespace => {
      await apply([deployment(namespace, 'app:1')]);
      // Its controller is done with it.
      await kubectl(['-n', namespace, 'rollout', 'status', 'deployment/web']);
      await withProxy({}, async (cluster, proxy) => {
        const word = new ServerWord(cluster);
        const desired = deployment(namespace, 'app:2');
        const ask = async () => {
          const input = await bench.input(admin, desired);
          const { local, results } = await bench.compare([input], word);
          return { results, known: local[0] && word.known(input, local[0], bench.schemas) };
        };
        const dryRuns = () => proxy.asked.filter(each => each.endsWith('dry-run')).length;
        const first = await ask();
        expect(first.known).toEqual(first.results[0]);
        const status = { status: { conditions: [{ type: 'Test', status: 'True' }] } };
        const on = ['-n', namespace, 'patch', 'deployment', 'web'];
        await kubectl([...on, '--subresource=status', '-p', JSON.stringify(status)]);
        expect((await ask()).results[0]).toMatchObject({ state: 'drifted', confirmed: 'dry-run' });
        expect(dryRuns()).toBe(1);
        await kubectl([...on, '-p', '{"metadata":{"labels":{"x":"y"}}}']);
        await ask();
        expect(dryRuns()).toBe(2);
        word.forget();
        await ask();
        expect(dryRuns()).toBe(3);
      });
    });
  });

  it('is asked once by those who want to know the same at the same time', async () => {
    await withNamespace('kept', async namespace => {
      await apply([configMap(namespace, { a: '1' })]);
      const input = await bench.input(admin, configMap(namespace, { a: '2' }));
      await withProxy({}, async (cluster, proxy) => {
        const word = new ServerWord(cluster);
        const stopped = new AbortController();
        const local = await compareObjects([input], bench.options);
        const ask = (more: object = {}) =>
          word.confirm([input], local, { ...bench.options, ...more });
        const early = ask({ signal: stopped.signal });
        const both = [ask(), ask()];
        setTimeout(() => stopped.abort(new Error('it changed')), 1);
        await expect(early).rejects.toThrow('it changed');
        for (const results of await Promise.all(both))
          expect(results[0]).toMatchObject({ state: 'drifted', confirmed: 'dry-run' });
        expect(proxy.asked).toEqual(['PATCH dry-run']);
      });
    });
  });

  it('was asked first of what a person looks at', async () => {
    await withNamespace('first', async namespace => {
      const names = Array.from({ length: 40 }, (_, index) => `c-${index}`);
      const named = (name: string, a: string) =>
        configMap(namespace, { a }, { metadata: { name } });
      await apply(names.map(name => named(name, '1')));
      const inputs = await Promise.all(names.map(name => bench.input(admin, named(name, '2'))));
      const local = await compareObjects(inputs, bench.options);
      const order: number[] = [];
      await new ServerWord(admin).confirm(inputs, local, {
        ...bench.options,
        visible: ({ name }) => name === 'c-38' || name === 'c-39',
        answered: index => void order.push(index),
      });
      expect(order).toHaveLength(40);
      expect(Math.max(order.indexOf(38), order.indexOf(39))).toBeLessThan(16);
    });
  });
});

describe('what is applied by the client', () => {
  const by = (manager: string): OwnerProfile => ({ mode: 'csa', manager });

  it('is tried with its three-way patch, and nothing is sent where that is empty', async () => {
    await withNamespace('client', async namespace => {
      const applied = (object: JsonObject) =>
        kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) });
      await applied(configMap(namespace, { a: '1', old: 'x' }));
      await withProxy({}, async (cluster, proxy) => {
        const profile = by('kubectl-client-side-apply');
        const same = await bench.input(admin, configMap(namespace, { a: '1', old: 'x' }), profile);
        expect(await asked(cluster, same)).toMatchObject({ state: 'synced', confirmed: 'dry-run' });
        expect(proxy.asked).toEqual([]);
        const other = await bench.input(admin, configMap(namespace, { a: '2' }), profile);
        const result = await asked(cluster, other);
        expect(result).toMatchObject({ state: 'drifted', confirmed: 'dry-run' });
        expect(paths(result)).toEqual(['.data.a changed', '.data.old stale']);
        expect(proxy.asked).toEqual(['PATCH dry-run']);
      });
    });
  });
});

describe('what Flux applies', () => {
  it('loses what was written with kubectl, which a dry-run alone cannot show', async () => {
    await withNamespace('flux', async namespace => {
      await apply([configMap(namespace, { a: '1' })], '--field-manager=kustomize-controller');
      await kubectl(['-n', namespace, 'patch', 'configmap', 'conf', '-p', '{"data":{"b":"1"}}']);
      const profile: OwnerProfile = { mode: 'flux', manager: 'kustomize-controller' };
      const result = await bench.confirm(admin, configMap(namespace, { a: '1' }), profile);
      expect(result).toMatchObject({ state: 'drifted', confirmed: 'dry-run' });
      expect(paths(result)).toEqual(['.data.b stale']);
    });
  });
});

describe('a later session', () => {
  it('asks only about what is not as the server agreed to it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'driftline-agreements-'));
    await withNamespace('word', async namespace => {
      await apply([configMap(namespace, { a: '1', b: '1' })]);
      let asked = 0;
      const counting = new Proxy(admin, {
        get(target, name: keyof Cluster) {
          if (name === 'dryRun') asked++;
          const value = target[name];
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
      const session = async (data: Record<string, string>) => {
        asked = 0;
        const agreements = new Agreements(folder, namespace);
        const word = new ServerWord(counting, { agreements });
        const input = await bench.input(admin, configMap(namespace, data));
        const { results } = await bench.compare([input], word);
        word.close();
        return { asked, result: results[0] };
      };
      const first = await session({ a: '2', b: '1' });
      expect(first).toMatchObject({ asked: 1, result: { state: 'drifted', confirmed: 'dry-run' } });
      expect(await session({ a: '2', b: '1' })).toEqual({ asked: 0, result: first.result });
      expect(await session({ a: '3', b: '1' })).toMatchObject({ asked: 1 });
      await kubectl(['patch', 'configmap', 'conf', '-n', namespace, '-p', '{"data":{"b":"2"}}']);
      const edited = await session({ a: '2', b: '1' });
      expect(edited).toMatchObject({ asked: 1, result: { confirmed: 'dry-run' } });
      expect(edited.result?.paths.map(({ path }) => path)).toEqual(['.data.a', '.data.b']);
    });
    rmSync(folder, { recursive: true, force: true });
  });
});
