import { UserError } from '../lib/errors.ts';
import type { Host } from '../model/host.ts';

/** For what runs the user's own git: hooks, filters and credential helpers are named by the folder too. */
export function requireTrust(host: Host): void {
  if (host.trusted()) return;
  throw new UserError(
    'This folder is not trusted, so git is not run as you have it: hooks and filters of the folder would start. Trust the folder (on the command line: --trust).',
  );
}
