import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { makeDemo } from '../../../scripts/demo.ts';
import type { Live } from '../../../src/core/live/live.ts';
import { openLive } from '../../../src/core/live/live-repository.ts';
import type { Host } from '../../../src/core/model/host.ts';

const replicas = 'apps/web/overlays/production/replicas.yaml';
const web = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' };

let folder: string;
let opened: Live[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'driftline-live-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
afterEach(async () => {
  await Promise.all(opened.map(live => live.close()));
  opened = [];
});

async function demo(name: string): Promise<string> {
  return (await makeDemo(join(folder, name))).repository;
}

async function open(directory: string, host: Partial<Host> = {}): Promise<Live> {
  const live = await openLive({
    directory,
    clusters: [],
    host: {
      log: () => {},
      trusted: () => true,
      secret: () => undefined,
      forges: () => ({}),
      ...host,
    },
  });
  opened.push(live);
  await live.settled();
  return live;
}

/** A server that counts what it is asked and answers nothing of use. */
async function listening() {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    response.writeHead(500).end();
  }).listen(0, '127.0.0.1');
  await new Promise(resolve => server.once('listening', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { requests, url, close: () => server.close() };
}

/** A kubeconfig whose context `prod` leads there. */
async function kubeconfigOf(url: string): Promise<string> {
  const file = join(folder, `kubeconfig-${new URL(url).port}`);
  const content = {
    contexts: [{ name: 'prod', context: { cluster: 'prod', user: 'me' } }],
    clusters: [{ name: 'prod', cluster: { server: url } }],
    users: [{ name: 'me', user: {} }],
  };
  await writeFile(file, JSON.stringify(content));
  return file;
}

/** `[line, 'production: .spec.replicas 3 → 5']` for each line. */
const spoken = (live: Live, file: string) =>
  live
    .markers(file)
    .map(({ line, differences }) => [
      line,
      ...differences.map(({ environment, state, path }) =>
        path
          ? `${environment}: ${path.path} ${path.desired} → ${path.live}`
          : `${environment}: ${state}`,
      ),
    ]);

describe('a repository kept current', () => {
  it('tells each environment with its applications, their revisions and health', async () => {
    const live = await open(await demo('states'));
    const [staging, production] = live.environments();
    expect(staging).toMatchObject({ name: 'staging', phase: 'compared', engine: 'flux' });
    expect(staging?.counts).toMatchObject({ drifted: 0, synced: 17 });
    expect(production?.counts).toMatchObject({ drifted: 4, missing: 1, orphan: 1 });
    const application = production?.applications.find(({ name }) => name === 'web');
    expect(application?.objects[0]?.state).toBe('drifted');
    expect(application?.deployed).toMatch(/^[0-9a-f]{40}$/);
    expect(application?.objects.map(({ resource }) => resource.name)).toContain('web-maintenance');
    expect(JSON.stringify(live.environments())).not.toContain('prod-session');
  });

  it('marks the line, follows an edit before it is saved, and its undoing', async () => {
    const live = await open(await demo('edits'));
    const text = await readFile(join(live.root, replicas), 'utf8');
    expect(spoken(live, replicas)).toEqual([[7, 'production: .spec.replicas 3 → 5']]);

    live.edit(replicas, text);
    expect(live.isCurrent(replicas)).toBe(true);
    live.edit(replicas, `# a line more\n${text.replace('replicas: 3', 'replicas: 4')}`);
    expect(live.isCurrent(replicas)).toBe(false);
    await live.settled();
    expect(live.isCurrent(replicas)).toBe(true);
    expect(spoken(live, replicas)).toEqual([[8, 'production: .spec.replicas 4 → 5']]);
    expect(live.markers(replicas)[0]?.differences[0]?.edited).toBe(true);

    live.edit(replicas, text.replace('replicas: 3', 'replicas: 5'));
    await live.settled();
    expect(live.markers(replicas)).toEqual([]);

    live.edit(replicas, undefined);
    await live.settled();
    expect(spoken(live, replicas)).toEqual([[7, 'production: .spec.replicas 3 → 5']]);
    expect(live.markers(replicas)[0]?.differences[0]?.edited).toBeUndefined();
  });

  it('ends where many edits end, whatever was under way', async () => {
    const live = await open(await demo('many'));
    const text = await readFile(join(live.root, replicas), 'utf8');
    for (let count = 10; count < 30; count++) {
      live.edit(replicas, text.replace('replicas: 3', `replicas: ${count}`));
      await new Promise(resolve => setTimeout(resolve, count));
    }
    await live.settled();
    expect(spoken(live, replicas)).toEqual([[7, 'production: .spec.replicas 29 → 5']]);
  });

  it('keeps the last answer while a text is broken, and says what is wrong with it', async () => {
    const live = await open(await demo('broken'));
    const text = await readFile(join(live.root, replicas), 'utf8');
    live.edit(replicas, text.replace('replicas: 3', 'replicas: [3'));
    const findings = await live.findings(replicas);
    expect(findings.map(({ severity }) => severity)).toContain('error');
    await live.settled();
    const production = live.environments().find(({ name }) => name === 'production');
    expect(production?.counts.unknown).toBeGreaterThan(0);
    live.edit(replicas, text);
    await live.settled();
    expect(spoken(live, replicas)).toEqual([[7, 'production: .spec.replicas 3 → 5']]);
  });

  it('finds what is wrong with a file in its present text, only there', async () => {
    const live = await open(await demo('findings'));
    const file = 'apps/web/base/deployment.yaml';
    const text = await readFile(join(live.root, file), 'utf8');
    expect(await live.findings(file)).toEqual([]);
    live.edit(file, text.replace('containerPort: 8080', 'containerPrt: 8080'));
    const findings = await live.findings(file);
    const line = text.split('\n').findIndex(each => each.includes('containerPort: 8080')) + 1;
    expect(findings).toContainEqual(
      expect.objectContaining({
        rule: 'unknown-field',
        file,
        line,
        environments: ['staging', 'production'],
      }),
    );
    expect(findings.every(finding => finding.file === file)).toBe(true);
  });

  it('takes what changes on disk: a file, a new one, one that is gone, a snapshot', async () => {
    const live = await open(await demo('disk'));
    const path = join(live.root, replicas);
    const text = await readFile(path, 'utf8');
    await writeFile(path, text.replace('replicas: 3', 'replicas: 5'));
    live.changedOnDisk([replicas]);
    await live.settled();
    expect(live.markers(replicas)).toEqual([]);

    const snapshot = join(live.root, 'live/production.yaml');
    const runs = await readFile(snapshot, 'utf8');
    await writeFile(snapshot, runs.replaceAll('replicas: 5', 'replicas: 6'));
    live.changedOnDisk(['live/production.yaml']);
    await live.settled();
    expect(spoken(live, replicas)).toEqual([[7, 'production: .spec.replicas 5 → 6']]);

    const kustomization = 'apps/web/overlays/production/kustomization.yaml';
    const said = await readFile(join(live.root, kustomization), 'utf8');
    await writeFile(
      join(live.root, 'apps/web/overlays/production/extra.yaml'),
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: extra\n  namespace: shop\n',
    );
    await writeFile(
      join(live.root, kustomization),
      said.replace('resources:', 'resources:\n  - extra.yaml'),
    );
    live.changedOnDisk([kustomization, 'apps/web/overlays/production/extra.yaml']);
    await live.settled();
    expect(spoken(live, 'apps/web/overlays/production/extra.yaml')).toEqual([
      [1, 'production: missing'],
    ]);

    await writeFile(join(live.root, kustomization), said);
    await rm(join(live.root, 'apps/web/overlays/production/extra.yaml'));
    live.changedOnDisk([kustomization, 'apps/web/overlays/production/extra.yaml']);
    await live.settled();
    expect(live.markers('apps/web/overlays/production/extra.yaml')).toEqual([]);
  });

  it('tells only what is different', async () => {
    const live = await open(await demo('news'));
    const heard: string[][] = [];
    live.onChanged(({ environments, files }) => heard.push([...environments, ...files]));
    await live.check([]);
    expect(heard).toEqual([]);
    const text = await readFile(join(live.root, replicas), 'utf8');
    live.edit(replicas, text.replace('replicas: 3', 'replicas: 4'));
    await live.settled();
    expect([...new Set(heard.flat())].sort()).toEqual([replicas, 'production']);
  });

  it('tells of an environment that is gone', async () => {
    const live = await open(await demo('gone'));
    const heard: string[] = [];
    live.onChanged(({ environments }) => heard.push(...environments));
    await rm(join(live.root, 'clusters/staging'), { recursive: true });
    await rm(join(live.root, 'driftline.yaml'));
    live.changedOnDisk(['clusters/staging', 'driftline.yaml']);
    await live.settled();
    expect(live.environments().map(({ name }) => name)).not.toContain('staging');
    expect(heard).toContain('staging');
  });

  it('says how the objects of a file stand, and which files cause drift', async () => {
    const live = await open(await demo('objects'));
    const [object] = live.objects('apps/web/base/deployment.yaml');
    expect(object).toMatchObject({ line: 1, resource: { kind: 'Deployment', name: 'web' } });
    expect(object?.environments).toMatchObject([
      { name: 'staging', state: 'synced', fields: 0 },
      { name: 'production', state: 'drifted', fields: 2, object: { namespace: 'shop' } },
    ]);
    expect(live.badges().get(replicas)).toEqual({ differences: 1, environments: ['production'] });
  });

  it('shows both sides of an object, secrets masked', async () => {
    const live = await open(await demo('sides'));
    const sides = await live.compare('production', web);
    const differing = (a: string, b: string) =>
      a.split('\n').filter(line => !b.split('\n').includes(line));
    expect(differing(sides.desired, sides.live).map(line => line.trim())).toEqual(
      ['replicas: 3', '- image: registry.example/shop/web:1.8.2']
        .map(line => line.replace('- ', ''))
        .map(line => expect.stringContaining(line)),
    );
    expect(sides.live).not.toContain('managedFields');
    const secret = { ...web, group: '', kind: 'Secret', name: 'web-session' };
    const { desired, live: runs } = await live.compare('production', secret);
    expect(desired).toMatch(/SESSION_KEY: •••\n/);
    expect(runs).toMatch(/SESSION_KEY: ••• \(changed\)\n/);
  });

  it('asks no cluster in a folder that nobody trusts, and does when it is trusted', async () => {
    const server = await listening();
    const other = await listening();
    const root = await demo('trust');
    await writeFile(
      join(root, 'driftline.yaml'),
      'version: 1\nenvironments:\n- name: production\n  cluster: { context: prod }\n- name: staging\n  cluster: { snapshot: live/staging.yaml }\n',
    );
    let kubeconfig = await kubeconfigOf(server.url);
    let trusted = false;
    const live = await open(root, { trusted: () => trusted, kubeconfig: () => kubeconfig });
    const production = () => live.environments().find(({ name }) => name === 'production');
    expect(production()).toMatchObject({
      phase: 'blocked',
      reason: expect.stringMatching(/trust/),
    });
    expect(live.environments().find(({ name }) => name === 'staging')?.phase).toBe('compared');
    await expect(live.identify('prod')).rejects.toThrow(/trust/);
    expect(server.requests).toEqual([]);
    trusted = true;
    live.hostChanged();
    await live.settled();
    expect(server.requests.length).toBeGreaterThan(0);
    expect(production()).toMatchObject({ phase: 'blocked', reason: expect.stringMatching(/500/) });
    expect(other.requests).toEqual([]);
    kubeconfig = await kubeconfigOf(other.url);
    live.hostChanged();
    await live.settled();
    expect(other.requests.length).toBeGreaterThan(0);
    server.close();
    other.close();
  });

  it('knows what the lines of a file reach, with what was changed there by hand', async () => {
    const root = await demo('reach');
    const live = await open(root);
    const reach = live.reach(replicas);
    expect(reach.at(7)).toMatchObject([
      {
        ...{ environment: 'production', application: 'web', object: web, path: '.spec.replicas' },
        liveEdit: { live: 5, by: [{ manager: 'kubectl' }] },
      },
    ]);
    expect(reach.counts().find(({ line }) => line === 7)).toMatchObject({
      objects: 1,
      liveEdits: 1,
    });
    const base = live.reach('apps/web/base/deployment.yaml');
    expect(base.counts().every(({ environments }) => environments.length <= 2)).toBe(true);
    expect(base.at(34).map(({ environment }) => environment)).toEqual(['staging', 'production']);
    expect(live.reach('README.md').why(1)).toMatch(/No environment reads/);
  });

  it('tells what texts that are not saved change, before they are', async () => {
    const root = await demo('effect');
    const live = await open(root);
    expect(await live.effect('disk')).toEqual({ environments: [] });
    const text = await readFile(join(root, replicas), 'utf8');
    live.edit(replicas, text.replace('replicas: 3', 'replicas: 4'));
    await live.settled();
    const [production, ...others] = (await live.effect('disk')).environments;
    expect(others).toEqual([]);
    expect(production).toMatchObject({ environment: 'production', protected: true });
    expect(production?.objects).toMatchObject([
      {
        ...{ object: web, change: 'change' },
        fields: [
          {
            ...{ path: '.spec.replicas', before: 3, after: 4 },
            place: { file: replicas, line: 7 },
            liveEdit: { live: 5 },
          },
        ],
      },
    ]);
    expect(production?.objects[0]?.before).toContain('replicas: 3');
    expect(production?.objects[0]?.after).toContain('replicas: 4');
    await writeFile(join(root, replicas), text.replace('replicas: 3', 'replicas: 4'));
    live.changedOnDisk([replicas]);
    await live.settled();
    expect(await live.effect('disk')).toEqual({ environments: [] });
    expect((await live.effect('commit')).environments).toMatchObject([
      { environment: 'production', objects: [{ fields: [{ before: 3, after: 4 }] }] },
    ]);
  });
});
