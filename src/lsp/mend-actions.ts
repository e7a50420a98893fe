import {
  type CodeAction,
  CodeActionKind,
  CreateFile,
  type Diagnostic,
  type TextDocumentEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import type { FileEdit, Mend } from '../core/model/finding.ts';
import { printable } from '../core/words/values.ts';
import { uriOf } from './session/repositories.ts';
import type { OpenFile, Session } from './session/session.ts';
import { lspRange, type Mending } from './to-diagnostic.ts';

/** The changes of files that mend a diagnostic; none once the text is another one than it was found in. */
export function mendActions(
  open: OpenFile,
  diagnostic: Diagnostic,
  session: Session,
): CodeAction[] {
  const { mends = [], version } = (diagnostic.data ?? {}) as Mending;
  if (diagnostic.source !== 'driftline' || version !== open.document.version) return [];
  return mends.flatMap((mend, index) => {
    const edit = workspaceEditOf(open, mend, session);
    if (!edit) return [];
    return [
      {
        title: printable(mend.title),
        kind: CodeActionKind.QuickFix,
        diagnostics: [diagnostic],
        ...(index === 0 && { isPreferred: true }),
        edit,
      },
    ];
  });
}

/** Undefined where the client cannot make a file that is needed. */
function workspaceEditOf(
  { repository, live }: OpenFile,
  { edits }: Mend,
  { client, documents }: Session,
): WorkspaceEdit | undefined {
  const { index, repository: present } = live.workspace();
  const isThere = (file: string) => index.file(file) !== undefined || present.files.includes(file);
  const files = [...Map.groupBy(edits, ({ file }) => file)].map(([file, edits]) => ({
    uri: uriOf(repository, file),
    isNew: !isThere(file),
    edits: edits.map(textEdit),
  }));
  if (!client.versionsEdits) {
    if (files.some(({ isNew }) => isNew)) return undefined;
    return { changes: Object.fromEntries(files.map(({ uri, edits }) => [uri, edits])) };
  }
  if (!client.createsFiles && files.some(({ isNew }) => isNew)) return undefined;
  return {
    documentChanges: files.flatMap(({ uri, isNew, edits }): (CreateFile | TextDocumentEdit)[] => [
      ...(isNew ? [CreateFile.create(uri, { ignoreIfExists: true })] : []),
      { textDocument: { uri, version: documents.get(uri)?.version ?? null }, edits },
    ]),
  };
}

function textEdit(edit: FileEdit) {
  return { range: lspRange(edit), newText: edit.text };
}
