import { type Connection, TextDocumentSyncKind } from 'vscode-languageserver/node';
import { features } from './features.ts';
import type { OpenLive } from './session/repositories.ts';
import { Session } from './session/session.ts';

/** Serves one client until it goes. */
export function startServer(connection: Connection, openLive: OpenLive): void {
  const session = new Session(connection, openLive);
  connection.onInitialize(params => {
    session.initialize(params);
    const announced = features.map(feature => feature.capabilities?.(session.client) ?? {});
    return {
      serverInfo: { name: 'driftline' },
      capabilities: Object.assign(
        { textDocumentSync: TextDocumentSyncKind.Incremental },
        ...announced,
      ),
    };
  });
  connection.onInitialized(() => session.begin());
  connection.onShutdown(() => session.close());
  for (const feature of features) feature.register(session);
  session.documents.listen(connection);
  connection.listen();
}
