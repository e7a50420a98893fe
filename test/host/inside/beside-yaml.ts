import { deepStrictEqual, equal, ok } from 'node:assert/strict';
import * as vscode from 'vscode';
import { driftline, open } from './extension.ts';
import { eventually, type InsideTest } from './test.ts';

const deployment = 'apps/web/base/deployment.yaml';

/** Beside an extension that completes and explains YAML as Red Hat's does, its schema settings on or off. */
export const besideYaml: readonly InsideTest[] = [
  {
    name: 'a field is offered once, whoever offers it',
    run: async () => {
      const { document } = await begin();
      const line = document.getText().split('\n').indexOf('  replicas: 1');
      const at = new vscode.Position(line, 2);
      const items = await eventually('fields', async () => {
        const found = await offered(document, at);
        return found.includes('replicas') || found.includes('strategy') ? found : undefined;
      });
      // The field that is there already is only offered where its word is replaced.
      equal(items.filter(label => label === 'replicas').length, 1, items.join());
    },
  },
  {
    name: 'names of the repository are offered in any case',
    run: async () => {
      const { document } = await begin();
      const lines = document.getText().split('\n');
      const line = lines.findIndex(each => /^\s*image:/.test(each));
      const column = (lines[line] ?? '').indexOf('image:') + 'image: '.length;
      const image = (lines[line] ?? '').slice(column);
      const items = await eventually('an image', async () => {
        const found = await offered(document, new vscode.Position(line, column));
        return found.includes(image) ? found : undefined;
      });
      deepStrictEqual(items.filter(label => label === image).length, 1);
    },
  },
  {
    name: 'a field is explained once',
    run: async () => {
      const { document } = await begin();
      const line = document.getText().split('\n').indexOf('  replicas: 1');
      const said = await eventually('a hover', async () => {
        const text = await explained(document, new vscode.Position(line, 4));
        return /Number of desired pods/.test(text) ? text : undefined;
      });
      equal(said.split('Number of desired pods').length - 1, 1, said);
      ok(said.includes('spec.replicas') || said.includes('replicas'), said);
    },
  },
];

async function begin(): Promise<vscode.TextEditor> {
  await eventually('the extension to be active', driftline);
  await eventually('the YAML extension', () =>
    vscode.extensions.getExtension('redhat.vscode-yaml'),
  );
  return open(deployment);
}

async function offered(document: vscode.TextDocument, at: vscode.Position): Promise<string[]> {
  const list = await vscode.commands.executeCommand<vscode.CompletionList>(
    'vscode.executeCompletionItemProvider',
    document.uri,
    at,
  );
  return list.items
    .filter(({ kind }) => kind !== vscode.CompletionItemKind.Text)
    .map(({ label }) => (typeof label === 'string' ? label : label.label));
}

async function explained(document: vscode.TextDocument, at: vscode.Position): Promise<string> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    at,
  );
  return hovers
    .flatMap(({ contents }) => contents)
    .map(each => (typeof each === 'string' ? each : each.value))
    .join('\n');
}
