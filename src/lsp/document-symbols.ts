import { type DocumentSymbol, type SymbolInformation, SymbolKind } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { type OutlineEntry, outlineOf } from '../core/manifests/outline.ts';
import type { Feature } from './feature.ts';

/** The objects of a file and their important fields, for an editor's outline. */
export const documentSymbols: Feature = {
  capabilities: () => ({ documentSymbolProvider: { label: 'Driftline' } }),
  register(session) {
    session.connection.onDocumentSymbol(
      session.quietly('document symbols', ({ textDocument }) => {
        const open = session.openFile(textDocument.uri);
        const file = open?.live.workspace().index.file(open.file);
        // An older text is another one's outline: the editor asks again.
        if (!open || !file || file.text !== open.document.getText()) return [];
        const entries = outlineOf(file);
        return session.client.nestsSymbols
          ? entries.map(entry => nested(entry, open.document))
          : entries.flatMap(entry => flat(entry, open.document));
      }),
    );
  },
};

const kinds: Record<OutlineEntry['kind'], SymbolKind> = {
  object: SymbolKind.Object,
  map: SymbolKind.Module,
  list: SymbolKind.Array,
  item: SymbolKind.Struct,
  value: SymbolKind.Field,
  template: SymbolKind.Function,
};

function nested(entry: OutlineEntry, document: TextDocument): DocumentSymbol {
  const { name, detail, kind, children } = entry;
  return {
    name,
    detail,
    kind: kinds[kind],
    range: rangeOf(document, entry.start, entry.end),
    selectionRange: rangeOf(document, entry.nameStart, entry.nameEnd),
    children: children.map(child => nested(child, document)),
  };
}

/** Editors that show no tree get the objects alone. */
function flat(entry: OutlineEntry, document: TextDocument): SymbolInformation[] {
  const { name, kind, start, end } = entry;
  const location = { uri: document.uri, range: rangeOf(document, start, end) };
  return [{ name, kind: kinds[kind], location }];
}

function rangeOf(document: TextDocument, start: number, end: number) {
  return { start: document.positionAt(start), end: document.positionAt(end) };
}
