import { type SymbolInformation, SymbolKind } from 'vscode-languageserver';
import { findObjects } from '../core/actions/navigate/find-objects.ts';
import { positionAt } from '../core/manifests/locate.ts';
import type { Feature } from './feature.ts';
import { uriOf } from './session/repositories.ts';

/** Objects by kind, namespace and name, wherever they are written. */
export const workspaceSymbols: Feature = {
  capabilities: () => ({ workspaceSymbolProvider: true }),
  register(session) {
    session.connection.onWorkspaceSymbol(
      session.quietly('workspace symbols', ({ query }): SymbolInformation[] =>
        session.repositories.lives().flatMap(({ repository, live }) => {
          const { index } = live.workspace();
          return findObjects(index, query).map(({ resource, file, line, document }) => {
            const { kind, namespace, name } = resource;
            const start = { line: line - 1, character: 0 };
            const parsed = index.file(file)?.parsed;
            const end = parsed && positionAt(parsed, document.root?.end ?? document.end);
            return {
              name: `${kind} ${name}`,
              kind: SymbolKind.Object,
              containerName: namespace === '' ? file : `${namespace} · ${file}`,
              location: {
                uri: uriOf(repository, file),
                range: {
                  start,
                  end: end ? { line: end.line - 1, character: end.column - 1 } : start,
                },
              },
            };
          });
        }),
      ),
    );
  },
};
