import { openRepository } from '../../git/repository.ts';
import type { Repository } from '../../model/repository.ts';
import type { Workspace } from '../../workspace.ts';
import { GitFacts } from './git-facts.ts';

/** More commits than stand on the way of one environment are read again when they are asked for. */
const most = 6;

/**
 * Other states of a repository, read from git's store or from disk, each once: keep it as long as the repository is
 * open. Commits do not change, so that what was rendered of one counts for ever.
 */
export class CommitStates {
  /** The newest last. */
  readonly #commits = new Map<string, Promise<Workspace>>();
  readonly #facts = new WeakMap<Repository, GitFacts>();
  #disk: { repository: Repository; workspace: Promise<Workspace> } | undefined;

  /** What git says of a repository while it is as it is; a new look at the disk makes another object of it. */
  facts(repository: Repository): GitFacts {
    const known = this.#facts.get(repository);
    if (known && !known.isOld) return known;
    const facts = new GitFacts(repository.root);
    this.#facts.set(repository, facts);
    return facts;
  }

  /** The files as a commit has them; engines know it by the name of the present branch. Rejects where git cannot read it. */
  commit(present: Workspace, commit: string): Promise<Workspace> {
    const key = `${commit} ${present.branch ?? ''}`;
    const { root } = present.repository;
    const workspace =
      this.#commits.get(key) ??
      openRepository(root, { revision: commit }).then(then => present.beside(then, present.branch));
    this.#commits.delete(key);
    this.#commits.set(key, workspace);
    workspace.catch(() => this.#commits.delete(key));
    for (const oldest of this.#commits.keys()) {
      if (this.#commits.size <= most) break;
      this.#commits.delete(oldest);
    }
    return workspace;
  }

  /** The files as they are on disk, below the unsaved texts of the present state. */
  onDisk(present: Workspace, repository: Repository): Promise<Workspace> {
    if (this.#disk?.repository !== repository) {
      const workspace = present.beside(repository, present.branch);
      this.#disk = { repository, workspace };
      workspace.catch(() => (this.#disk = undefined));
    }
    return this.#disk.workspace;
  }
}
