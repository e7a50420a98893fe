import * as vscode from 'vscode';
import type { EnvironmentsView } from './environments/view.ts';

/** Which of the two a person pointed at last: a line of the view, or a line of a text. */
export class Pointer implements vscode.Disposable {
  readonly #subscription: vscode.Disposable;
  #last: 'view' | 'text' = 'text';

  constructor(view: EnvironmentsView) {
    this.#subscription = vscode.Disposable.from(
      view.onDidChangeSelection(({ selection }) => {
        if (selection.length > 0) this.#last = 'view';
      }),
      vscode.window.onDidChangeTextEditorSelection(({ kind }) => {
        // Opening a file from the view sets its selection too; that is no pointing.
        const { Keyboard, Mouse } = vscode.TextEditorSelectionChangeKind;
        if (kind === Keyboard || kind === Mouse) this.#last = 'text';
      }),
    );
  }

  get last(): 'view' | 'text' {
    return this.#last;
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}
