import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CodeAction } from 'vscode-languageserver-protocol';
import { commands } from '../../src/lsp/protocol.ts';
import { write } from '../core/git/folders.ts';
import { type Client, startClient } from './client.ts';

const config = (level: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n  namespace: shop\ndata:\n  level: ${level}\n`;
const base = 'apps/web/base/config.yaml';
const overlay = 'resources:\n- ../../base\n';

let folder: string;
let client: Client;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'driftline-asking-'));
  write(folder, base, config('info'));
  write(folder, 'apps/web/base/kustomization.yaml', 'resources:\n- config.yaml\n');
  write(folder, 'apps/web/overlays/production/kustomization.yaml', overlay);
  write(folder, 'apps/web/overlays/staging/kustomization.yaml', overlay);
  write(folder, 'live/production.yaml', config('debug'));
  write(folder, 'live/staging.yaml', config('info'));
  const environment = (name: string) =>
    `- name: ${name}\n  source: {path: apps/web/overlays/${name}}\n  cluster: {snapshot: live/${name}.yaml}\n  kubernetes: "1.36"\n`;
  write(
    folder,
    'driftline.yaml',
    `version: 1\nenvironments:\n${environment('production')}${environment('staging')}`,
  );
  client = await startClient({ folder, initializationOptions: { trusted: true, markers: true } });
  await client.open(base);
  await client.markers(base, ({ lines }) => lines.length === 1);
});
afterAll(async () => {
  await client?.stop();
  await rm(folder, { recursive: true, force: true });
});

const seen = (method: string) => client.messages.filter(each => each.method === method);

describe('an edit that reaches more than it is for', () => {
  it('says in its title which other environment changes, and is then made', async () => {
    const position = { line: 6, character: 5 };
    const offered = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri: client.uri(base) },
      range: { start: position, end: position },
      context: { diagnostics: [] },
    });
    expect(offered[0]?.title).toBe('Take debug into this file, which changes staging too');
    await client.request('workspace/executeCommand', offered[0]?.command);
    expect(seen('workspace/applyEdit')).toHaveLength(1);
  });

  it('asks first where nobody was told, and is not made without an answer', async () => {
    const object = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'web' };
    await client.request('workspace/executeCommand', {
      command: commands.take,
      arguments: [{ environment: 'production', object, path: '.data.level' }],
    });
    expect(seen('window/showMessageRequest').at(-1)?.params).toMatchObject({
      message: 'This also changes ConfigMap shop/web in staging.',
      actions: [{ title: 'Take debug into this file' }],
    });
    expect(seen('workspace/applyEdit')).toHaveLength(1);
  });
});
