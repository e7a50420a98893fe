import { realpathSync } from 'node:fs';
import { isAbsolute, join, relative, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { findRoot } from '../../core/git/repository.ts';
import { messageOf, UserError } from '../../core/lib/errors.ts';
import type { Live, LiveOptions } from '../../core/live/live.ts';
import type { LiveChange } from '../../core/live/state.ts';
import type { Host } from '../../core/model/host.ts';
import type { ChosenCluster } from '../protocol.ts';
import { pathOf } from './client.ts';
import { looksLikeGitOps } from './gitops.ts';

export type OpenLive = (options: LiveOptions) => Promise<Live>;

export type RepositoryState =
  | { kind: 'loading' }
  /** No GitOps repository; `reason` says what was looked for. */
  | { kind: 'none'; reason: string }
  | { kind: 'ready'; live: Live };

/** The repository around one workspace folder (several folders of one repository share it). */
export interface OpenRepository {
  readonly root: string;
  /** Folders as the client names them, and where they really are. */
  readonly folders: { given: string; real: string }[];
  state: RepositoryState;
}

/** A file of a repository that is ready. */
export interface RepositoryFile {
  repository: OpenRepository;
  live: Live;
  /** Relative to the root, with `/`. */
  file: string;
}

export interface RepositoriesOptions {
  openLive: OpenLive;
  host: Host;
  clusters(): ChosenCluster[];
  /** It is known what a folder holds, or that it holds nothing. */
  opened(repository: OpenRepository): void;
  changed(repository: OpenRepository, change: LiveChange): void;
}

/** The repositories of all workspace folders, each opened once and only where there is something to read. */
export class Repositories {
  readonly #options: RepositoriesOptions;
  readonly #byRoot = new Map<string, OpenRepository>();
  readonly #opening = new Map<string, Promise<void>>();

  constructor(options: RepositoriesOptions) {
    this.#options = options;
  }

  add(folder: string): void {
    let real: string;
    let root: string;
    try {
      real = realpathSync(folder);
      root = findRoot(folder);
    } catch (error) {
      this.#options.host.log(messageOf(error));
      return;
    }
    const known = this.#byRoot.get(root);
    if (known) {
      known.folders.push({ given: folder, real });
      if (known.state.kind === 'none') this.#start(known);
      return;
    }
    const repository: OpenRepository = {
      ...{ root, folders: [{ given: folder, real }] },
      state: { kind: 'loading' },
    };
    this.#byRoot.set(root, repository);
    this.#start(repository);
  }

  async remove(folder: string): Promise<void> {
    for (const repository of this.all()) {
      const at = repository.folders.findIndex(({ given }) => given === folder);
      if (at < 0) continue;
      repository.folders.splice(at, 1);
      if (repository.folders.length > 0) continue;
      this.#byRoot.delete(repository.root);
      await close(repository);
    }
  }

  /** Looks again where nothing was found before: a file came into being. */
  lookAgain(path: string): void {
    for (const repository of this.all())
      if (repository.state.kind === 'none' && relativeTo(repository, path) !== undefined)
        this.#start(repository);
  }

  all(): OpenRepository[] {
    return [...this.#byRoot.values()];
  }

  /** Those that hold something. */
  lives(): { repository: OpenRepository; live: Live }[] {
    return this.all().flatMap(repository =>
      repository.state.kind === 'ready' ? [{ repository, live: repository.state.live }] : [],
    );
  }

  /** Resolves when no repository is being opened any more. */
  async ready(): Promise<void> {
    await Promise.all(this.#opening.values());
  }

  /** The innermost repository that holds a document; undefined where there is none, or not yet. */
  of(uri: string): RepositoryFile | undefined {
    const path = pathOf(uri);
    if (path === undefined) return undefined;
    const holding = this.lives().flatMap(({ repository, live }) => {
      const file = relativeTo(repository, path);
      return file === undefined ? [] : [{ repository, live, file }];
    });
    return holding.sort((a, b) => b.repository.root.length - a.repository.root.length)[0];
  }

  /** The repository that declares an environment. Throws a UserError where that is not one. */
  ofEnvironment(name: string): { repository: OpenRepository; live: Live } {
    const having = this.lives().filter(({ live }) =>
      live.environments().some(environment => environment.name === name),
    );
    const [first, second] = having;
    if (!first) throw new UserError(`There is no environment named ${name} any more.`);
    if (!second) return first;
    const roots = having.map(({ repository }) => repository.root).join(' and ');
    throw new UserError(
      `Two open folders have an environment named ${name} (${roots}): open one of them alone.`,
    );
  }

  async close(): Promise<void> {
    const all = this.all();
    this.#byRoot.clear();
    await Promise.all(all.map(close));
  }

  #start(repository: OpenRepository): void {
    const { root } = repository;
    repository.state = { kind: 'loading' };
    const opening = this.#open(repository).finally(() => {
      if (this.#opening.get(root) === opening) this.#opening.delete(root);
    });
    this.#opening.set(root, opening);
  }

  async #holdsSomething({ folders }: OpenRepository): Promise<boolean> {
    for (const { real } of folders) if (await looksLikeGitOps(real)) return true;
    return false;
  }

  async #open(repository: OpenRepository): Promise<void> {
    const { openLive, host, clusters, opened, changed } = this.#options;
    const { root } = repository;
    try {
      if (await this.#holdsSomething(repository)) {
        const live = await openLive({ directory: root, host, clusters: clusters() });
        if (this.#byRoot.get(root) !== repository) return await live.close();
        repository.state = { kind: 'ready', live };
        live.onChanged(change => changed(repository, change));
      } else repository.state = { kind: 'none', reason: nothingFound(repository) };
    } catch (error) {
      repository.state = { kind: 'none', reason: messageOf(error) };
      host.log(`${root} could not be opened: ${messageOf(error)}`);
    }
    opened(repository);
  }
}

/** The address of a file as the client would write it: below the folder that it opened, links and all. */
export function uriOf({ root, folders }: OpenRepository, file: string): string {
  const path = join(root, file);
  for (const { given, real } of folders) {
    const inside = within(real, path);
    if (inside !== undefined) return pathToFileURL(join(given, inside)).href;
  }
  return pathToFileURL(path).href;
}

function nothingFound({ folders }: OpenRepository): string {
  const where = folders.map(({ given }) => given).join(' and ');
  return `${where} has no Kubernetes manifest, kustomization, chart or driftline.yaml.`;
}

function relativeTo({ root, folders }: OpenRepository, path: string): string | undefined {
  for (const { given, real } of folders) {
    const inside = within(given, path);
    const file = inside === undefined ? undefined : within(root, join(real, inside));
    if (file !== undefined) return file.replaceAll(sep, '/');
  }
  return within(root, path)?.replaceAll(sep, '/');
}

/** The path below a folder; undefined for what lies elsewhere. */
function within(folder: string, path: string): string | undefined {
  const inside = relative(folder, path);
  return inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside)
    ? undefined
    : inside;
}

async function close({ state }: OpenRepository): Promise<void> {
  if (state.kind === 'ready') await state.live.close();
}
