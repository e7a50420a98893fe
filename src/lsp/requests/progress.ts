import { notifications } from '../protocol.ts';
import type { Session } from '../session/session.ts';

/** Tells the client what is being done, where it gave the work an id. */
export function teller(session: Session, id: string | undefined): (message: string) => void {
  return message => {
    if (id !== undefined) session.send(notifications.progress, { id, message });
  };
}
