import { readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  inject,
  it,
  vi,
} from 'vitest';
import { ownersText } from '../../src/core/words/change.ts';
import { type Asked, FaultProxy, writeKubeconfig } from './fault-proxy.ts';
import {
  expectNothingElse,
  type FaultRepository,
  fill,
  openFaultRepository,
  same,
  usual,
} from './fault-repository.ts';
import { kubectlOn } from './kubectl.ts';
import { kubectl } from './plane.ts';
import { type ControlPlane, startControlPlane } from './start.ts';

// What changes about a cluster, its address and who asks, while a repository is open.

const plane = inject('plane');
const namespace = 'faults-cluster';
let other: { plane: ControlPlane; stop: () => Promise<void> };
let proxy: FaultProxy;
let repository: FaultRepository;

beforeAll(async () => {
  other = await startControlPlane(() => {});
  await fill(plane, namespace);
}, 120_000);
afterAll(async () => {
  await kubectl(['delete', 'namespace', namespace, '--wait=false']);
  await other.stop();
});
beforeEach(async () => {
  proxy = await FaultProxy.before(plane);
});
afterEach(async () => {
  await repository.close();
  await proxy.close();
});

const open = async (options: Partial<Parameters<typeof openFaultRepository>[2]> = {}) => {
  repository = await openFaultRepository(plane, proxy.url, { namespace, ...options });
  proxy.asked = [];
};
const stale = () => repository.environment().stale;
const isList = ({ watch, path }: Asked) =>
  !watch && /\/(configmaps|deployments|services)$/.test(path);
const uidOf = async (of: ControlPlane): Promise<string> =>
  JSON.parse(await kubectlOn(of, ['get', 'namespace', 'kube-system', '-o', 'json'])).metadata.uid;

describe('another cluster behind the same address', () => {
  /** It believes the same tokens, as a cluster does that was built anew by the same hands. */
  const lead = () => {
    const token = (of: ControlPlane) =>
      JSON.parse(readFileSync(of.kubeconfig, 'utf8')).users[0].user.token;
    proxy.leadTo(other.plane, { [token(plane)]: token(other.plane) });
  };

  it('is not compared with, and the first one is again when it is back', async () => {
    await open();
    const before = await repository.live.identify('admin');
    lead();
    await repository.until('blocked', () => repository.environment().phase === 'blocked');
    expect(repository.environment().reason).toMatch(/another cluster \([0-9a-f-]{36}\) answers at/);
    const shown = repository.shown().join();
    expect(shown).not.toMatch(/synced: missing|settings: missing|web: synced/);
    proxy.leadTo(plane);
    await repository.live.check([]);
    await repository.until('compared', () => same(repository.states(), usual), 45_000);
    expect(repository.environment().cluster).toMatchObject({ uid: before.uid });
  });

  it('is compared with when a person says so, and not where it is pinned', async () => {
    await open();
    lead();
    await repository.until('blocked', () => repository.environment().phase === 'blocked');
    await repository.live.check([]);
    await repository.until('compared', () => repository.environment().phase === 'compared');
    expect(repository.environment().cluster).toMatchObject({ uid: await uidOf(other.plane) });
    await repository.close();
    proxy.leadTo(plane);
    await open({ uid: await uidOf(plane) });
    lead();
    await repository.until('blocked', () => repository.environment().phase === 'blocked');
    await repository.live.check([]);
    expect(repository.environment()).toMatchObject({ phase: 'blocked' });
    expect(repository.environment().reason).toMatch(/leads to another cluster .* pinned to/);
  });

  it('is never written to', async () => {
    await open();
    const workspace = repository.live.workspace();
    const [environment] = (await workspace.discovery()).environments;
    if (!environment) throw new Error('no environment');
    const opened = await workspace.connect(environment);
    if (!opened.ok) throw new Error(opened.reason);
    lead();
    const discovery = await opened.cluster.discovery();
    const type = discovery.ok && discovery.resources.find(({ kind }) => kind === 'ConfigMap');
    if (!type) throw new Error('no ConfigMap');
    const resource = { ...type, namespace: 'default', name: 'written' };
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'written', namespace: 'default' },
    };
    const options = { expected: await uidOf(plane), manager: 'driftline', force: true };
    const answer = await opened.cluster.writer?.apply(type, object, options);
    expect(answer).toMatchObject({
      ok: false,
      status: 0,
      reason: expect.stringContaining('another cluster'),
    });
    const found = await kubectlOn(other.plane, [
      'get',
      'configmaps',
      '-n',
      'default',
      '-o',
      'name',
    ]);
    expect(found).not.toContain(resource.name);
  });
});

describe('certificates and addresses', () => {
  it('that changed are not trusted, and what was known stands', async () => {
    await open();
    proxy.show(other.plane);
    await repository.until('stale', () => stale() !== undefined);
    expect(stale()?.reason).toMatch(/certificate/);
    expect(repository.states()).toEqual(usual);
    proxy.show(plane);
    await repository.until('current', () => stale() === undefined, 45_000);
    expectNothingElse(repository);
    expect(proxy.count(isList)).toBe(0);
  });

  it('are taken from the kubeconfig as soon as it is edited, without a moment of not knowing', async () => {
    await open();
    const second = await FaultProxy.before(plane);
    try {
      writeFileSync(repository.kubeconfig, '{ "clusters": [');
      await new Promise(resolve => setTimeout(resolve, 4000));
      expectNothingElse(repository, { never: 'stale' });
      writeKubeconfig(repository.kubeconfig, plane, second.url);
      // The kinds of the repository; what admission there is is watched beside them.
      const ofKinds = ({ watch, path }: Asked) => watch && !path.includes('admissionregistration');
      await expect.poll(() => second.count(ofKinds), { timeout: 20_000 }).toBe(3);
      await repository.live.settled();
      expectNothingElse(repository);
      await expect.poll(() => proxy.connections, { timeout: 10_000 }).toBe(0);
      expect(repository.environment().cluster).toMatchObject({ server: second.url });
      // What it says of other contexts is nothing to this one.
      const config = JSON.parse(readFileSync(repository.kubeconfig, 'utf8'));
      config.contexts.push({ name: 'more', context: { cluster: 'test', user: 'admin' } });
      second.asked = [];
      writeFileSync(repository.kubeconfig, JSON.stringify(config, undefined, 2));
      await new Promise(resolve => setTimeout(resolve, 4000));
      expect(second.count(({ watch }) => watch)).toBe(0);
    } finally {
      await repository.close();
      await second.close();
    }
  });

  it('that lead nowhere after an edit leave what was known, as of then', async () => {
    await open();
    const closed = createServer();
    await new Promise<void>(resolve => closed.listen(0, '127.0.0.1', resolve));
    const { port } = closed.address() as { port: number };
    await new Promise(resolve => closed.close(resolve));
    writeKubeconfig(repository.kubeconfig, plane, `https://127.0.0.1:${port}`);
    await repository.until('stale', () => stale() !== undefined);
    expect(stale()?.reason).toMatch(/nothing listens there/);
    expect(repository.states()).toEqual(usual);
    writeKubeconfig(repository.kubeconfig, plane, proxy.url);
    await repository.until('current', () => stale() === undefined, 45_000);
    expectNothingElse(repository);
  });
});

describe('a clock that is an hour wrong', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([1, -1])('does not make changes older or younger (%i h)', async hours => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + hours * 3_600_000 });
    await open();
    // Unlike a scale, a patch writes down when it was.
    await kubectl(['patch', 'deployment/web', '-n', namespace, '-p', '{"spec":{"replicas":8}}']);
    const marked = () => repository.live.markers('production/web.yaml')[0]?.differences[0]?.path;
    await repository.until('8 replicas', () => marked()?.live === 8);
    expect(ownersText(marked()?.by ?? [], new Date())).toMatch(/^kubectl.*, just now/);
    await kubectl(['scale', 'deployment/web', '--replicas=7', '-n', namespace]);
    await repository.until('7 replicas', () => marked()?.live === 7);
    proxy.fault = () => ({ status: 500 });
    proxy.cut();
    await repository.until('stale', () => stale() !== undefined);
    const age = Date.now() - Date.parse(stale()?.since ?? '');
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThan(60_000);
  });
});

describe('kinds and namespaces', () => {
  const group = 'faults.driftline.test';
  const definition = (kind: string) => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: ${kind.toLowerCase()}s.${group} }
spec:
  group: ${group}
  names: { kind: ${kind}, listKind: ${kind}List, plural: ${kind.toLowerCase()}s, singular: ${kind.toLowerCase()} }
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties: { spec: { type: object, properties: { size: { type: integer } } } }
`;
  const custom = (kind: string) =>
    `apiVersion: ${group}/v1\nkind: ${kind}\nmetadata: { name: one, namespace: ${namespace} }\nspec: { size: 3 }\n`;

  it('come and go while the repository is open', async () => {
    const state = () => repository.states().find(text => text.startsWith('Gauge one'));
    await open({
      files: {
        'production/gauge.yaml': custom('Gauge'),
        'production/crd.yaml': definition('Gauge'),
      },
      expected: [
        'ConfigMap settings: synced',
        'CustomResourceDefinition gauges.faults.driftline.test: missing',
        'Deployment web: drifted',
        'Gauge one: missing',
        'Service web: missing',
      ],
    });
    const run = (args: string[], input: string) =>
      kubectlOn(plane, [...args, '-f', '-'], { input });
    await run(['apply', '--server-side'], definition('Gauge'));
    await kubectl(['wait', '--for=condition=Established', `crd/gauges.${group}`]);
    await run(['apply', '--server-side'], custom('Gauge'));
    await repository.until('in sync', () => state() === 'Gauge one: synced', 40_000);
    await kubectl(['delete', 'crd', `gauges.${group}`]);
    await repository.until('gone', () => state() === 'Gauge one: missing', 40_000);
    await repository.live.settled();
    proxy.asked = [];
    await new Promise(resolve => setTimeout(resolve, 5000));
    // No storm for a kind that is not there.
    expect(proxy.count(({ path }) => path.includes(group))).toBeLessThan(3);
    const kept = ['ConfigMap settings: synced', 'Deployment web: drifted', 'Service web: missing'];
    for (const text of kept) expect(repository.states()).toContain(text);
    expect(repository.shown().filter(text => !kept.every(each => text.includes(each)))).toEqual([]);
  });

  it('that are deleted make their objects missing, without a storm', async () => {
    const doomed = 'faults-doomed';
    await fill(plane, doomed);
    await open({ namespace: doomed });
    await kubectl(['delete', 'namespace', doomed]);
    await repository.until('missing', () =>
      repository.states().every(text => text.endsWith('missing')),
    );
    expect(stale()).toBeUndefined();
    expect(proxy.count(isList)).toBe(0);
    expect(proxy.asked.length).toBeLessThan(40);
  });
});

describe('several contexts at once', () => {
  it('fail and recover each by itself', async () => {
    await fill(other.plane, namespace);
    const driftline = `version: 1
environments:
- name: production
  source: { path: production }
  cluster: { context: admin }
- name: staging
  source: { path: production }
  cluster: { context: other }
`;
    const two = [plane, other.plane].map(each => JSON.parse(readFileSync(each.kubeconfig, 'utf8')));
    const [first, second] = two;
    first.clusters[0].cluster.server = proxy.url;
    const kubeconfig = {
      ...first,
      clusters: [first.clusters[0], { ...second.clusters[0], name: 'second' }],
      users: [first.users[0], { ...second.users[0], name: 'second' }],
      contexts: [
        first.contexts[0],
        { name: 'other', context: { cluster: 'second', user: 'second' } },
      ],
    };
    await open({ driftline, kubeconfig });
    const named = (name: string) =>
      repository.live.environments().find(environment => environment.name === name);
    await repository.until('both', () => named('staging')?.counts.drifted === 1);
    proxy.fault = () => ({ status: 500 });
    proxy.cut();
    await repository.until('stale', () => named('production')?.stale !== undefined);
    expect(named('staging')).not.toHaveProperty('stale');
    await kubectlOn(other.plane, ['scale', 'deployment/web', '--replicas=3', '-n', namespace]);
    await repository.until('staging goes on', () => named('staging')?.counts.drifted === 0);
    expect(named('production')?.counts).toMatchObject({ drifted: 1, synced: 1 });
    proxy.fault = () => undefined;
    await repository.until('current', () => named('production')?.stale === undefined, 45_000);
  });
});

describe('who may not see everything', () => {
  it('is compared with what may be seen, is asked for seldom, and keeps what is known', async () => {
    const reader = 'faults-reader';
    const role = ['create', 'role', reader, '-n', namespace, '--verb=get,list,watch'];
    await kubectl([...role, '--resource=configmaps,deployments.apps']);
    const one = [
      'create',
      'role',
      `${reader}-one`,
      '-n',
      namespace,
      '--verb=get',
      '--resource=services',
    ];
    await kubectl([...one, '--resource-name=web']);
    for (const name of [reader, `${reader}-one`])
      await kubectl([
        'create',
        'rolebinding',
        name,
        '-n',
        namespace,
        `--role=${name}`,
        '--user=viewer',
      ]);
    const { users } = JSON.parse(readFileSync(plane.kubeconfig, 'utf8'));
    const { user } = users.find((each: { name: string }) => each.name === 'viewer');
    await open({ user });
    expect(repository.environment().cluster).not.toHaveProperty('uid');
    proxy.fault = () => ({ status: 503, message: 'no' });
    proxy.cut();
    await repository.live.check([]);
    await repository.until('stale', () => stale() !== undefined);
    await new Promise(resolve => setTimeout(resolve, 3000));
    expect(repository.states()).toEqual(usual);
    proxy.fault = () => undefined;
    await repository.live.check([]);
    await repository.until('current', () => stale() === undefined, 60_000);
    expectNothingElse(repository);
  });
});
