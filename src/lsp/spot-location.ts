import type { Location } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Spot } from '../core/actions/navigate/spot.ts';
import { positionAt } from '../core/manifests/locate.ts';
import type { RepositoryFile } from './session/repositories.ts';
import { uriOf } from './session/repositories.ts';

/** Places as an editor opens them; those in files that nobody read are left out. */
export async function spotLocations(
  { live, repository }: RepositoryFile,
  spots: readonly Spot[],
): Promise<Location[]> {
  const workspace = live.workspace();
  const found = await Promise.all(
    spots.map(async ({ file, start, end }): Promise<Location[]> => {
      const uri = uriOf(repository, file);
      const parsed = workspace.index.file(file)?.parsed;
      if (parsed) {
        const [from, to] = [positionAt(parsed, start), positionAt(parsed, end)];
        return [
          {
            uri,
            range: {
              start: { line: from.line - 1, character: from.column - 1 },
              end: { line: to.line - 1, character: to.column - 1 },
            },
          },
        ];
      }
      if (!workspace.repository.files.includes(file)) return [];
      const bytes = await workspace.repository.read(file);
      const text = TextDocument.create(uri, '', 0, new TextDecoder().decode(bytes));
      return [{ uri, range: { start: text.positionAt(start), end: text.positionAt(end) } }];
    }),
  );
  return found.flat();
}

/** The offset of a position in the text that the index has of a file; the text of an open document is that one soon. */
export function offsetIn(
  { live, file }: RepositoryFile,
  { line, character }: { line: number; character: number },
): number | undefined {
  const { index } = live.workspace();
  const starts = index.file(file)?.parsed.lineStarts;
  const start = starts?.[line];
  return start === undefined ? undefined : start + character;
}
