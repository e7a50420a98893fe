import { UserError } from '../../../src/core/lib/errors.ts';
import { RepositoryIndex } from '../../../src/core/manifests/repository-index.ts';
import type { Repository } from '../../../src/core/model/repository.ts';

/** A repository in memory; `reads` collects what was read. A file of `null` cannot be read. */
export function repositoryOf(
  files: Record<string, string | Uint8Array | null>,
  reads: string[] = [],
): Repository {
  return {
    root: '/repository',
    revision: 'working tree',
    files: Object.keys(files).sort(),
    left: [],
    async read(file) {
      reads.push(file);
      const content = files[file];
      if (content === undefined || content === null) throw new UserError(`${file} cannot be read.`);
      return typeof content === 'string' ? new TextEncoder().encode(content) : content;
    },
  };
}

export function indexOf(
  files: Record<string, string | Uint8Array | null>,
): Promise<RepositoryIndex> {
  return RepositoryIndex.build(repositoryOf(files));
}
