import * as vscode from 'vscode';

/** What `npm start` wants to be seen; stands beside the bundle of this file. */
interface Sights {
  file: string;
  /** 1-based. */
  line: number;
  walkthrough: string;
  view: string;
}

/**
 * A small extension of the demo, not of Driftline: opens the Environments view, the drifted file and the walkthrough
 * when the window opens for the first time.
 */
export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (folder === undefined || context.workspaceState.get('guided') === true) return;
  await context.workspaceState.update('guided', true);
  const { file, line, walkthrough, view } = context.extension.packageJSON.sights as Sights;
  await vscode.commands.executeCommand(`${view}.focus`);
  const start = new vscode.Position(line - 1, 0);
  const uri = vscode.Uri.joinPath(folder.uri, ...file.split('/'));
  await vscode.commands.executeCommand('workbench.action.openWalkthrough', walkthrough, true);
  await vscode.window.showTextDocument(uri, {
    viewColumn: vscode.ViewColumn.One,
    selection: new vscode.Range(start, start),
  });
}
