import {
  type EarlierRenders,
  gatherNames,
  type Names,
  namesOfFiles,
} from '../../core/actions/names.ts';
import type { Workspace } from '../../core/workspace.ts';
import type { OpenRepository, RepositoryFile } from '../session/repositories.ts';

interface Known {
  /** The last that were gathered. */
  names?: Names;
  /** The state that `names` are of. */
  of?: Workspace;
  gathering?: Promise<void>;
  waiting?: NodeJS.Timeout;
  readonly earlier: EarlierRenders;
}

/** Edits of one moment are taken together, and what is asked meanwhile is answered first. */
const gatherMs = 200;
/** The first time names are waited for that long; then what the files alone say has to do. */
const firstMs = 300;

/**
 * The names of each repository, gathered in the background: what is typed need not wait for what it makes. Those of a
 * moment ago do while the next are gathered.
 */
export class KnownNames {
  readonly #known = new WeakMap<OpenRepository, Known>();
  readonly #failed: (error: unknown) => void;

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  async of(file: RepositoryFile): Promise<Names> {
    const known = this.#of(file.repository);
    if (known.names) this.follow(file);
    else await Promise.race([this.#gather(known, file), later(firstMs)]);
    return known.names ?? namesOfFiles(file.live.workspace());
  }

  /** The repository changed, or is seen for the first time: gathers names soon. */
  follow(file: RepositoryFile): void {
    const known = this.#of(file.repository);
    if (known.of === file.live.workspace()) return;
    known.waiting ??= setTimeout(() => {
      known.waiting = undefined;
      void this.#gather(known, file);
    }, gatherMs).unref();
  }

  #of(repository: OpenRepository): Known {
    const known: Known = this.#known.get(repository) ?? { earlier: new Map() };
    this.#known.set(repository, known);
    return known;
  }

  #gather(known: Known, { live }: RepositoryFile): Promise<void> {
    const gather = async () => {
      const workspace = live.workspace();
      try {
        known.names = await gatherNames(workspace, known.earlier);
        known.of = workspace;
      } catch (error) {
        this.#failed(error);
      }
    };
    known.gathering ??= gather().finally(() => {
      known.gathering = undefined;
    });
    return known.gathering;
  }
}

function later(ms: number): Promise<void> {
  return new Promise(done => setTimeout(done, ms).unref());
}
