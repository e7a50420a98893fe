import { type EarlierRenders, gatherNames, type Names } from '../../core/actions/names.ts';
import type { Workspace } from '../../core/workspace.ts';
import type { OpenRepository, RepositoryFile } from '../session/repositories.ts';

interface Known {
  /** The last that were gathered. */
  names?: Names;
  readonly earlier: EarlierRenders;
  gathering?: { workspace: Workspace; done: Promise<void> };
  /** The state that `names` are of. */
  of?: Workspace;
}

/** Somebody who types waits that long for names of the present state, then those of an earlier one will do. */
const patienceMs = 60;

/** The names of each repository, gathered in the background: what is typed need not wait for what it makes. */
export class KnownNames {
  readonly #known = new WeakMap<OpenRepository, Known>();
  readonly #failed: (error: unknown) => void;

  constructor(failed: (error: unknown) => void) {
    this.#failed = failed;
  }

  /** Gathers names of a repository of which nothing is known yet. */
  async begin(file: RepositoryFile): Promise<void> {
    if (!this.#known.has(file.repository)) await this.of(file);
  }

  /** Undefined only where nothing could be gathered at all. */
  async of({ repository, live }: RepositoryFile): Promise<Names | undefined> {
    const known: Known = this.#known.get(repository) ?? { earlier: new Map() };
    this.#known.set(repository, known);
    const workspace = live.workspace();
    if (known.of === workspace) return known.names;
    known.gathering ??= { workspace, done: this.#gather(known, workspace) };
    if (known.names) await Promise.race([known.gathering.done, later(patienceMs)]);
    else await known.gathering.done;
    return known.names;
  }

  async #gather(known: Known, workspace: Workspace): Promise<void> {
    try {
      known.names = await gatherNames(workspace, known.earlier);
      known.of = workspace;
    } catch (error) {
      this.#failed(error);
    } finally {
      known.gathering = undefined;
    }
  }
}

function later(ms: number): Promise<void> {
  return new Promise(done => setTimeout(done, ms));
}
