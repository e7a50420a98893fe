import { openRepository } from '../../git/repository.ts';
import { workingTree } from '../../git/working-tree.ts';
import type { Repository } from '../../model/repository.ts';
import type { Workspace } from '../../workspace.ts';
import { GitFacts } from './git-facts.ts';

/** The files on disk below unsaved texts, and which files those are. */
export interface SavedFiles {
  repository: Repository;
  edited: readonly string[];
}

/** What is compared. */
export interface Present {
  workspace: Workspace;
  /** Set where unsaved texts are among it. */
  disk?: SavedFiles;
}

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

  /**
   * The files as a commit has them; engines know it by the name of the present branch. Of a large repository only
   * what differs is taken anew. Rejects where git cannot read it.
   */
  commit(present: Present, commit: string): Promise<Workspace> {
    const key = `${commit} ${present.workspace.branch ?? ''}`;
    const workspace = this.#commits.get(key) ?? this.#open(present, commit);
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
  onDisk({ workspace: present, disk }: Present & { disk: SavedFiles }): Promise<Workspace> {
    const { repository, edited } = disk;
    if (this.#disk?.repository !== repository) {
      const workspace = present.beside(repository, present.branch, edited);
      this.#disk = { repository, workspace };
      workspace.catch(() => (this.#disk = undefined));
    }
    return this.#disk.workspace;
  }

  async #open(present: Present, commit: string): Promise<Workspace> {
    const { workspace } = present;
    const { root } = workspace.repository;
    const [then, files] = await Promise.all([
      openRepository(root, { revision: commit }),
      this.#differing(present, commit),
    ]);
    // What stands behind a link may differ although the link does not.
    const links = [...(workspace.repository.linked ?? []), ...(then.linked ?? [])];
    return workspace.beside(then, workspace.branch, files && [...new Set([...files, ...links])]);
  }

  /** The files that the present state and a commit may not have alike; undefined where git cannot tell. */
  async #differing({ workspace, disk }: Present, commit: string): Promise<string[] | undefined> {
    const { repository } = workspace;
    const facts = this.facts(disk?.repository ?? repository);
    if (repository.revision !== workingTree) return facts.between(repository.revision, commit);
    const [changed, between] = await Promise.all([
      facts.changed(),
      facts.commit('HEAD').then(head => head && facts.between(head.id, commit)),
    ]);
    return changed && between && [...changed, ...between, ...(disk?.edited ?? [])];
  }
}
