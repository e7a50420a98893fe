import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  DocumentSymbol,
  FoldingRange,
  Location,
  Range,
  SymbolInformation,
  WorkspaceEdit,
} from 'vscode-languageserver-protocol';
import { makeDemo } from '../../scripts/demo.ts';
import { folderWith } from '../cli/fixtures.ts';
import { type Client, startClient } from './client.ts';

const base = 'apps/web/base/deployment.yaml';
const overlay = 'apps/web/overlays/production';

// What an editor asks of names: where they are written and used, and to write others.
describe('names in an editor', () => {
  let client: Client;
  const position = (file: string, text: string, at = 0) => {
    const lines = client.textOf(file).split('\n');
    const line = lines.findIndex(each => each.includes(text));
    if (line < 0) throw new Error(`${file} does not say ${text}`);
    return { line, character: (lines[line] ?? '').indexOf(text) + at };
  };
  const ask = <T>(method: string, file: string, text: string, more: object = {}) =>
    client.request<T>(`textDocument/${method}`, {
      textDocument: { uri: client.uri(file) },
      position: position(file, text, text.length - 1),
      ...more,
    });
  const places = (locations: readonly Location[]) =>
    locations
      .map(({ uri, range }) => `${uri.slice(client.uri('').length + 1)}:${range.start.line + 1}`)
      .sort();

  beforeAll(async () => {
    const { repository } = await makeDemo(folderWith({}));
    client = await startClient({
      folder: repository,
      initializationOptions: { trusted: true },
      capabilities: {
        workspace: { workspaceEdit: { documentChanges: true } },
        textDocument: { documentSymbol: { hierarchicalDocumentSymbolSupport: true } },
      },
    });
    for (const file of [base, `${overlay}/replicas.yaml`, `${overlay}/kustomization.yaml`])
      await client.open(file);
    await client.compared();
  });
  afterAll(() => client.stop());

  it('lead from a patch to the object that it changes', async () => {
    const found = await ask<Location[]>('definition', `${overlay}/replicas.yaml`, 'name: web');
    expect(places(found)).toEqual([`${base}:4`]);
  });

  it('have all places that mean them among their references', async () => {
    const found = await ask<Location[]>('references', base, 'name: web', {
      context: { includeDeclaration: true },
    });
    expect(places(found)).toEqual(
      expect.arrayContaining([`${base}:4`, `${overlay}/replicas.yaml:4`]),
    );
  });

  it('are renamed in all files at once', async () => {
    const prepared = await ask<{ range: Range; placeholder: string }>(
      'prepareRename',
      base,
      'name: web',
    );
    expect(prepared.placeholder).toBe('web');
    expect(prepared.range.end.character - prepared.range.start.character).toBe(3);
    const edit = await ask<WorkspaceEdit>('rename', base, 'name: web', { newName: 'shop-web' });
    const changed = (edit.documentChanges ?? []).flatMap(change =>
      'textDocument' in change ? [change] : [],
    );
    const files = changed.map(({ textDocument }) =>
      textDocument.uri.slice(client.uri('').length + 1),
    );
    expect(files).toEqual(expect.arrayContaining([base, `${overlay}/replicas.yaml`]));
    expect(changed.find(({ textDocument }) => textDocument.uri === client.uri(base))).toMatchObject(
      { textDocument: { version: 1 }, edits: [{ newText: 'shop-web' }] },
    );
  });

  it('are refused with a sentence where that is not safe', async () => {
    await expect(ask('prepareRename', base, 'replicas: 1')).rejects.toThrow(
      'Here is no name of an object, value of a label or variable that could be renamed.',
    );
    await expect(ask('rename', base, 'name: web', { newName: 'Shop Web' })).rejects.toThrow(
      /"Shop Web" is no name for it/,
    );
  });

  it('are an outline, found in the whole workspace, and folded', async () => {
    const textDocument = { uri: client.uri(base) };
    const outline = await client.request<DocumentSymbol[]>('textDocument/documentSymbol', {
      textDocument,
    });
    expect(outline.map(({ name }) => name)).toEqual(['Deployment web']);
    expect(outline[0]?.children?.map(({ name }) => name)).toEqual(['metadata', 'spec']);
    const found = await client.request<SymbolInformation[]>('workspace/symbol', {
      query: 'deployment web',
    });
    expect(found.map(({ name, location }) => [name, places([location])])).toEqual([
      ['Deployment web', [`${base}:1`]],
    ]);
    const folds = await client.request<FoldingRange[]>('textDocument/foldingRange', {
      textDocument,
    });
    const line = position(base, 'spec:').line;
    expect(folds.find(({ startLine }) => startLine === line)?.endLine).toBeGreaterThan(line + 3);
  });
});

describe('quick fixes', () => {
  it('take what only a server writes out of a manifest', async () => {
    const text =
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\n  uid: 6f1c3a52-8f0e\ndata: {a: b}\n';
    const folder = folderWith({ 'a.yaml': text });
    const client = await startClient({
      folder,
      capabilities: {
        workspace: { workspaceEdit: { documentChanges: true } },
        textDocument: { publishDiagnostics: { dataSupport: true, versionSupport: true } },
      },
    });
    await client.open('a.yaml');
    const { diagnostics } = await client.diagnostics('a.yaml', each => each.diagnostics.length > 0);
    const [diagnostic] = diagnostics;
    const actions = await client.request<{ title: string; edit: WorkspaceEdit }[]>(
      'textDocument/codeAction',
      {
        textDocument: { uri: client.uri('a.yaml') },
        range: diagnostic?.range,
        context: { diagnostics },
      },
    );
    const removal = actions.find(({ title }) => title === 'Remove uid');
    expect(removal?.edit.documentChanges).toMatchObject([
      {
        edits: [
          {
            range: { start: { line: 4, character: 0 }, end: { line: 5, character: 0 } },
            newText: '',
          },
        ],
      },
    ]);
    await client.stop();
  });
});
