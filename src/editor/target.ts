import * as vscode from 'vscode';
import { UserError } from '../core/lib/errors.ts';
import { requests, type WorkspaceState } from '../lsp/protocol.ts';
import { pick } from './dialogs.ts';
import type { Editor } from './editor.ts';
import { type Target, targetOf } from './environments/node.ts';
import {
  applicationChoices,
  choicesOf,
  environmentChoices,
  givenTarget,
  objectChoices,
  type TargetChoice,
  targetsInFile,
  withApplication,
} from './targets.ts';

/**
 * What a command is about, found the same way wherever it was called: what it was called on (a line of the view, a
 * file, a link), else what the person pointed at last. Where that stands in several environments, `title` asks which
 * one is meant; without it nothing is assumed. Parts may be missing; the functions below ask for them.
 */
export async function targetFrom(
  editor: Editor,
  argument: unknown,
  title?: string,
): Promise<Target> {
  const state = stateOf(editor);
  const called = await calledOn(editor, argument);
  const [first = {}, ...others] = called.length > 0 ? called : await pointedAt(editor);
  if (others.length === 0) return withApplication(state, first);
  if (title === undefined) return {};
  const placeholder = vscode.l10n.t('In which environment?');
  return withApplication(state, await choice(choicesOf([first, ...others]), title, placeholder));
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

async function calledOn(editor: Editor, argument: unknown): Promise<Target[]> {
  if (argument instanceof vscode.Uri) return inFile(editor, argument);
  if (typeof argument === 'string') {
    const node = editor.view.tree.nodeOf(argument);
    return node === undefined ? [] : [targetOf(node)];
  }
  const given = givenTarget(argument);
  return given === undefined ? [] : [given];
}

async function pointedAt(editor: Editor): Promise<Target[]> {
  const target = editor.view.selected();
  const selected = target === undefined ? [] : [target];
  if (editor.pointer.last === 'view' && selected.length > 0) return selected;
  const active = vscode.window.activeTextEditor;
  if (active === undefined) return selected;
  const line = active.selection.active.line + 1;
  const atCursor = await inFile(editor, active.document.uri, line);
  return atCursor.length > 0 ? atCursor : selected;
}

/** What a line (1-based) of a file is about; where none is given, the line of the cursor if the file is open. */
async function inFile(editor: Editor, uri: vscode.Uri, line?: number): Promise<Target[]> {
  if (uri.scheme !== 'file') return [];
  const params = { uri: uri.toString() };
  const objects = await editor.server.ask(requests.objects, params).catch(() => []);
  const active = vscode.window.activeTextEditor;
  const shown = active?.document.uri.toString() === uri.toString() ? active : undefined;
  const at = line ?? (shown && shown.selection.active.line + 1);
  return targetsInFile(objects, editor.markers.linesOf(uri), at);
}
