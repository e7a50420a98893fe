import type { ServerCapabilities } from 'vscode-languageserver';
import type { Client } from './session/client.ts';
import type { Session } from './session/session.ts';

/** One thing that the server does for a client. */
export interface Feature {
  /** What `initialize` announces of it. */
  capabilities?(client: Client): ServerCapabilities;
  /** Registers its handlers; called once, before anything is heard from the client. */
  register(session: Session): void;
}
