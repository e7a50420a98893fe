import {
  CreateFile,
  type MessageActionItem,
  type Position,
  type TextDocumentEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { UserError } from '../core/lib/errors.ts';
import type { Place } from '../core/model/source.ts';
import { type OpenRepository, uriOf } from './session/repositories.ts';
import type { Session } from './session/session.ts';

/** A file's text as it was and as it shall be; `before` is absent for a file that is not there yet. */
export interface FileEdit {
  file: string;
  before?: string;
  after: string;
}

/**
 * Has the editor make an edit, of the very text that it was worked out for. Throws a `UserError` where the text is
 * another one by now, or the editor does not do it. Answers where the edit begins.
 */
export async function applyEdit(
  session: Session,
  repository: OpenRepository,
  edit: FileEdit,
  label: string,
): Promise<Position> {
  const uri = uriOf(repository, edit.file);
  const open = session.documents.get(uri);
  if (open && edit.before !== undefined && open.getText() !== edit.before)
    throw new UserError(`${edit.file} changed meanwhile, so nothing was written into it.`);
  const { before = '', after } = edit;
  const { start, end, newText } = smallest(before, after);
  const text = TextDocument.create(uri, 'yaml', 0, before);
  const at = text.positionAt(start);
  const change = { range: { start: at, end: text.positionAt(end) }, newText };
  const document: TextDocumentEdit = {
    textDocument: { uri, version: open?.version ?? null },
    edits: [change],
  };
  const wanted = workspaceEdit(session, edit, document);
  const { applied } = await session.connection.workspace.applyEdit({ label, edit: wanted });
  if (!applied) throw new UserError(`The editor did not change ${edit.file}.`);
  return at;
}

function workspaceEdit(
  { client }: Session,
  { file, before }: FileEdit,
  document: TextDocumentEdit,
): WorkspaceEdit {
  const { uri } = document.textDocument;
  if (before !== undefined)
    return client.versionsEdits
      ? { documentChanges: [document] }
      : { changes: { [uri]: document.edits as [] } };
  if (!client.versionsEdits || !client.createsFiles)
    throw new UserError(
      `${file} is not there yet, and this editor makes no files: make an empty one first.`,
    );
  return { documentChanges: [CreateFile.create(uri, { ignoreIfExists: true }), document] };
}

/** The part in which two texts differ. */
function smallest(before: string, after: string) {
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  let same = 0;
  while (same < most - start && before.at(-1 - same) === after.at(-1 - same)) same++;
  // Neither a line break nor a character is cut in two.
  if (isPair(before[start - 1], before[start])) start--;
  if (isPair(before.at(-1 - same), before.at(-same))) same--;
  return { start, end: before.length - same, newText: after.slice(start, after.length - same) };
}

function isPair(first = '', second = ''): boolean {
  return (first === '\r' && second === '\n') || /^[\udc00-\udfff]/.test(second);
}

/** Says a sentence, and opens the place where the person wants to see it. */
export async function tellPlace(
  session: Session,
  repository: OpenRepository,
  sentence: string,
  place: Place | undefined,
): Promise<void> {
  const { window } = session.connection;
  const where = place && `${place.file}:${place.line}`;
  if (!place || !session.client.showsDocuments) {
    window.showWarningMessage(where === undefined ? sentence : `${sentence} (${where})`);
    return;
  }
  const open: MessageActionItem = { title: `Open ${where}` };
  const chosen = await window.showWarningMessage(sentence, open);
  if (chosen?.title === open.title) await showPlace(session, repository, place);
}

export async function showPlace(
  { connection, client }: Session,
  repository: OpenRepository,
  { file, line, column }: Place,
): Promise<void> {
  if (!client.showsDocuments) return;
  const at = { line: line - 1, character: column - 1 };
  const selection = { start: at, end: at };
  await connection.window.showDocument({
    uri: uriOf(repository, file),
    takeFocus: true,
    selection,
  });
}
