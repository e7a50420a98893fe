import * as vscode from 'vscode';
import { messageOf, UserError } from '../../core/lib/errors.ts';
import { errorCodes, commands as linked } from '../../lsp/protocol.ts';
import type { Editor } from '../editor.ts';
import type { Command } from './command.ts';
import { compare } from './compare.ts';
import { fetchCharts } from './fetch-charts.ts';
import { commands } from './index.ts';
import { openRendered } from './open-rendered.ts';
import { previewEffect } from './preview-effect.ts';
import { showUses } from './show-uses.ts';
import { sync } from './sync.ts';

/** Registers every command, each behind the same wrapper: trust, errors and the log are looked after in one place. */
export function registerCommands(editor: Editor): vscode.Disposable {
  const register = (id: string, command: Command) =>
    vscode.commands.registerCommand(id, argument => runCommand(command, editor, argument));
  return vscode.Disposable.from(
    ...commands.map(command => register(command.id, command)),
    // What hovers, lenses and code actions of the language server name.
    register(linked.compare, compare),
    register(linked.sync, sync),
    register(linked.openRendered, openRendered),
    register(linked.whereUsed, showUses),
    register(linked.preview, previewEffect),
    register(linked.fetch, fetchCharts),
  );
}

async function runCommand(command: Command, editor: Editor, argument: unknown): Promise<void> {
  try {
    if (command.acts && !vscode.workspace.isTrusted) throw new UserError(restricted());
    await command.run(editor, argument);
  } catch (error) {
    if (isCancellation(error)) return;
    editor.log.error(`${command.id}: ${messageOf(error)}`);
    // Whoever called the command hears no second time of what the person was told.
    void tell(error, editor);
  }
}

/** One message: the sentence as it is where a person can act on it, else that it is a defect. */
async function tell(error: unknown, editor: Editor): Promise<void> {
  const showLog = vscode.l10n.t('Show Log');
  const sentence = isForPeople(error)
    ? messageOf(error)
    : vscode.l10n.t('Driftline made a mistake: {0}', messageOf(error));
  const answer = await vscode.window.showErrorMessage(sentence, showLog);
  if (answer === showLog) editor.log.show();
}

function isForPeople(error: unknown): boolean {
  return error instanceof UserError || codeOf(error) === errorCodes.person;
}

/** Dialogs that were left, and requests that were cancelled (LSP's own codes). */
function isCancellation(error: unknown): boolean {
  const cancelled = [-32800, -32802];
  return error instanceof vscode.CancellationError || cancelled.includes(codeOf(error) ?? 0);
}

function codeOf(error: unknown): number | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'number' ? code : undefined;
}

function restricted(): string {
  return vscode.l10n.t(
    'This folder is in Restricted Mode: Driftline reads and writes no cluster and no remote until you trust it.',
  );
}
