import type { Feature } from './feature.ts';
import { pathOf } from './session/client.ts';

/** The folders that are open, each with the repository around it. */
export const folders: Feature = {
  capabilities: () => ({
    workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
  }),
  register(session) {
    const { connection, repositories } = session;
    session.onBegin(() => {
      for (const folder of session.client.folders) repositories.add(folder);
      if (!session.client.changesFolders) return;
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        for (const { uri } of removed) {
          const path = pathOf(uri);
          if (path !== undefined)
            session.guard('closing a folder', () => repositories.remove(path));
        }
        for (const { uri } of added) {
          const path = pathOf(uri);
          if (path !== undefined) repositories.add(path);
        }
      });
    });
  },
};
