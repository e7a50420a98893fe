import type * as vscode from 'vscode';
import type { WorkspaceState } from '../lsp/protocol.ts';
import type { Editor } from './editor.ts';
import { type Description, describeNode } from './environments/describe.ts';
import { childNodes, type EnvironmentNode, rootNodes } from './environments/node.ts';

/** What other extensions and the tests in a real VS Code can read: what is shown, as values. */
export interface Inspection {
  state(): WorkspaceState | undefined;
  /** Every line of the Environments view, as if all were unfolded. */
  tree(): (Description & { depth: number })[];
  /** The markers of a document as they are drawn: `7: ⟵ production runs 5 · kubectl-scale, 3 h ago`. */
  markers(uri: vscode.Uri): string[];
  badge(): vscode.ViewBadge | undefined;
  /** Text of the status bar's item; undefined while it is hidden. */
  statusBar(): string | undefined;
}

export function inspectionOf(editor: Editor): Inspection {
  const { repository, view, markers, statusBar } = editor;
  const lines = (node: EnvironmentNode, depth: number): (Description & { depth: number })[] => [
    { ...describeNode(node, new Date()), depth },
    ...childNodes(node, view.filter).flatMap(child => lines(child, depth + 1)),
  ];
  return {
    state: () => repository.state,
    tree: () =>
      repository.state && view.phase === 'ready'
        ? rootNodes(repository.state).flatMap(node => lines(node, 0))
        : [],
    markers: uri => markers.drawnIn(uri).map(({ line, text }) => `${line + 1}: ⟵ ${text}`),
    badge: () => view.badge,
    statusBar: () => statusBar.text,
  };
}
