import * as vscode from 'vscode';

/** Thrown by a dialog whose *Back* button was used. */
class Back extends Error {}

/** Where a dialog stands in a row of dialogs. */
export interface Step {
  step: number;
  totalSteps: number;
}

interface DialogOptions {
  title: string;
  placeholder: string;
  at?: Step;
}

/** Asks one thing after another; *Back* returns to the one before. Leaving any of them throws `CancellationError`. */
export async function inSteps(steps: readonly ((at: Step) => Promise<void>)[]): Promise<void> {
  let index = 0;
  while (index < steps.length) {
    try {
      await steps[index]?.({ step: index + 1, totalSteps: steps.length });
      index++;
    } catch (error) {
      if (!(error instanceof Back)) throw error;
      index--;
    }
  }
}

export async function pick<Item extends vscode.QuickPickItem>(
  items: readonly Item[],
  options: DialogOptions,
): Promise<Item> {
  const dialog = vscode.window.createQuickPick<Item>();
  dialog.items = items;
  const [chosen] = await asked(dialog, options, () => dialog.selectedItems);
  if (chosen === undefined) throw new vscode.CancellationError();
  return chosen;
}

/** Several of the items; those that are `picked` are chosen beforehand. */
export async function pickMany<Item extends vscode.QuickPickItem>(
  items: readonly Item[],
  options: DialogOptions,
): Promise<readonly Item[]> {
  const dialog = vscode.window.createQuickPick<Item>();
  dialog.canSelectMany = true;
  dialog.items = items;
  dialog.selectedItems = items.filter(({ picked }) => picked);
  return asked(dialog, options, () => dialog.selectedItems);
}

/** A line of text; `problem` says what is wrong with it. */
export async function input(
  options: DialogOptions & { value: string; prompt?: string },
  problem: (text: string) => string | undefined,
): Promise<string> {
  const dialog = vscode.window.createInputBox();
  dialog.value = options.value;
  dialog.prompt = options.prompt;
  const check = () => {
    dialog.validationMessage = problem(dialog.value);
  };
  dialog.onDidChangeValue(check);
  return asked(dialog, options, () => {
    check();
    return dialog.validationMessage === undefined ? dialog.value : undefined;
  });
}

type Dialog = (vscode.QuickPick<vscode.QuickPickItem> | vscode.InputBox) & {
  placeholder: string | undefined;
};

/** Shows a dialog until it is accepted with an answer, left, or taken back. */
function asked<Answer>(
  dialog: Dialog,
  { title, placeholder, at }: DialogOptions,
  answer: () => Answer | undefined,
): Promise<Answer> {
  dialog.title = title;
  dialog.placeholder = placeholder;
  dialog.ignoreFocusOut = true;
  if (at !== undefined && at.totalSteps > 1) {
    dialog.step = at.step;
    dialog.totalSteps = at.totalSteps;
    dialog.buttons = at.step > 1 ? [vscode.QuickInputButtons.Back] : [];
  }
  return new Promise<Answer>((resolve, reject) => {
    dialog.onDidAccept(() => {
      const given = answer();
      if (given !== undefined) resolve(given);
    });
    dialog.onDidTriggerButton(() => reject(new Back()));
    dialog.onDidHide(() => reject(new vscode.CancellationError()));
    dialog.show();
  }).finally(() => dialog.dispose());
}

/** A question over everything else, for what must be decided now; throws `CancellationError` unless agreed. */
export async function confirmModal(message: string, detail: string, agree: string): Promise<void> {
  const answer = await vscode.window.showWarningMessage(message, { modal: true, detail }, agree);
  if (answer !== agree) throw new vscode.CancellationError();
}
