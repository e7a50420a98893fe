import type { Feature } from './feature.ts';
import { notifications } from './protocol.ts';
import type { Session } from './session/session.ts';

/**
 * What a person looks at: the server of the cluster is asked about that first. Our extension tells; of other editors
 * it is known only what is open.
 */
export const visible: Feature = {
  register(session) {
    const { documents } = session;
    let uris: readonly string[] = [];
    const tell = () => {
      const seen = session.client.ours ? uris : documents.keys();
      for (const { repository, live } of session.repositories.lives())
        live.visible(filesOf(session, repository.root, seen));
    };
    session.follow(notifications.visible, told => {
      const given: unknown = told?.uris;
      uris = Array.isArray(given) ? given.filter(uri => typeof uri === 'string') : [];
      tell();
    });
    // One that was opened since has to be told, too.
    session.onChanged(tell);
    documents.onDidOpen(tell);
    documents.onDidClose(tell);
  },
};

function filesOf({ repositories }: Session, root: string, uris: readonly string[]): string[] {
  return uris.flatMap(uri => {
    const found = repositories.of(uri);
    return found?.repository.root === root ? [found.file] : [];
  });
}
