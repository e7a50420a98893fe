import type { Location, Position } from 'vscode-languageserver';
import { linkedAt } from '../core/actions/navigate/navigate.ts';
import { placesBeneath } from './beneath.ts';
import type { Feature } from './feature.ts';
import { namedFile } from './named-file.ts';
import { uriOf } from './session/repositories.ts';
import type { OpenFile } from './session/session.ts';
import { offsetIn, spotLocations } from './spot-location.ts';

/**
 * From a value that names a file or folder to what it names; from the name of an object, a variable, a chart's value
 * or template to where that is written; from any other line to the text beneath it: the value that a template prints,
 * the field that a patch or an image tag overrides.
 */
export const definition: Feature = {
  capabilities: () => ({ definitionProvider: true }),
  register(session) {
    session.connection.onDefinition(
      session.quietly('definition', async ({ textDocument, position }): Promise<Location[]> => {
        const open = session.openFile(textDocument.uri);
        if (!open) return [];
        const place = { line: position.line + 1, column: position.character + 1 };
        const workspace = open.live.workspace();
        const linked = await linkedLocations(open, position);
        const isTemplate = workspace.index.file(open.file)?.role === 'chart-template';
        if (linked.length > 0 && !isTemplate) return linked;
        const named = namedFile(workspace, open.file, place);
        if (named !== undefined) return [locationOf(open, { file: named, line: 1, column: 1 })];
        // What a template names is written in the chart; what is printed there may come from elsewhere, too.
        const places = await placesBeneath(open, place.line);
        return oncePerLine([...linked, ...places.map(each => locationOf(open, each))]);
      }),
    );
  },
};

function oncePerLine(locations: readonly Location[]): Location[] {
  const lines = locations.map(({ uri, range }) => `${uri}:${range.start.line}`);
  return locations.filter((_, at) => lines.indexOf(lines[at] ?? '') === at);
}

function locationOf(
  { repository }: OpenFile,
  { file, line, column }: { file: string; line: number; column: number },
): Location {
  const start = { line: line - 1, character: column - 1 };
  return { uri: uriOf(repository, file), range: { start, end: start } };
}

/** Where the word is written, other than here; selectors lead to labels, labels to none. */
async function linkedLocations(open: OpenFile, position: Position): Promise<Location[]> {
  const offset = offsetIn(open, position);
  if (offset === undefined) return [];
  const linked = await linkedAt(open.live.workspace(), open.file, offset);
  const definitions = linked?.definitions ?? [];
  const isHere = ({ file, start, end }: (typeof definitions)[number]) =>
    file === open.file && start <= offset && offset <= end;
  return definitions.some(isHere) ? [] : spotLocations(open, definitions);
}
