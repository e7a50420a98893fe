import type { Repository } from '../model/repository.ts';

/**
 * A state of a repository with some files as another state has them: what a change would make of it, without making
 * it. Of the paths, those that `other` does not have are gone.
 */
export function overlay(base: Repository, other: Repository, paths: readonly string[]): Repository {
  const chosen = new Set(paths);
  const brought = other.files.filter(file => chosen.has(file));
  return {
    root: base.root,
    revision: `${base.revision} with ${paths.length} changed files`,
    files: [...base.files.filter(file => !chosen.has(file)), ...brought].sort(),
    left: [
      ...base.left.filter(({ file }) => !chosen.has(file)),
      ...other.left.filter(({ file }) => chosen.has(file)),
    ],
    read: file => (chosen.has(file) ? other : base).read(file),
  };
}
