import type { Feature } from './feature.ts';
import { notifications, type Settings } from './protocol.ts';
import { readSettings } from './session/options.ts';
import type { Session } from './session/session.ts';

/**
 * Trust and settings. Ours are pushed by the extension, which knows what the workspace may set and what only the
 * person may. Other editors are asked for the section `driftline` of their configuration; since many of them take
 * parts of it from the folder, it says what is shown, and neither trust nor where credentials go: those come with
 * `initialize`.
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

/** What the configuration does not say, or may not, stays as `initialize` had it. */
async function pull(session: Session, take: (settings: Settings) => void): Promise<void> {
  const answer: unknown = await session.connection.workspace.getConfiguration('driftline');
  if (typeof answer !== 'object' || answer === null) return;
  const current = session.options.settings;
  const { validation, drift, completion } = readSettings({ ...current, ...answer });
  take({ ...current, validation, drift, completion });
}

function tellAll(session: Session): void {
  for (const { live } of session.repositories.lives()) live.hostChanged();
  session.retell();
}
