import type {
  PrepareRenameParams,
  Range,
  RenameParams,
  WorkspaceEdit,
} from 'vscode-languageserver';
import { prepareRename, rename as renameAt } from '../core/actions/navigate/rename.ts';
import { UserError } from '../core/lib/errors.ts';
import type { Feature } from './feature.ts';
import type { Request } from './protocol.ts';
import { uriOf } from './session/repositories.ts';
import type { OpenFile, Session } from './session/session.ts';
import { offsetIn, spotLocations } from './spot-location.ts';

const prepare: Request<PrepareRenameParams, { range: Range; placeholder: string }> = {
  method: 'textDocument/prepareRename',
};
const make: Request<RenameParams, WorkspaceEdit> = { method: 'textDocument/rename' };

/** Names of objects, values of labels and variables, in every file that means them; refused with a sentence where that is not safe. */
export const rename: Feature = {
  capabilities: () => ({ renameProvider: { prepareProvider: true } }),
  register(session) {
    session.answer(prepare, async ({ textDocument, position }) => {
      const open = await presentFile(session, textDocument.uri);
      const offset = offsetIn(open, position) ?? 0;
      const { name, spot } = await prepareRename(open.live.workspace(), open.file, offset);
      const [location] = await spotLocations(open, [spot]);
      if (!location) throw new UserError('This text cannot be renamed.');
      return { range: location.range, placeholder: name };
    });
    session.answer(make, async ({ textDocument, position, newName }) => {
      const open = await presentFile(session, textDocument.uri);
      const offset = offsetIn(open, position) ?? 0;
      const files = await renameAt(open.live.workspace(), open.file, offset, newName);
      return workspaceEdit(session, open, files);
    });
  },
};

/** With every edit so far in its workspace. */
async function presentFile(session: Session, uri: string): Promise<OpenFile> {
  const open = session.openFile(uri);
  if (!open) throw new UserError('This file is in no repository that Driftline reads.');
  await open.live.present();
  return open;
}

async function workspaceEdit(
  { client, documents }: Session,
  open: OpenFile,
  files: Awaited<ReturnType<typeof renameAt>>,
): Promise<WorkspaceEdit> {
  const edited = await Promise.all(
    files.map(async ({ file, spots }) => {
      const locations = await spotLocations(open, spots);
      const edits = locations.map(({ range }, at) => ({
        range,
        newText: spots[at]?.text ?? '',
      }));
      const uri = uriOf(open.repository, file);
      return { uri, version: documents.get(uri)?.version ?? null, edits };
    }),
  );
  if (!client.versionsEdits)
    return { changes: Object.fromEntries(edited.map(({ uri, edits }) => [uri, edits])) };
  return {
    documentChanges: edited.map(({ uri, version, edits }) => ({
      textDocument: { uri, version },
      edits,
    })),
  };
}
