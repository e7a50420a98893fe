import { type FoldingRange, FoldingRangeKind } from 'vscode-languageserver';
import { foldsOf } from '../core/manifests/folds.ts';
import type { Feature } from './feature.ts';

/** Documents, maps, lists, block scalars and comments. Templates are left to the editor's own folding. */
export const folding: Feature = {
  capabilities: () => ({ foldingRangeProvider: true }),
  register(session) {
    session.connection.onFoldingRanges(
      session.quietly('folding', ({ textDocument }): FoldingRange[] | null => {
        const open = session.openFile(textDocument.uri);
        const file = open?.live.workspace().index.file(open.file);
        if (!open || !file || file.role === 'chart-template') return null;
        if (file.text !== open.document.getText()) return null;
        return foldsOf(file.parsed, file.text).map(({ first, last, kind }) => ({
          startLine: first - 1,
          endLine: last - 1,
          ...(kind === 'comment' && { kind: FoldingRangeKind.Comment }),
        }));
      }),
    );
  },
};
