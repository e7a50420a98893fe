import type { Repository } from '../model/repository.ts';

/**
 * The same repository, of which each file is read from disk at most once: for a command that reads, hashes and
 * renders the same files within a second. Its memory grows by what is read.
 */
export function readOnce(repository: Repository): Repository {
  const contents = new Map<string, Promise<Uint8Array>>();
  return {
    ...repository,
    read: file => {
      const content = contents.get(file) ?? repository.read(file);
      contents.set(file, content);
      return content;
    },
  };
}
