import * as vscode from 'vscode';
import { UserError } from '../../core/lib/errors.ts';
import { resourceKey, resourceText } from '../../core/model/resource.ts';
import { shortPath } from '../../core/words/short-path.ts';
import { commands as linked, type OfField, requests } from '../../lsp/protocol.ts';
import { pick } from '../dialogs.ts';
import type { Editor } from '../editor.ts';
import { stateOf, targetFrom } from '../target.ts';
import { givenTarget } from '../targets.ts';
import type { Command } from './command.ts';
import { sync } from './sync.ts';

/** Writes what runs into the line that decides it. */
export const takeLiveValue: Command = {
  id: 'driftline.takeLiveValue',
  run: (editor, argument) =>
    onDifference(editor, argument, linked.take, vscode.l10n.t('Take Live Value into File')),
};

/** Writes the rule that leaves a difference out, in the format of whoever applies the object. */
export const ignoreDifference: Command = {
  id: 'driftline.ignoreDifference',
  run: (editor, argument) =>
    onDifference(editor, argument, linked.ignore, vscode.l10n.t('Ignore Difference')),
};

/** Has what the repository says applied again: the sync of the application, with its preview. */
export const restoreBySync: Command = {
  id: 'driftline.restoreBySync',
  acts: true,
  run: async (editor, argument) => {
    const title = vscode.l10n.t('Restore by Sync');
    const { environment, application } = await targetFrom(editor, argument, title);
    await sync.run(editor, environment === undefined ? argument : { environment, application });
  },
};

/** The language server does it, for every editor. */
async function onDifference(
  editor: Editor,
  argument: unknown,
  command: string,
  title: string,
): Promise<void> {
  const choices = await differencesOf(editor, argument, title);
  const [only] = choices;
  if (only === undefined) {
    throw new UserError(
      vscode.l10n.t(
        'Nothing differs here: put the cursor on a line with a marker, or choose a field in the view.',
      ),
    );
  }
  const placeholder = vscode.l10n.t('Which difference?');
  const { field } = choices.length === 1 ? only : await pick(choices, { title, placeholder });
  await vscode.commands.executeCommand(command, field);
}

interface Choice extends vscode.QuickPickItem {
  field: OfField;
}

/** Of a line of the view the field or all of the object; else what differs on the line of the cursor. */
async function differencesOf(editor: Editor, argument: unknown, title: string): Promise<Choice[]> {
  const node = typeof argument === 'string' ? editor.view.tree.nodeOf(argument) : undefined;
  if (node?.kind === 'field') {
    const { environment, object } = node.parent;
    return [
      choice({ environment: environment.name, object: object.resource, path: node.path.path }),
    ];
  }
  const given = givenField(argument);
  if (given !== undefined) return [choice(given)];
  const atCursor = node === undefined ? await onCursorLine(editor) : [];
  if (atCursor.length > 0) return atCursor;
  const { environment, object } = await targetFrom(editor, argument, title);
  if (environment === undefined || object === undefined) return [];
  const found = stateOf(editor)
    .environments.find(({ name }) => name === environment)
    ?.applications.flatMap(({ objects }) => objects)
    .find(({ resource }) => resourceKey(resource) === resourceKey(object));
  return (found?.paths ?? []).map(({ path }) => choice({ environment, object, path }));
}

/** What a link names. */
function givenField(argument: unknown): OfField | undefined {
  const { environment, object } = givenTarget(argument) ?? {};
  if (environment === undefined || object === undefined) return undefined;
  const { path } = argument as { path?: unknown };
  return typeof path === 'string' ? { environment, object, path } : undefined;
}

async function onCursorLine({ server, pointer }: Editor): Promise<Choice[]> {
  const active = vscode.window.activeTextEditor;
  if (active === undefined || pointer.last === 'view' || active.document.uri.scheme !== 'file')
    return [];
  const params = { uri: active.document.uri.toString(), line: active.selection.active.line };
  const found = await server.ask(requests.differences, params);
  return found.map(({ words, application: _, ...field }) => ({ ...choice(field), detail: words }));
}

function choice(field: OfField): Choice {
  const { environment, object, path } = field;
  return {
    label: shortPath(path),
    description: `${environment} · ${resourceText(object)}`,
    field,
  };
}
