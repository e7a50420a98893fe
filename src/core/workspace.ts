import { type OpenAnswer, openCluster } from './cluster/open.ts';
import type { Discovery } from './environments/context.ts';
import { discoverEnvironments } from './environments/discover.ts';
import { currentBranch, findRoot, openRepository, remoteUrls } from './git/repository.ts';
import { UserError } from './lib/errors.ts';
import { jsonOf } from './manifests/locate.ts';
import { RepositoryIndex } from './manifests/repository-index.ts';
import type { Environment } from './model/environment.ts';
import type { Host } from './model/host.ts';
import type { Rendered } from './model/rendered.ts';
import type { Repository } from './model/repository.ts';
import { isObject, type JsonObject } from './model/resource.ts';
import { createRendering, type Rendering, type Target } from './render/rendering.ts';
import { nearestName } from './schemas/nearest.ts';
import { createSchemas, newestVersion } from './schemas/schemas.ts';
import { openStore, type SchemaStore } from './schemas/store.ts';
import type { Schemas } from './schemas/type.ts';
import { Judge } from './upstream/judge.ts';
import { ResidentProgram } from './upstream/process.ts';
import { programPath, requireProgram } from './upstream/programs.ts';
import { RendererProgram } from './upstream/renderer.ts';

export interface WorkspaceOptions {
  /** Any folder of the repository. */
  directory: string;
  /** Read the repository at this revision instead of the working tree. */
  revision?: string;
  /** Open no connection. */
  offline: boolean;
  host: Host;
  signal?: AbortSignal;
}

/**
 * One open repository with its rooms wired: what every door constructs. Parts that cost something
 * (discovery, rendering, the judge, connections) start when they are first asked for. `close` ends them.
 */
export class Workspace {
  readonly repository: Repository;
  readonly index: RepositoryIndex;
  readonly host: Host;
  /** Branch that is checked out, when the working tree is read. */
  readonly branch: string | undefined;
  /** Undefined where the program is not built: what only it can tell is then *not checked*. */
  readonly judge: Judge | undefined;
  readonly #options: WorkspaceOptions;
  readonly #remotes: readonly string[];
  readonly #rendering: Rendering;
  readonly #renderer: ResidentProgram;
  readonly #store: SchemaStore = openStore();
  readonly #clusters = new Map<string, Promise<OpenAnswer>>();
  #discovery: Promise<Discovery> | undefined;

  /** Opens the repository around a folder. Throws a UserError when there is nothing to read. */
  static async open(options: WorkspaceOptions): Promise<Workspace> {
    const { revision, signal } = options;
    const root = await findRoot(options.directory);
    const [repository, remotes, branch] = await Promise.all([
      openRepository(root, { revision, signal }),
      remoteUrls(root),
      currentBranch(root),
    ]);
    const index = await RepositoryIndex.build(repository, signal);
    return new Workspace(options, repository, index, remotes, branch);
  }

  private constructor(
    options: WorkspaceOptions,
    repository: Repository,
    index: RepositoryIndex,
    remotes: readonly string[],
    branch: string | undefined,
  ) {
    this.#options = options;
    this.repository = repository;
    this.index = index;
    this.host = options.host;
    this.branch = options.revision ?? branch;
    this.#remotes = remotes;
    const log = (line: string) => options.host.log(line);
    this.#renderer = new ResidentProgram({ program: requireProgram('renderer') }, { log });
    this.#rendering = createRendering(repository, new RendererProgram(this.#renderer));
    const judge = programPath('judge');
    if (judge !== undefined) this.judge = new Judge(judge, { log });
  }

  /** The environments, found once. */
  discovery(): Promise<Discovery> {
    this.#discovery ??= discoverEnvironments({
      index: this.index,
      remotes: this.#remotes,
      revisions: this.branch === undefined ? [] : [this.branch],
      render: source => this.render({ source }),
    });
    return this.#discovery;
  }

  /** The named environments, or all. Throws a UserError that lists what there is. */
  async choose(names: readonly string[]): Promise<Environment[]> {
    const { environments } = await this.discovery();
    if (names.length === 0) return environments;
    const known = environments.map(({ name }) => name);
    for (const name of names) {
      if (known.includes(name)) continue;
      const near = nearestName(name, known);
      const hint =
        near === undefined ? `there are: ${known.join(', ') || 'none'}` : `did you mean ${near}?`;
      throw new UserError(`There is no environment named ${name}; ${hint}`);
    }
    return environments.filter(({ name }) => names.includes(name));
  }

  /** What an application would apply. A render that fails says so in its value. */
  render(application: Target): Promise<Rendered> {
    return this.#rendering.render(application, this.#options.signal);
  }

  /** The same with the place of every field; slower, so for what differs only. */
  trace(application: Target): Promise<Rendered> {
    return this.#rendering.trace(application, this.#options.signal);
  }

  /** The cluster or snapshot of an environment; opened once per target. */
  connect({ cluster }: Environment): Promise<OpenAnswer> {
    const { host, offline, signal } = this.#options;
    const key = JSON.stringify(cluster);
    const known =
      this.#clusters.get(key) ??
      openCluster(cluster, { root: this.repository.root, host, offline, signal });
    this.#clusters.set(key, known);
    return known;
  }

  /** Types of a Kubernetes version (default: the newest that is bundled) and of custom resources. */
  schemas(version: string | undefined, customTypes: readonly JsonObject[]): Schemas {
    return createSchemas({
      version: version ?? newestVersion(this.#store),
      crds: customTypes,
      store: this.#store,
    });
  }

  /** CustomResourceDefinitions that stand in the repository's manifests. */
  customTypes(): JsonObject[] {
    return this.index
      .ofKind('apiextensions.k8s.io', 'CustomResourceDefinition')
      .map(({ document }) => (document.root ? jsonOf(document.root) : null))
      .filter(isObject);
  }

  /** Ends programs and connections. */
  async close(): Promise<void> {
    await Promise.all([this.#renderer.close(), this.judge?.close()]);
    for (const opened of this.#clusters.values()) {
      const answer = await opened.catch(() => undefined);
      if (answer?.ok) answer.cluster.close();
    }
  }
}
