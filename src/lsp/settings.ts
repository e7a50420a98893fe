import type { Feature } from './feature.ts';
import { notifications, type Settings } from './protocol.ts';
import { readOptions, readSettings } from './session/options.ts';
import type { Session } from './session/session.ts';

/**
 * Trust and settings. Ours are pushed by the extension, which knows what the workspace may set and what only the
 * person may; other editors are asked for the section `driftline` of their configuration.
 */
export const settings: Feature = {
  register(session) {
    const { connection } = session;
    const take = (changed: Settings) => {
      session.options = { ...session.options, settings: changed };
      tellAll(session);
    };
    session.onBegin(() => {
      if (pulls(session)) session.guard('reading settings', () => pull(session, take));
    });
    connection.onDidChangeConfiguration(() => {
      if (pulls(session)) session.guard('reading settings', () => pull(session, take));
    });
    session.follow(notifications.settings, changed => take(readSettings(changed)));
    session.follow(notifications.trust, ({ trusted }) => {
      session.options = { ...session.options, trusted: trusted === true };
      tellAll(session);
    });
  },
};

function pulls({ client }: Session): boolean {
  return !client.ours && client.configures;
}

/** What the configuration does not say stays as `initialize` had it. */
async function pull(session: Session, take: (settings: Settings) => void): Promise<void> {
  const answer: unknown = await session.connection.workspace.getConfiguration('driftline');
  if (typeof answer !== 'object' || answer === null) return;
  const { trusted, settings } = readOptions({ ...session.options.settings, ...answer });
  if ('trusted' in answer) session.options = { ...session.options, trusted };
  take(settings);
}

function tellAll(session: Session): void {
  for (const { live } of session.repositories.lives()) live.hostChanged();
  session.retell();
}
