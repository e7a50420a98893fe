import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ApplyWorkspaceEditParams, CodeAction, Hover } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { notifications, requests } from '../../src/lsp/protocol.ts';
import { type Client, eventually, startClient } from '../lsp/client.ts';
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
  let client: Client;
  let folder: Folder;
  afterEach(async () => {
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
        expect.stringMatching(
          /^\d+: staging runs slow · (changed in the cluster by )?kubectl-edit, just now$/,
        ),
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

  it('takes what runs, and leaves out what an autoscaler sets, until nothing differs', () =>
    withNamespace('lsp-act', async namespace => {
      const deployment = {
        ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } },
        spec: {
          replicas: 2,
          selector: { matchLabels: { app: 'web' } },
          template: {
            metadata: { labels: { app: 'web' } },
            spec: { containers: [{ name: 'app', image: 'web:1', args: ['a', 'b'] }] },
          },
        },
      };
      const autoscaler = {
        ...{
          apiVersion: 'autoscaling/v2',
          kind: 'HorizontalPodAutoscaler',
          metadata: { name: 'web' },
        },
        spec: {
          maxReplicas: 9,
          scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        },
      };
      const placed = (object: { metadata: object }) => ({
        ...object,
        metadata: { ...object.metadata, namespace },
      });
      folder = new Folder(kubeconfig, {
        'driftline.yaml': `version: 1
environments:
- name: staging
  source: { path: app }
  cluster: { context: admin, uid: ${uid} }
  namespace: ${namespace}
`,
        'app/web.yaml': manifests(deployment, autoscaler),
      });
      await apply(
        [placed(deployment), placed(autoscaler)],
        '--server-side',
        '--field-manager=driftline',
      );
      const json =
        '[{"op":"replace","path":"/spec/template/spec/containers/0/args","value":["a","c","b"]}]';
      const at = ['deployment', 'web', '-n', namespace];
      await kubectl(['patch', ...at, '--type=json', '-p', json, '--field-manager=kubectl-edit']);
      await kubectl(['scale', ...at, '--replicas=5']);
      client = await startClient({
        folder: folder.path,
        initializationOptions: { trusted: true, markers: true },
        env: { KUBECONFIG: kubeconfig },
      });
      const file = 'app/web.yaml';
      await client.open(file);
      const marked = await client.markers(file, ({ lines }) => lines.length === 2);
      const lineOf = (runs: RegExp) => marked.lines.find(({ text }) => runs.test(text))?.line ?? -1;
      const offered = async (key: RegExp) => {
        const start = { line: lineOf(key), character: 8 };
        const params = {
          textDocument: { uri: client.uri(file) },
          range: { start, end: start },
          context: { diagnostics: [] },
        };
        return client.request<CodeAction[]>('textDocument/codeAction', params);
      };
      const edited = async (key: RegExp, title: RegExp) => {
        const action = (await offered(key)).find(each => title.test(each.title));
        await client.request('workspace/executeCommand', action?.command);
        const asked = client.messages.findLast(({ method }) => method === 'workspace/applyEdit');
        const asking = asked?.params as ApplyWorkspaceEditParams | undefined;
        const changes = asking?.edit.changes ?? {};
        const [uri = ''] = Object.keys(changes);
        const [edit] = changes[uri] ?? [];
        const name = uri.endsWith(file) ? file : 'driftline.yaml';
        const text = TextDocument.create(uri, 'yaml', 0, client.textOf(name));
        await client.close(name);
        await client.open(name, TextDocument.applyEdits(text, edit ? [edit] : []));
        return client.textOf(name);
      };
      const position = { line: lineOf(/runs 5/), character: 5 };
      // The server's word may come later than the marker.
      await eventually(async () => {
        const asked = { textDocument: { uri: client.uri(file) }, position };
        const hover = await client.request<Hover>('textDocument/hover', asked);
        const isSaid = /confirmed by \| the API server’s dry-run at \d\d:\d\d/;
        return isSaid.test(JSON.stringify(hover)) || undefined;
      }, 'the dry-run');
      expect((await offered(/runs 5/)).map(({ title }) => title)).toEqual([
        'Take 5 into this file',
        'Remove replicas from the manifest',
        `Ignore spec.replicas: HorizontalPodAutoscaler ${namespace}/web scales this Deployment`,
        'Compare with live in staging',
        expect.stringMatching(/^Restore by syncing/),
        'Check Against the Cluster of staging',
      ]);
      expect(await edited(/runs \[a/, /^Take /)).toContain('c');
      await client.markers(file, ({ lines }) => lines.length === 1);
      expect(await edited(/runs 5/, /^Ignore /)).toContain('/spec/replicas');
      await client.compared(({ environments }) => environments[0]?.counts.synced === 2);
    }));
});
