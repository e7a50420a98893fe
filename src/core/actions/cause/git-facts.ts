import {
  type Ancestry,
  ancestryOf,
  commitsNamed,
  filesBetween,
  isOnRemote,
  type KnownCommit,
  remotesOf,
} from '../../git/commits.ts';
import { changedFiles, upstreamRevision } from '../../git/repository.ts';

/** How long what git said counts, in milliseconds, where nobody tells that something changed: a push, a fetch. */
const maxAge = 10_000;

export interface OwnFacts {
  /** Undefined before the first commit, and where there is no git. */
  head?: KnownCommit;
  /** What the branch that the checked-out one tracks was at when it was last fetched. */
  pushed?: KnownCommit;
  /** Paths on disk that differ from `head`; undefined where there is no git. */
  changed?: string[];
}

/** What git says of a repository at one moment; each thing is asked once, however many applications want it. */
export class GitFacts {
  readonly root: string;
  readonly #began = Date.now();
  readonly #named = new Map<string, Promise<Map<string, KnownCommit>>>();
  readonly #onRemote = new Map<string, Promise<boolean>>();
  readonly #ancestries = new Map<string, Promise<Ancestry>>();
  readonly #between = new Map<string, Promise<string[] | undefined>>();
  #own: Promise<OwnFacts> | undefined;
  #upstream: Promise<string | undefined> | undefined;
  #changed: Promise<string[] | undefined> | undefined;
  #remotes: ReturnType<typeof remotesOf> | undefined;

  constructor(root: string) {
    this.root = root;
  }

  get isOld(): boolean {
    return Date.now() - this.#began > maxAge;
  }

  /** The commit of the branch that the checked-out one tracks. */
  upstream(): Promise<string | undefined> {
    this.#upstream ??= upstreamRevision(this.root);
    return this.#upstream;
  }

  /** Files on disk that differ from the checked-out commit; undefined where there is no git. */
  changed(): Promise<string[] | undefined> {
    this.#changed ??= changedFiles(this.root);
    return this.#changed;
  }

  /** What every way begins with: the checked-out commit, what its upstream is at, and what differs from it on disk. */
  own(): Promise<OwnFacts> {
    this.#own ??= this.#readOwn();
    return this.#own;
  }

  async #readOwn(): Promise<OwnFacts> {
    const [upstream, changed] = await Promise.all([this.upstream(), this.changed()]);
    const known = await this.named(['HEAD', ...(upstream ? [upstream] : [])]);
    return { head: known.get('HEAD'), pushed: upstream ? known.get(upstream) : undefined, changed };
  }

  remotes(): ReturnType<typeof remotesOf> {
    this.#remotes ??= remotesOf(this.root);
    return this.#remotes;
  }

  named(names: readonly string[]): Promise<Map<string, KnownCommit>> {
    return once(this.#named, names.join('\n'), () => commitsNamed(this.root, names));
  }

  async commit(name: string): Promise<KnownCommit | undefined> {
    return (await this.named([name])).get(name);
  }

  isOnRemote(commit: string): Promise<boolean> {
    return once(this.#onRemote, commit, () => isOnRemote(this.root, commit));
  }

  /** Paths that differ between two commits; undefined where git does not know one of them. */
  between(from: string, to: string): Promise<string[] | undefined> {
    return once(this.#between, `${from} ${to}`, () => filesBetween(this.root, from, to));
  }

  ancestry(a: string, b: string): Promise<Ancestry> {
    return once(this.#ancestries, `${a} ${b}`, () => ancestryOf(this.root, a, b));
  }
}

function once<T>(known: Map<string, Promise<T>>, key: string, ask: () => Promise<T>): Promise<T> {
  const asked = known.get(key) ?? ask();
  known.set(key, asked);
  return asked;
}
