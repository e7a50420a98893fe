import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Hover } from 'vscode-languageserver-protocol';
import { requests } from '../../src/lsp/protocol.ts';
import { repositoryWith } from '../cli/fixtures.ts';
import { hushed, secretFleet } from '../cli/secret-fleet.ts';
import { type Client, startClient } from './client.ts';

describe("what a Secret's values made, in an editor", () => {
  let client: Client;
  const app = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'app' };
  const files = ['apps/app.yaml', 'apps/wrong.yaml', 'charts/api/templates/a.yaml'];

  beforeAll(async () => {
    client = await startClient({
      folder: repositoryWith(secretFleet),
      initializationOptions: { trusted: true, markers: true },
    });
    for (const file of files) await client.open(file);
    await client.compared();
  });
  afterAll(() => client.stop());

  it('is masked in hovers, documents and lenses; that it differs is said', async () => {
    const hover = async (file: string, line: number) => {
      const textDocument = { uri: client.uri(file) };
      const position = { line, character: 4 };
      return client.request<Hover | null>('textDocument/hover', { textDocument, position });
    };
    expect(JSON.stringify(await hover('apps/app.yaml', 6))).toContain('•••');
    expect(JSON.stringify(await hover('apps/app.yaml', 8))).toContain('there');
    for (const file of files) {
      const lines = client.textOf(file).split('\n').length;
      for (let line = 0; line < lines; line++) await hover(file, line);
      const textDocument = { uri: client.uri(file) };
      await client.request('textDocument/codeLens', { textDocument });
      const range = { start: { line: 0, character: 0 }, end: { line: lines, character: 0 } };
      await client.request('textDocument/inlayHint', { textDocument, range });
      await client.request('textDocument/codeAction', {
        ...{ textDocument, range },
        context: { diagnostics: [] },
      });
    }
    for (const object of [app, { ...app, name: 'api' }]) {
      const about = { environment: 'main', object };
      expect((await client.ask(requests.rendered, about)).text).toContain('•••');
      await client.ask(requests.compare, about);
    }
    for (const value of hushed) expect(client.heard).not.toContain(value);
  });
});
