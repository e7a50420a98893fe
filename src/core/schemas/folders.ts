import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { userCache } from '../lib/user-cache.ts';

/** Where `driftline schemas import` writes, for all repositories of the person. */
export function importedSchemas(): string {
  return join(userCache(), 'schemas');
}

/** True for an address of a mirror, false for a folder. */
export function isMirror(place: string): boolean {
  return /^https?:\/\//.test(place);
}

/** Where what a mirror had is kept. */
export function mirrorFolder(address: string): string {
  const name = createHash('sha256').update(withoutSlash(address)).digest('hex').slice(0, 20);
  return join(userCache(), 'schema-mirrors', name);
}

export function withoutSlash(address: string): string {
  return address.replace(/\/+$/, '');
}

/** True for a folder of the repository: links that lead out of it lead nowhere. */
export function isInside(root: string, folder: string): boolean {
  try {
    const path = relative(realpathSync(root), realpathSync(folder));
    return path === '' || !(path.startsWith('..') || isAbsolute(path));
  } catch {
    return false;
  }
}
