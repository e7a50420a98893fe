import type { Location, Position } from 'vscode-languageserver';
import { linkedAt } from '../core/actions/navigate/navigate.ts';
import { pathUses } from '../core/actions/navigate/path-links.ts';
import type { Reach } from '../core/actions/reach/reach.ts';
import { renderedObject } from '../core/actions/rendered-object.ts';
import { resourceKey } from '../core/model/resource.ts';
import type { Feature } from './feature.ts';
import { namedFile } from './named-file.ts';
import { renderedUri } from './rendered-uri.ts';
import { placedFields } from './requests/uses.ts';
import { type RepositoryFile, uriOf } from './session/repositories.ts';
import { offsetIn, spotLocations } from './spot-location.ts';

/**
 * Where what stands at a place is used: the texts that name the same object, label, variable, file, chart value or
 * template, and the fields of rendered objects that the line reaches, as our editor shows them; other editors have
 * no such documents and get the manifests and templates in which these objects begin.
 */
export const references: Feature = {
  capabilities: () => ({ referencesProvider: true }),
  register(session) {
    session.connection.onReferences(
      session.quietly(
        'references',
        async ({ textDocument, position, context }): Promise<Location[]> => {
          const found = session.repositories.of(textDocument.uri);
          if (!found) return [];
          const named = await namedAt(found, position, context?.includeDeclaration !== false);
          const reached = found.live.reach(found.file).at(position.line + 1);
          if (!session.client.ours)
            return withoutTwice([...named, ...(await beginnings(found, reached))]);
          const fields = await placedFields(found, reached);
          return [
            ...named,
            ...fields.map(field => ({ uri: renderedUri(field), range: atStart(field.line) })),
          ];
        },
      ),
    );
  },
};

/** The texts that mean the same as the word at a position. */
async function namedAt(
  found: RepositoryFile,
  position: Position,
  withDefinitions: boolean,
): Promise<Location[]> {
  const workspace = found.live.workspace();
  const place = { line: position.line + 1, column: position.character + 1 };
  const file = namedFile(workspace, found.file, place);
  if (file !== undefined) return spotLocations(found, pathUses(workspace.index, file));
  const offset = offsetIn(found, position);
  const linked = offset === undefined ? undefined : await linkedAt(workspace, found.file, offset);
  if (!linked) return [];
  const definitions = withDefinitions ? linked.definitions : [];
  return spotLocations(found, [...definitions, ...linked.uses]);
}

/** One place of a line is enough, where the manifest begins there as well. */
function withoutTwice(locations: readonly Location[]): Location[] {
  const places = new Map<string, Location>();
  for (const location of locations) {
    const place = `${location.uri}:${location.range.start.line}`;
    if (!places.has(place)) places.set(place, location);
  }
  return [...places.values()];
}

async function beginnings(
  { live, repository }: RepositoryFile,
  reached: readonly Reach[],
): Promise<Location[]> {
  const objects = new Map(
    reached.map(each => [`${each.environment}\n${resourceKey(each.object)}`, each]),
  );
  const places = new Map<string, Location>();
  for (const { environment, object, application } of objects.values()) {
    const rendered = await renderedObject(live.workspace(), environment, object, application);
    if (!rendered) continue;
    const { file, line } = rendered.source;
    places.set(`${file}:${line}`, { uri: uriOf(repository, file), range: atStart(line - 1) });
  }
  return [...places.values()];
}

function atStart(line: number) {
  return { start: { line, character: 0 }, end: { line, character: 0 } };
}
