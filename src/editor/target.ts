import * as vscode from 'vscode';
import { UserError } from '../core/lib/errors.ts';
import { requests, type WorkspaceState } from '../lsp/protocol.ts';
import { pick } from './dialogs.ts';
import type { Editor } from './editor.ts';
import { type Target, targetOf } from './environments/node.ts';
import {
  applicationChoices,
  environmentChoices,
  givenTarget,
  objectChoices,
  type TargetChoice,
  targetInFile,
  withApplication,
} from './targets.ts';

/**
 * What a command is about, found the same way wherever it was called: what it was called on (a line of the view, a
 * file, a link), else what the person pointed at last. Parts of it may be missing; the functions below ask for them.
 */
export async function targetFrom(editor: Editor, argument: unknown): Promise<Target> {
  const state = stateOf(editor);
  const found = (await calledOn(editor, argument)) ?? (await pointedAt(editor)) ?? {};
  return withApplication(state, found);
}

/** The repository's state; throws while there is none. */
export function stateOf({ repository }: Editor): WorkspaceState {
  const { state } = repository;
  if (state === undefined || state.kind === 'loading') {
    throw new UserError(
      vscode.l10n.t('Driftline is still reading the repository; try again soon.'),
    );
  }
  if (state.kind === 'none') {
    throw new UserError(vscode.l10n.t('There is no GitOps repository in this folder.'));
  }
  return state;
}

export async function environmentFor(
  editor: Editor,
  { environment }: Target,
  title: string,
): Promise<string> {
  if (environment !== undefined) return environment;
  const choices = environmentChoices(stateOf(editor));
  const placeholder = vscode.l10n.t('Which environment?');
  const { environment: chosen } = await choice(choices, title, placeholder);
  return chosen as string;
}

export async function applicationFor(
  editor: Editor,
  target: Target,
  title: string,
): Promise<{ environment: string; application: string }> {
  const known = target.environment !== undefined && target.application !== undefined;
  const choices = applicationChoices(stateOf(editor), target);
  const chosen = known ? target : await choice(choices, title, vscode.l10n.t('Which application?'));
  return { environment: chosen.environment as string, application: chosen.application as string };
}

export async function objectFor(editor: Editor, target: Target, title: string) {
  const known = target.environment !== undefined && target.object !== undefined;
  const choices = objectChoices(stateOf(editor), target);
  const chosen = known ? target : await choice(choices, title, vscode.l10n.t('Which object?'));
  const { environment, object } = chosen;
  if (environment === undefined || object === undefined) throw new vscode.CancellationError();
  return { environment, object };
}

/** One choice is none: it is taken. */
async function choice(
  choices: readonly TargetChoice[],
  title: string,
  placeholder: string,
): Promise<Target> {
  const [only, ...others] = choices;
  if (only === undefined) {
    throw new UserError(vscode.l10n.t('There is nothing here that this command is for.'));
  }
  return others.length === 0 ? only.target : (await pick(choices, { title, placeholder })).target;
}

async function calledOn(editor: Editor, argument: unknown): Promise<Target | undefined> {
  if (argument instanceof vscode.Uri) return inFile(editor, argument, undefined);
  if (typeof argument === 'string') {
    const node = editor.view.tree.nodeOf(argument);
    return node && targetOf(node);
  }
  return givenTarget(argument);
}

async function pointedAt(editor: Editor): Promise<Target | undefined> {
  const selected = editor.view.selected();
  if (editor.pointer.last === 'view' && selected !== undefined) return selected;
  const active = vscode.window.activeTextEditor;
  const atCursor =
    active && (await inFile(editor, active.document.uri, active.selection.active.line + 1));
  return atCursor ?? selected;
}

/** What a line (1-based) of a file is about; where none is given, the line of the cursor if the file is open. */
async function inFile(
  editor: Editor,
  uri: vscode.Uri,
  line: number | undefined,
): Promise<Target | undefined> {
  if (uri.scheme !== 'file') return undefined;
  const params = { uri: uri.toString() };
  const objects = await editor.server.ask(requests.objects, params).catch(() => []);
  const active = vscode.window.activeTextEditor;
  const shown = active?.document.uri.toString() === uri.toString() ? active : undefined;
  const at = line ?? (shown && shown.selection.active.line + 1);
  return targetInFile(objects, editor.markers.linesOf(uri), at);
}
