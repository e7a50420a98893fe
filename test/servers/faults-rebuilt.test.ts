import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands, requests, type WorkspaceState } from '../../src/lsp/protocol.ts';
import { type Client, eventually, startClient } from '../lsp/client.ts';
import { applyOn, kubectlOn } from './kubectl.ts';
import { type StartedPlane, startControlPlane } from './start.ts';
import { configMap, Folder, manifests } from './sync-harness.ts';

// A cluster that is thrown away and built anew at the same port, with the same certificate and the same users, as
// with kind, minikube or a restored control plane: everything answers, and it is another cluster.

const namespace = 'shop';
let started: StartedPlane;
let folder: Folder;
let client: Client;

beforeAll(async () => {
  started = await startControlPlane(() => {}, {}, { controllers: false });
}, 120_000);
afterAll(async () => {
  await client?.stop();
  folder?.remove();
  await started.stop();
});

const run = (...args: string[]) => kubectlOn(started.plane, args);
const uidNow = () => run('get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}');

/** `pinned compared: settings drifted, other missing`, for each environment. */
function shown({ environments }: WorkspaceState): string[] {
  return environments.map(({ name, phase, applications }) => {
    const states = applications
      .flatMap(({ objects }) => objects)
      .map(({ resource, state }) => `${resource.name} ${state}`);
    return `${name} ${phase}: ${states.sort().join(', ')}`;
  });
}

describe('a server that was rebuilt with an empty store', () => {
  it('is not compared with and not written to, by sync, restore or take', async () => {
    const uid = await uidNow();
    const settings = configMap('settings', { level: 'info' }, namespace);
    const placed = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
    await applyOn(started.plane, [placed]);
    const edited = configMap('settings', { level: 'debug' }, namespace);
    await applyOn(
      started.plane,
      [edited, configMap('same', { a: 'b' }, namespace)],
      '--server-side',
    );
    const source = `  source: { path: app }\n  namespace: ${namespace}\n  protected: false\n`;
    folder = new Folder(started.plane.kubeconfig, {
      'driftline.yaml': `version: 1
environments:
- name: pinned
  cluster: { context: admin, uid: ${uid} }
${source}- name: loose
  cluster: { context: admin }
${source}`,
      'app/all.yaml': manifests(
        settings,
        configMap('same', { a: 'b' }, namespace),
        configMap('other', { a: 'b' }, namespace),
      ),
    });
    client = await startClient({
      folder: folder.path,
      initializationOptions: { trusted: true, markers: true },
      env: { KUBECONFIG: started.plane.kubeconfig },
    });
    await client.open('app/all.yaml');
    const before = ['other missing', 'same synced', 'settings drifted'].join(', ');
    const usual = [`pinned compared: ${before}`, `loose compared: ${before}`];
    await client.compared(state => JSON.stringify(shown(state)) === JSON.stringify(usual));
    const of = { environment: 'pinned', application: 'app', verb: 'sync' } as const;
    const plan = await client.ask(requests.syncPlan, of);
    expect(plan.cluster.uid).toBe(uid);
    const [object] = plan.changes.map(change => change.object);
    if (!object) throw new Error('nothing to sync');

    let over = false;
    const rebuilding = started.rebuild().finally(() => {
      over = true;
    });
    const seen = new Set<string>();
    const look = async () => {
      const state = await client.ask(requests.state, null);
      for (const line of shown(state)) seen.add(line);
      return state;
    };
    while (!over) {
      await look();
      await new Promise(resolve => setTimeout(resolve, 200));
    }
    await rebuilding;
    // Whatever was written now would be accepted.
    await applyOn(started.plane, [placed]);
    const other = await uidNow();
    expect(other).not.toBe(uid);
    const blocked = await eventually(
      async () => {
        const state = await look();
        return state.environments.every(({ phase }) => phase === 'blocked') ? state : undefined;
      },
      'another cluster to be noticed',
      60_000,
    );
    for (const { reason } of blocked.environments) {
      expect(reason).toMatch(/another cluster/);
      expect(reason).toContain(other);
    }
    // What was known stood until then, and nothing was said of objects after it.
    expect([...seen].filter(line => !usual.includes(line)).sort()).toEqual([
      'loose blocked: ',
      'pinned blocked: ',
    ]);
    expect((await client.markers('app/all.yaml', ({ lines }) => lines.length === 0)).lines).toEqual(
      [],
    );

    const refused = { code: 1, message: expect.stringMatching(/another cluster/) };
    // Restore by sync is a plan that a person confirms, and then this.
    await expect(client.ask(requests.syncPlan, of)).rejects.toMatchObject(refused);
    for (const confirmed of [uid, other])
      await expect(
        client.ask(requests.sync, { ...of, uid: confirmed, id: 's' }),
      ).rejects.toMatchObject(refused);
    const target = { environment: 'pinned', object, path: 'data.level' };
    await client.request('workspace/executeCommand', {
      command: commands.take,
      arguments: [target],
    });
    expect(client.messages.map(({ method }) => method)).not.toContain('workspace/applyEdit');
    expect(await run('get', 'configmaps', '-n', namespace, '-o', 'name')).toBe('');
    // A person who wants that one says so; the pinned environment stays where it is.
    await client.ask(requests.check, {});
    const [pinned, loose] = (
      await client.compared(({ environments }) =>
        environments.some(({ phase }) => phase === 'compared'),
      )
    ).environments;
    expect(pinned).toMatchObject({ phase: 'blocked' });
    expect(loose).toMatchObject({ phase: 'compared', counts: { missing: 3 } });
    await expect(
      client.ask(requests.sync, { ...of, environment: 'loose', uid, id: 't' }),
    ).rejects.toMatchObject({ code: 1 });
    expect(await run('get', 'configmaps', '-n', namespace, '-o', 'name')).toBe('');
  }, 150_000);
});
