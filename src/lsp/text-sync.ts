import type { Feature } from './feature.ts';

/** Every text that is open counts in place of its file, saved or not. */
export const textSync: Feature = {
  register(session) {
    const { documents, repositories } = session;
    documents.onDidChangeContent(({ document }) =>
      session.guard('following an edit', () => {
        const open = session.openFile(document.uri);
        open?.live.edit(open.file, document.getText());
      }),
    );
    documents.onDidClose(({ document }) =>
      session.guard('closing a document', () => {
        session.present.forget(document.uri);
        const found = repositories.of(document.uri);
        found?.live.edit(found.file, undefined);
      }),
    );
  },
};
