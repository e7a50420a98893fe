import { deepStrictEqual, equal, match, ok } from 'node:assert/strict';
import * as vscode from 'vscode';
import { driftline, open } from './extension.ts';
import { eventually, eventuallyEqual, type InsideTest } from './test.ts';

const replicas = 'apps/web/overlays/production/replicas.yaml';
const deployment = 'apps/web/base/deployment.yaml';

/** In the demo repository, of whose production four objects drifted. */
export const gitops: readonly InsideTest[] = [
  {
    name: 'starts by itself in a GitOps repository',
    run: async () => {
      await eventually('the extension to be active', driftline);
    },
  },
  {
    name: 'shows drift as information on the line that causes it',
    run: async () => {
      const { document } = await open(replicas);
      await eventuallyEqual(['7:3-7:14 Information field-changed'], () =>
        diagnostics(document).map(placed),
      );
      const [drift] = diagnostics(document);
      match(drift?.message ?? '', /^production runs 5, the repository says 3\b/);
    },
  },
  {
    name: 'underlines a wrong value as it is typed, and nothing once it is mended',
    run: async () => {
      const editor = await open(deployment);
      const errors = () => diagnostics(editor.document).filter(isError).map(placed);
      await eventuallyEqual([], errors);
      const line = editor.document.getText().split('\n').indexOf('  replicas: 1');
      const value = new vscode.Range(line, 12, line, 13);
      await editor.edit(edit => edit.replace(value, 'many'));
      await eventuallyEqual([`${line + 1}:13-${line + 1}:17`], () =>
        errors().map(text => text.split(' ')[0]),
      );
      equal(editor.document.isDirty, true);
      await vscode.commands.executeCommand('undo');
      await eventuallyEqual([], errors);
      await vscode.commands.executeCommand('workbench.action.files.revert');
    },
  },
  {
    name: 'tells in the hover what each environment runs and who changed it',
    run: async () => {
      const { document } = await open(replicas);
      const text = await eventually('a hover', () => hover(document, new vscode.Position(6, 4)));
      match(text, /spec\.replicas/);
      match(text, /production/);
      match(text, /\b5\b/);
      match(text, /kubectl/);
      match(text, /confirmed by/);
      const actions = [
        'Compare',
        'Take 5 into this file',
        'Restore by Sync…',
        'Ignore This Difference',
      ];
      for (const action of actions) ok(text.includes(`[${action}](command:`), `${action}: ${text}`);
    },
  },
  {
    name: 'takes what runs into the text of the editor, and nothing is written to the disk',
    run: async () => {
      const { document } = await open(replicas);
      await eventually('drift', () => diagnostics(document)[0]);
      const line = document.getText().split('\n').indexOf('  replicas: 3');
      const position = new vscode.Position(line, 12);
      const offered = await vscode.commands.executeCommand<vscode.CodeAction[]>(
        'vscode.executeCodeActionProvider',
        document.uri,
        new vscode.Range(position, position),
      );
      const take = offered.find(({ title }) => title === 'Take 5 into this file');
      ok(take?.command, offered.map(({ title }) => title).join());
      await vscode.commands.executeCommand(take.command.command, ...(take.command.arguments ?? []));
      await eventuallyEqual('  replicas: 5', () => document.lineAt(line).text);
      equal(document.isDirty, true);
      await eventuallyEqual([], () => diagnostics(document).map(placed));
      await vscode.commands.executeCommand('workbench.action.files.revert');
      await eventuallyEqual('  replicas: 3', () => document.lineAt(line).text);
    },
  },
  {
    name: 'writes the rule that leaves a difference out, of the line of the cursor',
    run: async () => {
      const editor = await open(replicas);
      const { document } = editor;
      await eventually('drift', () => diagnostics(document)[0]);
      const line = document.getText().split('\n').indexOf('  replicas: 3');
      editor.selection = new vscode.Selection(line, 4, line, 4);
      await vscode.commands.executeCommand('driftline.ignoreDifference');
      const rules = () =>
        vscode.workspace.textDocuments.find(({ fileName }) => fileName.endsWith('driftline.yaml'));
      await eventually(
        'the rule',
        () => rules()?.getText().includes('- /spec/replicas') || undefined,
      );
      equal(rules()?.isDirty, true);
      await eventuallyEqual([], () => diagnostics(document).map(placed));
      await vscode.window.showTextDocument(rules() as vscode.TextDocument);
      await vscode.commands.executeCommand('workbench.action.files.revert');
      await eventually('drift again', () => diagnostics(document)[0]);
    },
  },
  {
    name: 'never shows the value of a Secret in hover, marker text or diagnostic',
    run: async () => {
      const { document } = await open('apps/web/base/secret.yaml');
      await eventually('drift of the Secret', () => diagnostics(document)[0]);
      const text = await eventually('a hover', () => hover(document, new vscode.Position(7, 6)));
      const said = diagnostics(document).map(({ message }) => message);
      const shown = [text, ...said].join('\n');
      match(shown, /•••/);
      ok(!/not-a-secret|bm90LWEt/.test(shown), shown);
    },
  },
  {
    name: 'puts a lens on each object with its state in every environment',
    run: async () => {
      const { document } = await open('apps/web/base/configmap.yaml');
      const titles = await eventually('a code lens', async () => {
        const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
          'vscode.executeCodeLensProvider',
          document.uri,
          10,
        );
        const found = lenses.map(({ command }) => command?.title ?? '').join(' | ');
        return found.includes('drifted') ? found : undefined;
      });
      match(titles, /production/);
      match(titles, /staging.*in sync/);
    },
  },
  {
    name: 'compares with what runs in two read-only documents, secrets masked',
    run: async () => {
      const editor = await open('apps/web/base/secret.yaml');
      editor.selection = new vscode.Selection(7, 2, 7, 2);
      await vscode.commands.executeCommand('driftline.compare');
      const { original, modified } = await eventually('a diff editor', comparedDocuments);
      const texts = await Promise.all(
        [original, modified].map(async uri =>
          (await vscode.workspace.openTextDocument(uri)).getText(),
        ),
      );
      for (const text of texts) {
        match(text, /kind: Secret/);
        match(text, /SESSION_KEY: .*•••/);
        ok(!/not-a-secret|bm90LWEt|managedFields/.test(text), text);
      }
      ok(texts[0] !== texts[1], 'both sides are the same');
      for (const uri of [original, modified])
        equal(vscode.workspace.fs.isWritableFileSystem(uri.scheme), undefined);
    },
  },
  {
    name: 'opens what an environment gets at the field of the line, and goes from there to the line',
    run: async () => {
      const editor = await open(replicas);
      editor.selection = new vscode.Selection(6, 4, 6, 4);
      await vscode.commands.executeCommand('driftline.openRendered', editor.document.uri);
      const shown = await eventually('the rendered object', () => {
        const active = vscode.window.activeTextEditor;
        return active?.document.uri.scheme === 'driftline-rendered' ? active : undefined;
      });
      const { document, selection } = shown;
      equal(document.lineAt(selection.active.line).text.trim(), 'replicas: 3');
      equal(document.languageId, 'yaml');
      match(document.uri.path, /^\/shop\/production · Deployment web\.yaml$/);
      equal(vscode.workspace.fs.isWritableFileSystem(document.uri.scheme), undefined);
      const definitions = await definitionsOf(document.uri, selection.active);
      deepStrictEqual(definitions, [`${replicas}:7`]);
    },
  },
  {
    name: 'links each step of the chain in a hover to its line',
    run: async () => {
      const { document } = await open(replicas);
      const text = await eventually('a hover', () => hover(document, new vscode.Position(6, 4)));
      match(
        text,
        /this line → \[production\/kustomization\.yaml:9\]\(file:.*kustomization\.yaml#L9/,
      );
      match(text, /\*\*production\*\*: \[base\/deployment\.yaml:8\]\(file:.*deployment\.yaml#L8/);
    },
  },
  {
    name: 'leads from a name in a kustomization to the file',
    run: async () => {
      const { document } = await open('apps/web/overlays/production/kustomization.yaml');
      const found = await eventually('the definition', async () => {
        const all = await definitionsOf(document.uri, new vscode.Position(3, 8));
        return all.length > 0 ? all : undefined;
      });
      deepStrictEqual(found, ['apps/web/base/kustomization.yaml:1']);
    },
  },
  {
    name: 'shows what an edit changes before it is saved, and follows it',
    run: async () => {
      const { document } = await open(replicas);
      const type = (text: string) => {
        const edit = new vscode.WorkspaceEdit();
        edit.replace(document.uri, new vscode.Range(6, 12, 6, 13), text);
        return vscode.workspace.applyEdit(edit);
      };
      await type('4');
      equal(document.isDirty, true);
      await vscode.commands.executeCommand('driftline.previewEffect');
      const { original, modified } = await eventually('a diff editor', () => {
        const shown = comparedDocuments();
        return shown?.modified.scheme === 'driftline-effect' ? shown : undefined;
      });
      const text = async (uri: vscode.Uri) =>
        /replicas: \d/.exec((await vscode.workspace.openTextDocument(uri)).getText())?.[0];
      await eventuallyEqual(['replicas: 3', 'replicas: 4'], async () => [
        await text(original),
        await text(modified),
      ]);
      await type('6');
      await eventuallyEqual('replicas: 6', () => text(modified));
      await open(replicas);
      await vscode.commands.executeCommand('workbench.action.files.revert');
    },
  },
  {
    name: 'counts above a block what it reaches, and finds all of it as references',
    run: async () => {
      const { document } = await open('apps/web/base/configmap.yaml');
      const titles = await eventually('a code lens', async () => {
        const lenses = await vscode.commands.executeCommand<vscode.CodeLens[]>(
          'vscode.executeCodeLensProvider',
          document.uri,
          10,
        );
        const found = lenses.map(({ command }) => command?.title ?? '');
        return found.some(title => title.startsWith('reaches')) ? found : undefined;
      });
      ok(titles.includes('reaches 2 objects in 2 environments · 1 edited by hand'), titles.join());
      const used = await vscode.commands.executeCommand<vscode.Location[]>(
        'vscode.executeReferenceProvider',
        document.uri,
        new vscode.Position(6, 4),
      );
      const paths = used.map(({ uri }) => uri.path).sort();
      deepStrictEqual(paths, [
        '/shop/production · ConfigMap web-config.yaml',
        '/shop/staging · ConfigMap web-config.yaml',
      ]);
    },
  },
  {
    name: 'has every command of the palette, and no others',
    run: async () => {
      const declared: { command: string }[] = driftline()?.packageJSON.contributes.commands ?? [];
      const known = await vscode.commands.getCommands(true);
      const missing = declared.filter(({ command }) => !known.includes(command));
      ok(declared.length > 8);
      deepStrictEqual(missing, []);
    },
  },
];

function diagnostics(document: vscode.TextDocument): vscode.Diagnostic[] {
  return vscode.languages
    .getDiagnostics(document.uri)
    .filter(({ source }) => source?.toLowerCase() === 'driftline');
}

function isError({ severity }: vscode.Diagnostic): boolean {
  return severity === vscode.DiagnosticSeverity.Error;
}

/** `7:3-7:14 Information field-changed`, lines and columns as a person counts them. */
function placed({ range, severity, code }: vscode.Diagnostic): string {
  const place = ({ line, character }: vscode.Position) => `${line + 1}:${character + 1}`;
  const rule = typeof code === 'object' ? code.value : code;
  const words = [vscode.DiagnosticSeverity[severity], String(rule)];
  return [`${place(range.start)}-${place(range.end)}`, ...words].join(' ');
}

async function hover(
  { uri }: vscode.TextDocument,
  position: vscode.Position,
): Promise<string | undefined> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    uri,
    position,
  );
  const texts = hovers.flatMap(({ contents }) =>
    contents.map(content => (typeof content === 'string' ? content : content.value)),
  );
  return texts.find(text => text.includes('production'));
}

/** `apps/web/base/deployment.yaml:8`, by the path in the workspace. */
async function definitionsOf(uri: vscode.Uri, position: vscode.Position): Promise<string[]> {
  const found = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(
    'vscode.executeDefinitionProvider',
    uri,
    position,
  );
  return found.map(each => {
    const [target, range] =
      'targetUri' in each ? [each.targetUri, each.targetRange] : [each.uri, each.range];
    return `${vscode.workspace.asRelativePath(target)}:${range.start.line + 1}`;
  });
}

function comparedDocuments(): { original: vscode.Uri; modified: vscode.Uri } | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputTextDiff ? input : undefined;
}
