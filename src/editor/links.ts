import * as vscode from 'vscode';
import type { CommandId } from './names.ts';

/** Commands that our own Markdown may link to: none of them writes to the disk or a cluster without asking. */
export const linkedCommands: readonly CommandId[] = [
  'driftline.compare',
  'driftline.takeLiveValue',
  'driftline.ignoreDifference',
  'driftline.restoreBySync',
  'driftline.checkDrift',
  'driftline.chooseCluster',
  'driftline.rollback',
];

export function trustedMarkdown(text: string): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString(text);
  markdown.isTrusted = { enabledCommands: linkedCommands };
  return markdown;
}
