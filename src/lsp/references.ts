import type { Location } from 'vscode-languageserver';
import type { Reach } from '../core/actions/reach/reach.ts';
import { renderedObject } from '../core/actions/rendered-object.ts';
import { resourceKey } from '../core/model/resource.ts';
import type { Feature } from './feature.ts';
import { renderedUri } from './rendered-uri.ts';
import { placedFields } from './requests/uses.ts';
import { type RepositoryFile, uriOf } from './session/repositories.ts';

/**
 * Where a line is used: the fields of rendered objects that it reaches, as our editor shows them; other editors have
 * no such documents and get the manifests and templates in which these objects begin.
 */
export const references: Feature = {
  capabilities: () => ({ referencesProvider: true }),
  register(session) {
    session.connection.onReferences(
      session.quietly('references', async ({ textDocument, position }): Promise<Location[]> => {
        const found = session.repositories.of(textDocument.uri);
        if (!found) return [];
        const reached = found.live.reach(found.file).at(position.line + 1);
        if (!session.client.ours) return beginnings(found, reached);
        const fields = await placedFields(found, reached);
        return fields.map(field => ({ uri: renderedUri(field), range: atStart(field.line) }));
      }),
    );
  },
};

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
