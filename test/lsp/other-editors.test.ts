import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CodeAction, CodeLens, Hover, InlayHint } from 'vscode-languageserver-protocol';
import { makeDemo } from '../../scripts/demo.ts';
import { notifications, requests } from '../../src/lsp/protocol.ts';
import { folderWith } from '../cli/fixtures.ts';
import { childrenOf } from './children.ts';
import { type Client, eventually, startClient } from './client.ts';

const replicas = 'apps/web/overlays/production/replicas.yaml';

describe('the demo, in an editor without our extension', () => {
  let client: Client;
  beforeAll(async () => {
    const { repository } = await makeDemo(folderWith({}));
    // As people have them: the folder is opened by a link.
    const link = join(folderWith({}), 'linked');
    symlinkSync(repository, link);
    client = await startClient({ folder: link });
    await client.open(replicas);
    await client.compared();
  });
  afterAll(() => client.stop());

  it('has markers as inlay hints at the ends of lines', async () => {
    const hints = await eventually(async () => {
      const found = await client.request<InlayHint[]>('textDocument/inlayHint', {
        textDocument: { uri: client.uri(replicas) },
        range: { start: { line: 0, character: 0 }, end: { line: 100, character: 0 } },
      });
      return /changed in/.test(String(found[0]?.label)) ? found : undefined;
    }, 'a hint');
    const asked = client.messages.map(({ method }) => method);
    expect(asked).toContain('workspace/inlayHint/refresh');
    expect(hints).toEqual([
      {
        position: { line: 6, character: 13 },
        label: '⟵ production runs 5 · changed in the cluster by kubectl (scale)',
        paddingLeft: true,
      },
    ]);
    const above = await client.request<InlayHint[]>('textDocument/inlayHint', {
      textDocument: { uri: client.uri(replicas) },
      range: { start: { line: 0, character: 0 }, end: { line: 5, character: 0 } },
    });
    expect(above).toEqual([]);
  });

  it('names addresses as the editor does', async () => {
    const { diagnostics } = await client.diagnostics(replicas, each => each.diagnostics.length > 0);
    expect(diagnostics).toHaveLength(1);
    const badges = await client.ask(requests.badges, null);
    expect(badges.map(({ uri }) => uri)).toContain(client.uri(replicas));
  });

  it('gets no command that only our editor knows', async () => {
    const position = { line: 6, character: 3 };
    const textDocument = { uri: client.uri(replicas) };
    const hover = await client.request<Hover>('textDocument/hover', { textDocument, position });
    expect(JSON.stringify(hover)).not.toContain('command:');
    const range = { start: position, end: position };
    const context = { diagnostics: [] };
    const offered = await client.request<CodeAction[]>('textDocument/codeAction', {
      ...{ textDocument, range, context },
    });
    expect(offered.map(({ title }) => title)).toEqual([
      'Take 5 into this file',
      'Ignore spec.replicas of Deployment shop/web',
    ]);
    // These the server runs itself, and every editor makes the edit.
    const [take] = offered;
    await client.request('workspace/executeCommand', take?.command);
    const asked = client.messages.findLast(({ method }) => method === 'workspace/applyEdit');
    expect(JSON.stringify(asked?.params)).toContain('"newText":"5"');
    const base = { textDocument: { uri: client.uri('apps/web/base/deployment.yaml') } };
    const [lens] = await client.request<CodeLens[]>('textDocument/codeLens', base);
    const resolved = lens && (await client.request<CodeLens>('codeLens/resolve', lens));
    expect(resolved?.command).toMatchObject({
      title: 'staging: in sync · production: 2 fields drifted',
      command: '',
    });
    const ours = Object.values(notifications).map(({ method }) => method as string);
    expect(client.messages.filter(({ method }) => ours.includes(method))).toEqual([]);
  });

  it('has files watched by the editor, and follows what changes on disk', async () => {
    expect(client.registered).toContain('workspace/didChangeWatchedFiles');
    const file = 'apps/web/overlays/production/log-level.yaml';
    const list = 'apps/web/overlays/production/kustomization.yaml';
    const patch =
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web-config\n  namespace: shop\n';
    writeFileSync(join(client.folder, file), `${patch}data:\n  LOG_LEVEL: debug\n`);
    const text = client.textOf(list);
    writeFileSync(join(client.folder, list), `${text}  - path: log-level.yaml\n`);
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [
        { uri: client.uri(file), type: 1 },
        { uri: client.uri(list), type: 2 },
      ],
    });
    await client.compared(({ environments }) =>
      environments.some(({ name, counts }) => name === 'production' && counts.drifted === 3),
    );
  });
});

describe('settings of an editor without our extension', () => {
  it('say what is shown, not whom to trust', async () => {
    const { repository } = await makeDemo(folderWith({}));
    const client = await startClient({
      folder: repository,
      configuration: { trusted: true, kubeconfig: '/elsewhere', drift: false },
    });
    await client.open(replicas);
    await client.compared();
    await expect(client.ask(requests.commitPlan, {})).rejects.toMatchObject({ code: 1 });
    await eventually(async () => {
      const { lines } = await client.ask(requests.markers, { uri: client.uri(replicas) });
      return lines.length > 0 ? lines : undefined;
    }, 'a marker');
    await new Promise(done => setTimeout(done, 300));
    const published = client.messages.filter(
      ({ method }) => method === 'textDocument/publishDiagnostics',
    );
    expect(published.map(({ params }) => params)).toEqual([
      expect.objectContaining({ diagnostics: [] }),
    ]);
    await client.stop();
  });
});

describe('two repositories', () => {
  it('are told apart; what names an environment of both is refused', async () => {
    const [one, two] = await Promise.all([makeDemo(folderWith({})), makeDemo(folderWith({}))]);
    const client = await startClient({ folder: one.repository });
    await client.connection.sendNotification('workspace/didChangeWorkspaceFolders', {
      event: { added: [{ uri: pathToFileURL(two.repository).href, name: 'two' }], removed: [] },
    });
    const both = await client.compared(({ environments }) => environments.length === 4);
    expect(both.environments.map(({ name }) => name)).toContain('production');
    const plan = client.ask(requests.syncPlan, { environment: 'production', verb: 'sync' });
    await expect(plan).rejects.toMatchObject({
      code: 1,
      message: expect.stringContaining('Two open folders have an environment named production'),
    });
    await client.connection.sendNotification('workspace/didChangeWorkspaceFolders', {
      event: { added: [], removed: [{ uri: pathToFileURL(two.repository).href, name: 'two' }] },
    });
    await client.compared(({ environments }) => environments.length === 2);
    await client.stop();
  });
});

describe('a folder that is no GitOps repository', () => {
  it('is left alone until it becomes one', async () => {
    const folder = folderWith({ 'README.md': 'hello', 'compose.yaml': 'services: {}\n' });
    const client = await startClient({
      folder,
      initializationOptions: { trusted: true, markers: true },
    });
    const none = await eventually(async () => {
      const state = await client.ask(requests.state, null);
      return state.kind === 'none' ? state : undefined;
    }, 'the answer that there is nothing');
    expect(none.reason).toContain('has no Kubernetes manifest');
    await client.open('compose.yaml');
    await new Promise(done => setTimeout(done, 300));
    const sent = client.messages.map(({ method }) => method);
    expect(sent).not.toContain('textDocument/publishDiagnostics');
    expect(childrenOf(client.process.pid)).toEqual([]);

    mkdirSync(join(folder, 'apps'));
    writeFileSync(join(folder, 'apps/new.yaml'), 'apiVersion: v1\nkind: Namespace\n');
    renameSync(join(folder, 'apps/new.yaml'), join(folder, 'apps/kustomization.yaml'));
    await client.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: client.uri('apps/kustomization.yaml'), type: 1 }],
    });
    await eventually(async () => {
      const { kind } = await client.ask(requests.state, null);
      return kind === 'ready' ? kind : undefined;
    }, 'the folder to be found');
    expect(await client.stop()).toBe(0);
  });
});
