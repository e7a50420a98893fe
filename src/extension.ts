import type * as vscode from 'vscode';
import { registerCommands } from './editor/commands/register.ts';
import { type Inspection, inspectionOf } from './editor/inspection.ts';
import { openEditor, startWhereFilesAre } from './editor/open-editor.ts';

/** The editor's door: builds the features, registers the commands, and lets the language server start behind them. */
export function activate(context: vscode.ExtensionContext): Inspection {
  const editor = openEditor(context);
  context.subscriptions.push(registerCommands(editor));
  // The client library is loaded and the process started when activation is over.
  setImmediate(() => startWhereFilesAre(editor.server));
  return inspectionOf(editor);
}
