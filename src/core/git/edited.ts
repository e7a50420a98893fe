import { UserError } from '../lib/errors.ts';
import type { Repository } from '../model/repository.ts';

/**
 * A repository with other texts in some files, as an editor holds them unsaved; a text for a path that
 * is not there adds the file. The base must not change its list of files.
 */
export function editedRepository(base: Repository, texts: ReadonlyMap<string, string>): Repository {
  const known = new Set(base.files);
  const added = [...texts.keys()].filter(path => !known.has(path));
  return {
    ...base,
    // The same list where nothing was added, so that what is derived from it can be kept.
    files: added.length === 0 ? base.files : [...base.files, ...added].sort(),
    read: async file => {
      const text = texts.get(file);
      return text === undefined ? base.read(file) : Buffer.from(text);
    },
  };
}

/** The same repository with the files that a new look at the disk found; unlisted ones are no longer read. */
export function relisted(before: Repository, now: Repository): Repository {
  if (before.root !== now.root)
    throw new UserError(`${now.root} is another repository than ${before.root}.`);
  const same = before.files.length === now.files.length;
  const equal = same && before.files.every((file, index) => file === now.files[index]);
  return equal ? { ...now, files: before.files } : now;
}
