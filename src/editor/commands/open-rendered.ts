import * as vscode from 'vscode';
import { UserError } from '../../core/lib/errors.ts';
import { resourceKey, resourceText } from '../../core/model/resource.ts';
import { type OfRendered, type RenderedField, requests, type Uses } from '../../lsp/protocol.ts';
import { pick } from '../dialogs.ts';
import type { Editor } from '../editor.ts';
import { isShown, shownIn } from '../rendered/sources.ts';
import { objectFor, targetFrom } from '../target.ts';
import { givenTarget } from '../targets.ts';
import type { Command } from './command.ts';

/** What the repository makes of an object or a line, as a read-only document with the cursor at the field. */
export const openRendered: Command = {
  id: 'driftline.openRendered',
  run: async (editor, argument) => {
    const title = vscode.l10n.t('Open Rendered');
    const about =
      givenRendered(argument) ??
      fieldOf(editor, argument) ??
      (await atCursor(editor, argument, title));
    if (about !== undefined) return editor.rendered.open(about);
    const target = await targetFrom(editor, argument, title);
    await editor.rendered.open(await objectFor(editor, target, title));
  },
};

/** What a link names. */
function givenRendered(argument: unknown): OfRendered | undefined {
  const { environment, object } = givenTarget(argument) ?? {};
  if (environment === undefined || object === undefined) return undefined;
  const { path } = argument as { path?: unknown };
  return { environment, object, ...(typeof path === 'string' && { path }) };
}

/** The field of a line of the view. */
function fieldOf({ view }: Editor, argument: unknown): OfRendered | undefined {
  const node = typeof argument === 'string' ? view.tree.nodeOf(argument) : undefined;
  if (node?.kind !== 'field') return undefined;
  const { parent, path } = node;
  return {
    environment: parent.environment.name,
    object: parent.object.resource,
    path: path.path,
  };
}

/** What the line of the cursor makes; undefined where the person pointed at something else. */
async function atCursor(
  editor: Editor,
  argument: unknown,
  title: string,
): Promise<OfRendered | undefined> {
  const active = vscode.window.activeTextEditor;
  const isCalledHere =
    argument === undefined
      ? editor.pointer.last === 'text'
      : argument instanceof vscode.Uri && argument.toString() === active?.document.uri.toString();
  if (active === undefined || !isCalledHere) return undefined;
  const { uri } = active.document;
  if (isShown(uri)) return shownIn(uri);
  if (uri.scheme !== 'file') return undefined;
  const { line } = active.selection.active;
  const uses = await editor.server.ask(requests.uses, { uri: uri.toString(), line });
  const choices = renderedChoices(uses);
  if (choices.length > 1)
    return (await pick(choices, { title, placeholder: vscode.l10n.t('Which object?') })).field;
  const [only] = choices;
  if (only === undefined && uses.why !== undefined) throw new UserError(uses.why);
  return only?.field;
}

/** One line for each object and environment. */
function renderedChoices({ fields }: Uses) {
  const first = new Map<string, RenderedField>();
  for (const field of fields) {
    const key = `${field.environment}\n${resourceKey(field.object)}`;
    if (!first.has(key)) first.set(key, field);
  }
  return [...first.values()].map(field => ({
    label: resourceText(field.object),
    description: field.environment,
    field,
  }));
}
