import type { CompletionItem, CompletionList, Position } from 'vscode-languageserver';
import type { Names } from '../core/actions/names.ts';
import { templateValues } from '../core/names/chart-values.ts';
import { documentNames } from '../core/names/documents.ts';
import type { Spot } from '../core/names/spot.ts';
import { suggestNames } from '../core/names/suggest.ts';
import type { Feature } from './feature.ts';
import type { OpenFile, Session } from './session/session.ts';
import { itemOf, schemaItems } from './yaml/items.ts';
import { type Place, placeAt } from './yaml/place.ts';
import { schemasAreWanted } from './yaml/wanted.ts';
import { yamlLanguage } from './yaml/yaml-language.ts';

/**
 * What may be written at a place: the names of the repository first, then what the schema of the kind says, as the
 * environments of the file know it.
 */
export const completion: Feature = {
  capabilities: () => ({
    completionProvider: { triggerCharacters: [' ', '/', '.', '{', '"', "'"] },
  }),
  register(session) {
    const { names: known } = yamlLanguage(session);
    // What is typed first may keep everything from being rendered: names are gathered before.
    session.onChanged(repository => {
      const [open] = session.openFiles(repository);
      if (open) known.follow(open);
    });
    session.connection.onCompletion(
      session.quietly('completion', async ({ textDocument, position }, signal) => {
        const open = session.openFile(textDocument.uri);
        if (!open || session.options.settings.completion === 'off') return null;
        const names = await known.of(open);
        if (signal.aborted) return null;
        const items = await itemsAt(open, position, { session, names });
        return { isIncomplete: false, items } satisfies CompletionList;
      }),
    );
  },
};

interface Asked {
  session: Session;
  names: Names;
}

async function itemsAt(
  open: OpenFile,
  position: Position,
  { session, names }: Asked,
): Promise<CompletionItem[]> {
  const { document, file } = open;
  const { snippets } = session.client;
  const { index } = names.inventory;
  if (index.file(file)?.role === 'chart-template' || /\/templates\/.*\.tpl$/.test(file)) {
    const offset = document.offsetAt(position);
    const found = templateValues(index, file, document.getText(), offset);
    return found.map(each => itemOf(each, { document, offset, cursor: undefined, snippets }));
  }
  const language = yamlLanguage(session);
  const place = placeAt(open, position, { names, documents: language.documents });
  if (!place) return [];
  const own = ownItems(open, place, snippets);
  if (!place.document || !schemasAreWanted(open, session.options.settings)) return own;
  if (place.cursor.token.typed.includes('${')) return own;
  const said = await fromSchema(place, { session, position, snippets }).catch(error => {
    session.defect('completion by a schema', error);
    return [];
  });
  const named = new Set(own.map(({ label }) => label));
  return [...own, ...said.filter(({ label }) => !named.has(label))];
}

function ownItems({ document }: OpenFile, place: Place, snippets: boolean): CompletionItem[] {
  const { spot, cursor, offset, types } = place;
  const suggestions = [...suggestNames(spot), ...documentNames(spot, types.schemas)];
  return suggestions.map(each => itemOf(each, { document, offset, cursor, snippets }));
}

async function fromSchema(
  { document, spot }: Place,
  { session, position, snippets }: { session: Session; position: Position; snippets: boolean },
): Promise<CompletionItem[]> {
  if (!document) return [];
  const service = await yamlLanguage(session).service();
  const inside = { line: position.line - document.line, character: position.character };
  const items = await service.complete(document, inside);
  const isPatch = document.key.endsWith(' patch');
  return schemaItems(items, { line: document.line, snippets, isPatch }).filter(
    ({ label }) => !isOfServer(label, spot),
  );
}

/** What only the API server writes is of no use in a manifest. */
function isOfServer(label: string, { cursor, path, kind }: Spot): boolean {
  if (cursor.part === 'value' || kind === '') return false;
  if (path === '') return label === 'status';
  return path === 'metadata' && serverMetadata.has(label);
}

const serverMetadata = new Set([
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
]);
