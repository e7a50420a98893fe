import type { Location } from 'vscode-languageserver';
import { placesBeneath } from './beneath.ts';
import type { Feature } from './feature.ts';
import { namedFile } from './named-file.ts';
import { uriOf } from './session/repositories.ts';

/**
 * From a value that names a file or folder to what it names; from any other line to the text beneath it: the value
 * that a template prints, the field that a patch or an image tag overrides.
 */
export const definition: Feature = {
  capabilities: () => ({ definitionProvider: true }),
  register(session) {
    session.connection.onDefinition(
      session.quietly('definition', async ({ textDocument, position }): Promise<Location[]> => {
        const open = session.openFile(textDocument.uri);
        if (!open) return [];
        const place = { line: position.line + 1, column: position.character + 1 };
        const named = namedFile(open.live.workspace(), open.file, place);
        const places =
          named === undefined
            ? await placesBeneath(open, place.line)
            : [{ file: named, line: 1, column: 1 }];
        return places.map(({ file, line, column }) => {
          const start = { line: line - 1, character: column - 1 };
          return { uri: uriOf(open.repository, file), range: { start, end: start } };
        });
      }),
    );
  },
};
