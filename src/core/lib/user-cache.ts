import { homedir } from 'node:os';
import { join } from 'node:path';

/** Driftline's folder among the person's caches, by the custom of the platform. */
export function userCache(): string {
  const home = homedir();
  if (process.env.XDG_CACHE_HOME) return join(process.env.XDG_CACHE_HOME, 'driftline');
  if (process.platform === 'darwin') return join(home, 'Library', 'Caches', 'driftline');
  if (process.platform === 'win32')
    return join(process.env.LOCALAPPDATA ?? join(home, 'AppData', 'Local'), 'driftline', 'cache');
  return join(home, '.cache', 'driftline');
}
