import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../../src/core/cluster/cluster.ts';
import { compareObjects } from '../../src/core/drift/compare.ts';
import type { DriftInput } from '../../src/core/drift/input.ts';
import { ServerWord } from '../../src/core/drift/server/server-word.ts';
import { isObject, type JsonObject } from '../../src/core/model/resource.ts';
import { apply, kubectl, withNamespace } from './plane.ts';
import { configMap, deployment, WordBench } from './server-word.ts';
import { startWebhook, type Verdict, type Webhook, type WebhookOptions } from './webhook.ts';

const bench = new WordBench();
let admin: Cluster;

beforeAll(async () => {
  admin = await bench.as('admin');
});

afterAll(() => bench.close());

/** Runs a test in a namespace of its own beside a webhook that speaks of that namespace. */
function withWebhook(
  options: Omit<WebhookOptions, 'namespace'>,
  test: (namespace: string, webhook: Webhook) => Promise<void>,
  before: (namespace: string) => Promise<void> = async () => {},
): Promise<void> {
  return withNamespace('hook', async namespace => {
    await before(namespace);
    const webhook = await startWebhook({ ...options, namespace });
    try {
      await test(namespace, webhook);
    } finally {
      await webhook.stop();
    }
  });
}

const add = (path: string, value: string) => ({ op: 'add', path, value });

/** Rewrites `app:1` to `mirror/app:1`, as an image mirror does. */
function mirrored(object: JsonObject): Verdict {
  const text = JSON.stringify(object);
  const path = '/spec/template/spec/containers/0/image';
  const image = /"image":"([^"]+)"/.exec(text)?.[1] ?? '';
  return { patch: image.startsWith('mirror/') ? [] : [add(path, `mirror/${image}`)] };
}

const labelled = (object: JsonObject): Verdict => {
  const labels = isObject(object.metadata) ? object.metadata.labels : undefined;
  if (isObject(labels) && labels.team === 'a') return { patch: [] };
  return {
    patch: isObject(labels)
      ? [add('/metadata/labels/team', 'a')]
      : [{ op: 'add', path: '/metadata/labels', value: { team: 'a' } }],
  };
};

describe('a webhook that rewrites what is applied', () => {
  it('makes no drift of what it rewrote before, and such a difference waits for the server from then on', async () => {
    const resources = ['apps/v1/deployments'];
    await withWebhook({ resources, answer: mirrored }, async (namespace, { tried }) => {
      await apply([deployment(namespace, 'app:1'), deployment(namespace, 'app:1', 'other')]);
      const word = new ServerWord(admin);
      const input = await bench.input(admin, deployment(namespace, 'app:1'));
      const { local, results } = await bench.compare([input], word);
      expect(local[0]).toMatchObject({ state: 'drifted' });
      expect(results[0]).toMatchObject({ state: 'synced', confirmed: 'dry-run', paths: [] });
      expect(tried).toEqual(['Deployment/web']);
      // It is in doubt for others of the kind, as long as nothing else differs.
      const other = await bench.input(admin, deployment(namespace, 'app:1', 'other'));
      const again = (await bench.compare([other], new ServerWord(admin))).local[0];
      if (!again) throw new Error('nothing compared');
      expect(word.meanwhile(again)).toMatchObject({ state: 'suspect' });
      const more = { ...deployment(namespace, 'app:1', 'other') };
      const scaled = { ...more, spec: { ...more.spec, replicas: 1 } };
      const moreInput = await bench.input(admin, scaled);
      const { local: both } = await bench.compare([moreInput], new ServerWord(admin));
      expect(both[0] && word.meanwhile(both[0])).toMatchObject({ state: 'drifted' });
    });
  });

  it('tells what the next apply really makes of another image', async () => {
    const resources = ['apps/v1/deployments'];
    await withWebhook({ resources, answer: mirrored }, async namespace => {
      await apply([deployment(namespace, 'app:1')]);
      const result = await bench.confirm(admin, deployment(namespace, 'app:2'));
      expect(result).toMatchObject({ state: 'drifted', confirmed: 'dry-run' });
      expect(result.paths.map(({ path, kind }) => `${path} ${kind}`)).toEqual([
        '.spec.template.spec.containers[name="app"].image changed',
      ]);
    });
  });

  it('shows what it adds as a side effect of applying', async () => {
    await withWebhook(
      { resources: ['v1/configmaps'], answer: labelled },
      async namespace => {
        const result = await bench.confirm(admin, configMap(namespace, { a: '2' }));
        expect(result.paths).toMatchObject([
          { path: '.data.a', kind: 'changed' },
          { path: '.metadata.labels', kind: 'missing', consequence: true },
        ]);
      },
      namespace => apply([configMap(namespace, { a: '1' })]),
    );
  });

  it('leaves an injected container alone that it puts there each time', async () => {
    const sidecar = { name: 'proxy', image: 'proxy:1' };
    const answer = (object: JsonObject): Verdict =>
      JSON.stringify(object).includes('proxy:1')
        ? { patch: [] }
        : {
            patch: [{ op: 'add', path: '/spec/template/spec/containers/-', value: sidecar }],
          };
    await withWebhook({ resources: ['apps/v1/deployments'], answer }, async namespace => {
      await apply([deployment(namespace, 'app:1')]);
      const result = await bench.confirm(admin, deployment(namespace, 'app:2'));
      expect(result.paths.map(({ path }) => path)).toEqual([
        '.spec.template.spec.containers[name="app"].image',
      ]);
    });
  });
});

describe('a webhook that cannot be asked', () => {
  it('for it has side effects leaves the local verdict, and is named', async () => {
    for (const kind of ['Mutating', 'Validating'] as const) {
      const answer = () => ({ patch: [] });
      await withWebhook(
        { kind, resources: ['v1/configmaps'], sideEffects: 'Some', answer },
        async (namespace, { name, tried }) => {
          const input = await bench.input(admin, configMap(namespace, { a: '2' }));
          const confirmed = async () =>
            (await bench.compare([input], new ServerWord(admin))).results[0];
          const reason = `Not confirmed by the server: the admission webhook ${name} does not support dry-runs.`;
          await expect
            .poll(confirmed, { timeout: 10_000 })
            .toMatchObject({ state: 'drifted', confirmed: 'unconfirmed', reason });
          expect(tried).toEqual([]);
        },
        namespace => apply([configMap(namespace, { a: '1' })]),
      );
    }
  });

  it('for it says nothing leaves the local verdict, and its kind alone for a while', async () => {
    const answer = (_: JsonObject, { dryRun }: JsonObject): Verdict =>
      dryRun ? 'silence' : { patch: [] };
    const many = Array.from({ length: 30 }, (_, index) => `c-${index}`);
    await withWebhook(
      { resources: ['v1/configmaps'], timeoutSeconds: 1, answer },
      async (namespace, { tried, name }) => {
        const inputs = await Promise.all(
          many.map(each =>
            bench.input(admin, configMap(namespace, { a: '2' }, { metadata: { name: each } })),
          ),
        );
        const word = new ServerWord(admin);
        const { results } = await bench.compare(inputs, word);
        for (const result of results)
          expect(result).toMatchObject({ state: 'drifted', confirmed: 'unconfirmed' });
        expect(results[0]?.reason).toContain(name);
        // Those that were under way when the first of them failed, and no more.
        expect(tried.length).toBeLessThanOrEqual(16);
        const asked = tried.length;
        await word.confirm(inputs, (await bench.compare(inputs, word)).local, bench.options);
        expect(tried.length).toBe(asked);
      },
      namespace =>
        apply(many.map(each => configMap(namespace, { a: '1' }, { metadata: { name: each } }))),
    );
  });

  it('for it is out of order leaves the local verdict', async () => {
    const answer = () => 'broken' as const;
    await withWebhook(
      { resources: ['v1/configmaps'], answer },
      async namespace => {
        const result = await bench.confirm(admin, configMap(namespace, { a: '2' }));
        expect(result).toMatchObject({ state: 'drifted', confirmed: 'unconfirmed' });
        expect(result.reason).toContain('failed calling webhook');
      },
      namespace => apply([configMap(namespace, { a: '1' })]),
    );
  });
});

describe('a webhook that is slow', () => {
  /** Says yes after a while; `widest` dry-runs wait for it at the same time at most. */
  const slow = (milliseconds: number) => {
    let underWay = 0;
    const seen = { widest: 0 };
    const answer = async (_: JsonObject, { dryRun }: JsonObject): Promise<Verdict> => {
      if (!dryRun) return { patch: [] };
      seen.widest = Math.max(seen.widest, ++underWay);
      await new Promise(resolve => setTimeout(resolve, milliseconds));
      underWay--;
      return { patch: [] };
    };
    return { seen, answer };
  };
  const named = (namespace: string, value: string, count: number) =>
    Array.from({ length: count }, (_, index) =>
      configMap(namespace, { a: value }, { metadata: { name: `c-${index}` } }),
    );

  it('is asked about two objects at a time, and nothing else waits for it', async () => {
    const { seen, answer } = slow(200);
    const other = (namespace: string, team: string) =>
      Array.from({ length: 12 }, (_, index) => ({
        apiVersion: 'v1',
        kind: 'ServiceAccount',
        metadata: { name: `s-${index}`, namespace, labels: { team } },
      }));
    await withWebhook(
      { resources: ['v1/configmaps'], answer },
      async (namespace, { tried }) => {
        const wanted = [...named(namespace, '2', 12), ...other(namespace, 'b')];
        const inputs = await Promise.all(wanted.map(each => bench.input(admin, each)));
        const local = await compareObjects(inputs, bench.options);
        const order: string[] = [];
        const results = await new ServerWord(admin).confirm(inputs, local, {
          ...bench.options,
          answered: index => void order.push(inputs[index]?.resource.kind ?? ''),
        });
        for (const result of results)
          expect(result).toMatchObject({ state: 'drifted', confirmed: 'dry-run' });
        expect(tried).toHaveLength(12);
        expect(seen.widest).toBe(2);
        // The kind came first and took 1.2 s.
        expect(order.slice(-6)).toEqual(Array.from({ length: 6 }, () => 'ConfigMap'));
      },
      namespace => apply([...named(namespace, '1', 12), ...other(namespace, 'a')]),
    );
  });

  it('is pressed less as soon as that is seen, where nobody may read of it', async () => {
    const { seen, answer } = slow(1200);
    await withWebhook(
      // Of those that only validate nothing is read.
      { kind: 'Validating', resources: ['v1/configmaps'], answer },
      async namespace => {
        const word = new ServerWord(admin);
        const ask = async (value: string, count: number) => {
          const wanted = named(namespace, value, count);
          const inputs = await Promise.all(wanted.map(each => bench.input(admin, each)));
          return (await bench.compare(inputs, word)).results;
        };
        expect(await ask('2', 1)).toMatchObject([{ confirmed: 'dry-run' }]);
        seen.widest = 0;
        const results = await ask('3', 4);
        expect(results.map(({ confirmed }) => confirmed)).toEqual(Array(4).fill('dry-run'));
        expect(seen.widest).toBe(2);
      },
      namespace => apply(named(namespace, '1', 4)),
    );
  });
});

describe('a policy that denies the change', () => {
  it('is drift that git cannot apply, by a webhook whatever status it gives', async () => {
    for (const code of [undefined, 400, 404, 422, 500]) {
      const answer = () => ({ deny: 'not on Fridays', ...(code ? { code } : {}) });
      await withWebhook(
        { kind: 'Validating', resources: ['v1/configmaps'], answer },
        async namespace => {
          const result = await bench.confirm(admin, configMap(namespace, { a: '2' }));
          expect(result).toMatchObject({ state: 'drifted', confirmed: 'dry-run' });
          expect(result.reason).toMatch(/^A policy blocks the change: .*not on Fridays/);
          expect(result.paths).toHaveLength(1);
        },
        namespace => apply([configMap(namespace, { a: '1' })]),
      );
    }
  });

  it('is drift that git cannot apply, by a ValidatingAdmissionPolicy', async () => {
    await withNamespace('deny', async namespace => {
      await apply([configMap(namespace, { a: '1' })]);
      const name = `deny-${namespace}`;
      const selector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
      const rules = [
        { apiGroups: [''], apiVersions: ['v1'], resources: ['configmaps'], operations: ['UPDATE'] },
      ];
      const api = 'admissionregistration.k8s.io/v1';
      await apply([
        {
          apiVersion: api,
          kind: 'ValidatingAdmissionPolicy',
          metadata: { name },
          spec: {
            matchConstraints: { resourceRules: rules, namespaceSelector: selector },
            validations: [{ expression: "object.data.a != '2'", message: 'never two' }],
          },
        },
        {
          apiVersion: api,
          kind: 'ValidatingAdmissionPolicyBinding',
          metadata: { name },
          spec: { policyName: name, validationActions: ['Deny'] },
        },
      ]);
      try {
        await expect
          .poll(() => bench.confirm(admin, configMap(namespace, { a: '2' })), { timeout: 20_000 })
          .toMatchObject({
            state: 'drifted',
            confirmed: 'dry-run',
            reason: expect.stringMatching(/^A policy blocks the change: .*never two/),
          });
      } finally {
        await kubectl([
          'delete',
          'validatingadmissionpolicybinding,validatingadmissionpolicy',
          name,
        ]);
      }
    });
  });

  it('is drift that git cannot apply, by a quota', async () => {
    await withNamespace('quota', async namespace => {
      const service = (type: string) => ({
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'web', namespace },
        spec: { type, ports: [{ port: 80 }] },
      });
      const quota = {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'none', namespace },
        spec: { hard: { 'services.nodeports': '0' } },
      };
      await apply([service('ClusterIP'), quota]);
      await expect
        .poll(() =>
          kubectl(['-n', namespace, 'get', 'resourcequota', 'none', '-ojsonpath={.status.hard}']),
        )
        .toContain('nodeports');
      const result = await bench.confirm(admin, service('NodePort'));
      expect(result).toMatchObject({ state: 'drifted', confirmed: 'dry-run' });
      expect(result.reason).toMatch(/^A policy blocks the change: .*exceeded quota/);
    });
  });
});

describe('the audit of what is in sync', () => {
  const audit = (word: ServerWord, inputs: DriftInput[], most = 10) =>
    bench
      .compare(inputs, word)
      .then(({ results }) => word.audit(inputs, results, { ...bench.options, most }));

  it('finds what a webhook would make of the next apply, once for as long as its configuration stays', async () => {
    await withWebhook(
      { resources: ['v1/configmaps'], answer: labelled },
      async (namespace, webhook) => {
        const word = new ServerWord(admin, { held: true });
        const inputs = [await bench.input(admin, configMap(namespace, { a: '1' }))];
        const { results } = await audit(word, inputs);
        expect(results[0]).toMatchObject({
          state: 'drifted',
          confirmed: 'dry-run',
          paths: [{ path: '.metadata.labels', kind: 'missing', consequence: true }],
        });
        await audit(word, inputs);
        expect(webhook.tried).toHaveLength(1);
        await webhook.touch();
        await audit(word, inputs);
        expect(webhook.tried).toHaveLength(2);
      },
      namespace => apply([configMap(namespace, { a: '1' })]),
    );
  });

  it('asks nothing where no rule, namespace or label matches', async () => {
    const more = { objectSelector: { matchLabels: { inject: 'yes' } } };
    await withWebhook(
      { resources: ['v1/configmaps'], answer: labelled, more },
      async (namespace, { tried }) => {
        const inputs = await Promise.all([
          bench.input(admin, configMap(namespace, { a: '1' })),
          bench.input(admin, deployment(namespace, 'app:1')),
        ]);
        const { notReached } = await audit(new ServerWord(admin), inputs);
        expect(tried).toEqual([]);
        expect(notReached).toEqual([]);
      },
      namespace => apply([configMap(namespace, { a: '1' }), deployment(namespace, 'app:1')]),
    );
  });

  it('tries what changed last first, two in a second, and says what it did not reach', async () => {
    const names = ['first', 'second', 'third', 'fourth'];
    const made = (namespace: string, name: string) =>
      configMap(namespace, { a: '1' }, { metadata: { name } });
    await withWebhook(
      { resources: ['v1/configmaps'], answer: () => ({ patch: [] }) },
      async (namespace, { tried, name }) => {
        const inputs = await Promise.all(
          names.map(each => bench.input(admin, made(namespace, each))),
        );
        const start = Date.now();
        const { results, notReached } = await audit(new ServerWord(admin), inputs, 3);
        expect(Date.now() - start).toBeGreaterThan(950);
        expect(tried).toEqual(['ConfigMap/fourth', 'ConfigMap/third', 'ConfigMap/second']);
        expect(results.map(({ confirmed }) => confirmed)).toEqual([
          'local',
          'dry-run',
          'dry-run',
          'dry-run',
        ]);
        expect(notReached).toHaveLength(1);
        expect(notReached[0]).toMatch(/^1 object in sync was not tried/);
        expect(notReached[0]).toContain(name);
      },
      async namespace => {
        for (const name of names) {
          await apply([made(namespace, name)]);
          // Times of managedFields are whole seconds.
          await new Promise(resolve => setTimeout(resolve, 1100));
        }
      },
    );
  });

  it('finds what a MutatingAdmissionPolicy would make of the next apply, where a binding brings it into force', async () => {
    await withNamespace('policy', async namespace => {
      await apply([configMap(namespace, { a: '1' })]);
      const name = `label-${namespace}`;
      const api = 'admissionregistration.k8s.io/v1';
      const policy = {
        apiVersion: api,
        kind: 'MutatingAdmissionPolicy',
        metadata: { name },
        spec: {
          reinvocationPolicy: 'Never',
          matchConstraints: {
            namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
            resourceRules: [
              {
                apiGroups: [''],
                apiVersions: ['v1'],
                resources: ['configmaps'],
                operations: ['CREATE', 'UPDATE'],
              },
            ],
          },
          mutations: [
            {
              patchType: 'ApplyConfiguration',
              applyConfiguration: {
                expression: 'Object{metadata: Object.metadata{labels: {"team": "a"}}}',
              },
            },
          ],
        },
      };
      const binding = {
        apiVersion: api,
        kind: 'MutatingAdmissionPolicyBinding',
        metadata: { name },
        spec: { policyName: name },
      };
      try {
        await apply([policy]);
        const inputs = [await bench.input(admin, configMap(namespace, { a: '1' }))];
        const unbound = await audit(new ServerWord(admin), inputs);
        expect(unbound.results[0]).toMatchObject({ state: 'synced', confirmed: 'local' });
        await apply([binding]);
        await expect
          .poll(async () => (await audit(new ServerWord(admin), inputs)).results[0], {
            timeout: 20_000,
          })
          .toMatchObject({
            state: 'drifted',
            confirmed: 'dry-run',
            paths: [{ path: '.metadata.labels', consequence: true }],
          });
      } finally {
        await kubectl([
          'delete',
          'mutatingadmissionpolicybinding,mutatingadmissionpolicy',
          name,
          '--ignore-not-found',
        ]);
      }
    });
  });
});
