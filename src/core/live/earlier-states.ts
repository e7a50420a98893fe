import { headRevision, openRepository } from '../git/repository.ts';
import { UserError } from '../lib/errors.ts';
import type { Repository } from '../model/repository.ts';
import type { Workspace } from '../workspace.ts';

/** States of the repository that the present one is compared with; each is read once while it is asked for. */
export class EarlierStates {
  #disk: { repository: Repository; workspace: Promise<Workspace> } | undefined;
  #commit: { revision: string; workspace: Promise<Workspace> } | undefined;

  /** The files on disk, or those of the checked-out commit. Throws a `UserError` where there is none. */
  of(present: Workspace, state: Repository | 'HEAD'): Promise<Workspace> {
    return state === 'HEAD' ? this.#head(present) : this.#onDisk(present, state);
  }

  #onDisk(present: Workspace, repository: Repository): Promise<Workspace> {
    if (this.#disk?.repository !== repository) {
      const workspace = present.beside(repository, present.branch);
      this.#disk = { repository, workspace };
      workspace.catch(() => (this.#disk = undefined));
    }
    return this.#disk.workspace;
  }

  async #head(present: Workspace): Promise<Workspace> {
    const { root } = present.repository;
    const revision = await headRevision(root);
    if (revision === undefined)
      throw new UserError('Nothing is committed yet that the files could be compared with.');
    if (this.#commit?.revision !== revision) {
      const workspace = openRepository(root, { revision }).then(last =>
        present.beside(last, present.branch),
      );
      this.#commit = { revision, workspace };
      workspace.catch(() => (this.#commit = undefined));
    }
    return this.#commit.workspace;
  }
}
