import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { notifications, requests } from '../../src/lsp/protocol.ts';
import { type Client, startClient } from '../lsp/client.ts';
import { apply, kubectl, withNamespace } from './plane.ts';
import { configMap, Folder, manifests } from './sync-harness.ts';

// The language server on a real API server: what is edited by hand is marked, and a sync takes the marker away.

const { kubeconfig } = inject('plane');
let uid: string;
beforeAll(async () => {
  uid = await kubectl(['get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}']);
});

const texts = (lines: { line: number; text: string }[]) =>
  lines.map(({ line, text }) => `${line + 1}: ${text}`);

describe('the language server on a real cluster', () => {
  let client: Client | undefined;
  let folder: Folder | undefined;
  afterAll(async () => {
    await client?.stop();
    folder?.remove();
  });

  it('marks what was edited by hand, and a sync takes the marker away', () =>
    withNamespace('lsp', async namespace => {
      const settings = configMap('settings', { mode: 'fast' });
      const live = { ...settings, metadata: { ...(settings.metadata as object), namespace } };
      folder = new Folder(kubeconfig, {
        'driftline.yaml': `version: 1
environments:
- name: staging
  source: { path: app }
  cluster: { context: admin, uid: ${uid} }
  namespace: ${namespace}
  protected: true
`,
        'app/settings.yaml': manifests(settings),
      });
      await apply([live], '--server-side', '--field-manager=driftline');
      client = await startClient({
        folder: folder.path,
        initializationOptions: { trusted: true, markers: true },
        env: { KUBECONFIG: kubeconfig },
      });
      const file = 'app/settings.yaml';
      await client.open(file);
      await client.compared(({ environments }) => environments[0]?.counts.synced === 1);

      const patch = '{"data":{"mode":"slow"}}';
      const edit = ['patch', 'configmap', 'settings', '-n', namespace, '--type=merge', '-p', patch];
      await kubectl([...edit, '--field-manager=kubectl-edit']);
      const marked = await client.markers(file, ({ lines }) => lines.length > 0);
      expect(texts(marked.lines)).toEqual([
        expect.stringMatching(/^\d+: staging runs slow · kubectl-edit, just now$/),
      ]);

      const of = { environment: 'staging', verb: 'sync' } as const;
      const plan = await client.ask(requests.syncPlan, of);
      expect(plan).toMatchObject({ protected: true, cluster: { context: 'admin', uid } });
      expect(plan.changes).toMatchObject([{ change: 'update', object: { name: 'settings' } }]);
      const run = { ...of, uid, id: 's1' };
      const refused = expect.objectContaining({ code: 1 });
      await expect(client.ask(requests.sync, run)).rejects.toEqual(refused);
      await expect(
        client.ask(requests.sync, { ...run, uid: 'other', confirmation: 'staging' }),
      ).rejects.toEqual(refused);
      expect(
        await kubectl(['get', 'configmap', 'settings', '-n', namespace, '-o', 'yaml']),
      ).toContain('mode: slow');

      const outcome = await client.ask(requests.sync, { ...run, confirmation: 'staging' });
      expect(outcome.applications).toMatchObject([{ kind: 'succeeded' }]);
      expect(client.messages.map(({ method }) => method)).toContain(notifications.progress.method);
      expect((await client.markers(file, ({ lines }) => lines.length === 0)).lines).toEqual([]);
      await client.diagnostics(file, ({ diagnostics }) => diagnostics.length === 0);
    }));
});
