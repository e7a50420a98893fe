import * as vscode from 'vscode';

/** As package.json names it. */
export const extensionId = 'driftline.driftline';

/** The extension, once it is active by itself. */
export function driftline(): vscode.Extension<unknown> | undefined {
  const extension = vscode.extensions.getExtension(extensionId);
  return extension?.isActive ? extension : undefined;
}

/** A file of the workspace, opened in an editor. */
export async function open(path: string): Promise<vscode.TextEditor> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (folder === undefined) throw new Error('no folder is open');
  return vscode.window.showTextDocument(vscode.Uri.joinPath(folder.uri, ...path.split('/')));
}
