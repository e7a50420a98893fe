import * as vscode from 'vscode';
import { UserError } from '../../core/lib/errors.ts';
import { type Lines, type RenderedField, requests } from '../../lsp/protocol.ts';
import { renderedUri } from '../../lsp/rendered-uri.ts';
import type { Editor } from '../editor.ts';
import { isShown } from '../rendered/sources.ts';
import type { Command } from './command.ts';

/** Peeks at every rendered object that a line reaches, in all environments. */
export const showUses: Command = {
  id: 'driftline.showUses',
  run: async (editor, argument) => {
    const lines = givenLines(argument) ?? (await atCursor(editor));
    const { fields, why } = await editor.server.ask(requests.uses, lines);
    if (fields.length === 0)
      throw new UserError(why ?? vscode.l10n.t('No environment gets anything from this line.'));
    const uri = vscode.Uri.parse(lines.uri);
    const position = await positionOf(uri, lines.line);
    const locations = fields.map(locationOf);
    await vscode.commands.executeCommand(
      'editor.action.peekLocations',
      uri,
      position,
      locations,
      'peek',
    );
  },
};

function givenLines(argument: unknown): Lines | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined;
  const { uri, line, endLine } = argument as Record<string, unknown>;
  if (typeof uri !== 'string' || typeof line !== 'number') return undefined;
  return { uri, line, ...(typeof endLine === 'number' && { endLine }) };
}

/** The line of the cursor; in a rendered or compared document the line that decides it. */
async function atCursor(editor: Editor): Promise<Lines> {
  const active = vscode.window.activeTextEditor;
  if (active === undefined)
    throw new UserError(vscode.l10n.t('Open a file, and put the cursor on a line.'));
  const { uri } = active.document;
  const { line } = active.selection.active;
  if (!isShown(uri)) return { uri: uri.toString(), line };
  const source = await editor.sources.of(uri, line);
  if (source === undefined)
    throw new UserError(vscode.l10n.t('The repository does not make this object any more.'));
  return { uri: source.uri.toString(), line: source.range.start.line };
}

/** The first word of the line: the peek opens below it. */
async function positionOf(uri: vscode.Uri, line: number): Promise<vscode.Position> {
  const document = await vscode.workspace.openTextDocument(uri);
  const at = Math.min(line, document.lineCount - 1);
  return new vscode.Position(at, document.lineAt(at).firstNonWhitespaceCharacterIndex);
}

function locationOf(field: RenderedField): vscode.Location {
  const position = new vscode.Position(field.line, 0);
  return new vscode.Location(vscode.Uri.parse(renderedUri(field)), position);
}
