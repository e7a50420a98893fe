import { foldersAbove } from '../../manifests/paths.ts';
import type { Repository } from '../../model/repository.ts';

/**
 * True for a path that a .gitignore of the repository leaves out: who builds on a machine of his own may have it. Reads
 * names and patterns with `*` and `?`; what is included again (`!`) counts as left out as well.
 */
export async function isLeftOut(path: string, repository: Repository): Promise<boolean> {
  for (const folder of foldersAbove(path)) {
    const file = folder === '' ? '.gitignore' : `${folder}/.gitignore`;
    if (!repository.files.includes(file)) continue;
    const inside = folder === '' ? path : path.slice(folder.length + 1);
    const lines = Buffer.from(await repository.read(file))
      .toString()
      .split(/\r?\n/);
    if (lines.some(line => matches(line.trim(), inside))) return true;
  }
  return false;
}

function matches(line: string, path: string): boolean {
  const pattern = line.replace(/\/$/, '');
  if (pattern === '' || pattern.startsWith('#') || pattern.startsWith('!')) return false;
  const anywhere = !pattern.includes('/');
  const written = pattern
    .replace(/^\//, '')
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/?|\*|\?/g, star => (star === '?' ? '[^/]' : star === '*' ? '[^/]*' : '.*'));
  return new RegExp(`^${anywhere ? '(?:.*/)?' : ''}${written}(?:/.*)?$`).test(path);
}
