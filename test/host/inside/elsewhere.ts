import { deepStrictEqual, equal } from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import * as vscode from 'vscode';
import { extensionId } from './extension.ts';
import type { InsideTest } from './test.ts';

/** In a folder that holds YAML, but no GitOps repository: nothing of ours runs. */
export const elsewhere: readonly InsideTest[] = [
  {
    name: 'does not start in a folder that is no GitOps repository',
    run: async () => {
      const [folder] = vscode.workspace.workspaceFolders ?? [];
      const uri = vscode.Uri.joinPath((folder as vscode.WorkspaceFolder).uri, 'colours.yaml');
      await vscode.window.showTextDocument(uri);
      await wait(2000);
      equal(vscode.extensions.getExtension(extensionId)?.isActive, false);
      deepStrictEqual(vscode.languages.getDiagnostics(uri), []);
    },
  },
];
