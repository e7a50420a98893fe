import type { InlayHint } from 'vscode-languageserver';
import type { Feature } from './feature.ts';
import { markerLines } from './markers.ts';

/** The markers as inlay hints, for editors that have no extension of ours to draw them. */
export const inlayHints: Feature = {
  capabilities: client => (client.ours ? {} : { inlayHintProvider: true }),
  register(session) {
    const { connection } = session;
    connection.languages.inlayHint.on(
      session.quietly('inlay hints', ({ textDocument, range }): InlayHint[] => {
        const open = session.openFile(textDocument.uri);
        if (!open || session.client.ours) return [];
        const { document } = open;
        return markerLines(session.present.of(open, document))
          .filter(({ line }) => line >= range.start.line && line <= range.end.line)
          .map(({ line, text }) => ({
            position: document.getLineRange(line).end,
            label: `⟵ ${text}`,
            paddingLeft: true,
          }));
      }),
    );
    session.onChangedSoon(() => {
      if (session.client.refreshesHints && !session.client.ours)
        connection.languages.inlayHint.refresh();
    });
  },
};
