import { existsSync, realpathSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';

/**
 * A path that a person typed, relative to the repository's root, with `/`: taken from the current folder
 * where that is inside the repository and holds it, else from the root, as the reports print paths.
 */
export function inRepository(root: string, typed: string): string {
  const there = resolve(typed);
  const real = existsSync(there) ? realpathSync(there) : there;
  const path = relative(realpathSync(root), real);
  const isOutside = path.startsWith('..') || isAbsolute(path);
  if (isOutside || !existsSync(there)) return slashed(relative(root, join(root, typed)));
  return slashed(path);
}

const slashed = (path: string) => path.split(sep).join('/');
