import type { Location } from 'vscode-languageserver';
import type { Feature } from './feature.ts';
import { namedFile } from './named-file.ts';
import { uriOf } from './session/repositories.ts';

/** From a value that names a file or folder to what it names. */
export const definition: Feature = {
  capabilities: () => ({ definitionProvider: true }),
  register(session) {
    session.connection.onDefinition(
      session.quietly('definition', ({ textDocument, position }): Location[] => {
        const open = session.openFile(textDocument.uri);
        if (!open) return [];
        const place = { line: position.line + 1, column: position.character + 1 };
        const named = namedFile(open.live.workspace(), open.file, place);
        return named === undefined ? [] : [atLine(uriOf(open.repository, named), 1)];
      }),
    );
  },
};

function atLine(uri: string, line: number): Location {
  const start = { line: line - 1, character: 0 };
  return { uri, range: { start, end: start } };
}
