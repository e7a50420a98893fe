import { join } from 'node:path';
import { ChartFinder } from './charts/finder.ts';
import type { ClusterIdentity } from './cluster/cluster.ts';
import { Connections } from './cluster/connections.ts';
import type { ClusterTypes, KnownTypes } from './cluster/known-types.ts';
import { knownTypesOf, type OpenAnswer, openKnownTypes } from './cluster/open.ts';
import { configFiles, readConfig } from './environments/config/config.ts';
import type { Discovery } from './environments/context.ts';
import { discoverEnvironments } from './environments/discover.ts';
import { readOnce } from './git/read-once.ts';
import { currentBranch, findRoot, openRepository, remoteUrls } from './git/repository.ts';
import { UserError } from './lib/errors.ts';
import { userCache } from './lib/user-cache.ts';
import { keptObjectOf } from './manifests/kept-values.ts';
import { RepositoryIndex } from './manifests/repository-index.ts';
import { isTestData } from './manifests/test-data.ts';
import type { ClusterTarget, Environment } from './model/environment.ts';
import type { Host } from './model/host.ts';
import type { Rendered } from './model/rendered.ts';
import type { Repository } from './model/repository.ts';
import type { JsonObject } from './model/resource.ts';
import { RenderCache } from './render/cache.ts';
import type { Target } from './render/renderer.ts';
import { createRendering, type Rendering } from './render/rendering.ts';
import { hideSecrets } from './render/sensitive.ts';
import { type Catalogue, openCatalogue } from './schemas/catalogue.ts';
import { importedSchemas, isInside, isMirror, mirrorFolder } from './schemas/folders.ts';
import { KeptSchemas } from './schemas/kept-schemas.ts';
import { nearestName } from './schemas/nearest.ts';
import { openStore } from './schemas/store.ts';
import type { Schemas } from './schemas/type.ts';
import { type Decrypted, decryptRepository } from './sops/decrypted.ts';
import { markEqual, telling, withoutValues } from './sops/sensitive.ts';
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
  /** Clusters that a person chose by hand, by environment: they win over what the repository says. */
  chosen?: ReadonlyMap<string, ClusterTarget>;
  /**
   * Render what SOPS encrypted as it is in the clear, by the person's own `sops`. Its values must not be shown:
   * `hidden` takes them out of a text.
   */
  decrypt?: boolean;
  /** The place of every field will be asked for: render with them from the start. */
  traces?: boolean;
  /**
   * Names of the environments that will be compared (none: all of them): while the repository is read, the judge is
   * started, and the clusters are connected to that driftline.yaml names for them.
   */
  compares?: readonly string[];
  /** Objects will be judged: the judge is started while the repository is read. */
  judges?: boolean;
  host: Host;
  signal?: AbortSignal;
}

/** What the states of one repository share: programs, connections, and what was rendered. */
interface Resident {
  options: WorkspaceOptions;
  remotes: readonly string[];
  /** Undefined where the program is not built: what only it can tell is then *not checked*. */
  judge: Judge | undefined;
  process: ResidentProgram;
  renderer: RendererProgram;
  renders: RenderCache;
  charts: ChartFinder;
  schemas: KeptSchemas;
  /** By their folders. */
  catalogues: Map<string, Catalogue>;
  connections: Connections;
  knownTypes: KnownTypes;
  /** By the environment's name: what its objects were checked by the last time. */
  checkedBy: Map<string | undefined, Schemas>;
}

/**
 * One open repository with its rooms wired: what every door constructs. Parts that cost something
 * (discovery, rendering, the judge, connections) start when they are first asked for. `close` ends them.
 */
export class Workspace {
  readonly repository: Repository;
  readonly index: RepositoryIndex;
  /** Branch that is checked out, when the working tree is read. */
  readonly branch: string | undefined;
  readonly #resident: Resident;
  readonly #rendering: Rendering;
  readonly #decrypted: Decrypted | undefined;
  #discovery: Promise<Discovery> | undefined;
  #folders: readonly string[] | undefined;
  /** What was found in the files, before a person's choices are put over it. */
  #found: Promise<Discovery> | undefined;

  /** Opens the repository around a folder. Throws a UserError when there is nothing to read. */
  static async open(options: WorkspaceOptions): Promise<Workspace> {
    const { revision, signal } = options;
    const root = await findRoot(options.directory);
    const [opened, remotes, branch] = await Promise.all([
      openRepository(root, { revision, signal }),
      remoteUrls(root),
      currentBranch(root),
    ]);
    // A kept repository is read anew when it changes.
    const repository = options.traces ? opened : readOnce(opened);
    const resident = startPrograms(options, root, remotes);
    // Whoever needs it hears of a failure.
    if (options.judges) resident.judge?.version(signal).catch(() => {});
    if (options.compares) {
      resident.judge?.warm(signal).catch(() => {});
      connectEarly(resident, repository, options.compares).catch(() => {});
    }
    const index = await RepositoryIndex.build(repository, signal);
    if (options.decrypt && !options.host.trusted()) throw new UserError(notDecrypted);
    const isManifest = (file: string) => {
      const role = index.file(file)?.role;
      return role !== undefined && role !== 'generator-input';
    };
    const decrypted = options.decrypt
      ? await decryptRepository(repository, { isManifest, signal })
      : undefined;
    return new Workspace(resident, repository, index, revision ?? branch, decrypted);
  }

  private constructor(
    resident: Resident,
    repository: Repository,
    index: RepositoryIndex,
    branch: string | undefined,
    decrypted?: Decrypted,
  ) {
    this.#decrypted = decrypted;
    this.#resident = resident;
    this.repository = repository;
    this.index = index;
    this.branch = branch;
    this.#rendering = createRendering(decrypted?.repository ?? repository, resident.renderer, {
      cache: resident.renders,
      charts: resident.charts,
      parsed: (file, text) => index.parsed(file, text),
      once: !resident.options.traces,
    });
  }

  get host(): Host {
    return this.#resident.options.host;
  }

  /** True where no connection may be opened. */
  get offline(): boolean {
    return this.#resident.options.offline;
  }

  /** True where what SOPS encrypted is rendered in the clear. */
  get decrypts(): boolean {
    return this.#decrypted !== undefined;
  }

  /** What could not be decrypted and is rendered as it is: one sentence each. */
  get leftEncrypted(): readonly string[] {
    return this.#decrypted?.failures ?? [];
  }

  /** A text without the values that were decrypted. */
  hidden(text: string): string {
    return this.#decrypted ? withoutValues(text, this.#decrypted.values) : text;
  }

  /** Addresses of the repository's remotes. */
  get remotes(): readonly string[] {
    return this.#resident.remotes;
  }

  /** Charts that are not in the repository. */
  get charts(): ChartFinder {
    return this.#resident.charts;
  }

  get judge(): Judge | undefined {
    return this.#resident.judge;
  }

  /**
   * The same workspace with another state of its repository, in which only `files` differ (added and removed
   * ones among them). The index is shared and must be of that state. Programs, connections and renders stay;
   * closing one closes all.
   */
  at(
    repository: Repository,
    files: Iterable<string>,
    options: Partial<Pick<WorkspaceOptions, 'chosen'>> & {
      branch: string | undefined;
      /** What was found in the files, where it is known to be the same in this state. */
      found?: Promise<Discovery>;
    },
  ): Workspace {
    this.#resident.renderer.derive(this.repository, repository, files);
    const { branch, found, ...chosen } = options;
    const resident = { ...this.#resident, options: { ...this.#resident.options, ...chosen } };
    const next = new Workspace(resident, repository, this.index, branch);
    next.#found = found;
    return next;
  }

  /**
   * The same workspace with any other state of its repository, such as a commit's, which engines know by the name
   * of `branch`. It has an index of its own and opens no connection; it is closed with this one. `files`: the only
   * ones that differ, where that is known.
   */
  async beside(
    repository: Repository,
    branch: string | undefined,
    files?: readonly string[],
  ): Promise<Workspace> {
    if (files) this.#resident.renderer.derive(this.repository, repository, files);
    const index = await RepositoryIndex.build(repository, this.#resident.options.signal);
    const options = { ...this.#resident.options, offline: true };
    return new Workspace({ ...this.#resident, options }, repository, index, branch);
  }

  /** Files that another state of this repository has with other contents, or only one of the two has; sorted. */
  async differingFiles(other: Workspace): Promise<string[]> {
    const { renderer } = this.#resident;
    const states = [this.repository, other.repository].map(state => renderer.hashes(state));
    const [ours, theirs] = await Promise.all(states);
    const files = new Set([...this.repository.files, ...other.repository.files]);
    return [...files].filter(file => ours?.get(file) !== theirs?.get(file)).sort();
  }

  /** What was found in the files, where that was looked for; see `at`. */
  get found(): Promise<Discovery> | undefined {
    return this.#found;
  }

  /** The environments, found once. */
  discovery(): Promise<Discovery> {
    this.#discovery ??= this.#discover();
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

  async #discover(): Promise<Discovery> {
    this.#found ??= this.#look();
    const found = await this.#found;
    const environments = found.environments.map(environment => {
      const cluster = this.#resident.options.chosen?.get(environment.name);
      return cluster ? { ...environment, cluster } : environment;
    });
    return { ...found, environments };
  }

  #look(): Promise<Discovery> {
    const { remotes, options } = this.#resident;
    return discoverEnvironments({
      index: this.index,
      remotes,
      revisions: this.branch === undefined ? [] : [this.branch],
      // A kept repository needs the places of all fields anyhow: one render serves both.
      render: application => (options.traces ? this.trace(application) : this.render(application)),
      trace: application => this.trace(application),
      expand: request => this.#resident.renderer.expand(this.repository, request, options.signal),
    });
  }

  /** What an application would apply. A render that fails says so in its value. */
  render(application: Target): Promise<Rendered> {
    return this.#made(this.#rendering.render(application, this.#resident.options.signal));
  }

  /** The same with the place of every field; slower, so for what differs only. */
  trace(application: Target): Promise<Rendered> {
    return this.#made(this.#rendering.trace(application, this.#resident.options.signal));
  }

  /** The same with the text that the tool prints. */
  print(application: Target): Promise<Rendered> {
    return this.#made(this.#rendering.print(application, this.#resident.options.signal));
  }

  async #made(rendering: Promise<Rendered>): Promise<Rendered> {
    const rendered = await rendering;
    if (!this.#decrypted) return rendered;
    const { values } = this.#decrypted;
    return hideSecrets(markEqual(rendered, values), telling(values));
  }

  /** The cluster or snapshot of an environment; opened once per target. */
  connect({ cluster }: Pick<Environment, 'cluster'>): Promise<OpenAnswer> {
    return this.#resident.connections.connect(cluster, this.offline);
  }

  /**
   * Types of a Kubernetes version (default: the newest that is bundled) and of custom resources; the same value
   * for the same types, so that what was judged by them can be kept. `bundled`: where `customTypes` says nothing,
   * the definitions count that come with Driftline, then those of the catalogue.
   */
  schemas(
    version: string | undefined,
    customTypes: readonly JsonObject[],
    options: { bundled?: boolean } = {},
  ): Schemas {
    const catalogue = options.bundled ? this.catalogue : undefined;
    return this.#resident.schemas.get(version, customTypes, { ...options, catalogue });
  }

  /** Folders of schemas that count last: the person's, the repository's, what was imported, what mirrors had. */
  get schemaFolders(): readonly string[] {
    const { host } = this.#resident.options;
    const { root } = this.repository;
    const given = host.schemas?.() ?? [];
    const own = readConfig(this.index).schemas.map(folder => join(root, folder));
    return [
      ...given.filter(each => !isMirror(each)),
      ...own.filter(folder => isInside(root, folder)),
      importedSchemas(),
      ...given.filter(isMirror).map(mirrorFolder),
    ];
  }

  get catalogue(): Catalogue {
    this.#folders ??= this.schemaFolders;
    const { catalogues } = this.#resident;
    const key = this.#folders.join('\n');
    const catalogue = catalogues.get(key) ?? openCatalogue(this.#folders);
    catalogues.set(key, catalogue);
    return catalogue;
  }

  /** Files of its folders changed. */
  forgetCatalogue(): void {
    this.#resident.catalogues.clear();
  }

  /** What the cluster of an environment said of its types when it was asked last; asks nobody. */
  knownTypes({ cluster }: Pick<Environment, 'cluster'>): Promise<ClusterTypes | undefined> {
    const { connections, knownTypes } = this.#resident;
    return knownTypesOf(cluster, connections, knownTypes);
  }

  /** Keeps what an open cluster says of its types, for when it cannot be asked. */
  rememberTypes(identity: ClusterIdentity, definitions: readonly JsonObject[]): Promise<void> {
    return this.#resident.knownTypes.remember(identity, definitions);
  }

  /** By the environment's name (undefined: what none deploys): the types that its objects were checked by last. */
  get checkedBy(): Map<string | undefined, Schemas> {
    return this.#resident.checkedBy;
  }

  /** CustomResourceDefinitions that stand in the repository's manifests, but for those of tests. */
  customTypes(): JsonObject[] {
    const files = this.index.files();
    return this.index
      .ofKind('apiextensions.k8s.io', 'CustomResourceDefinition')
      .filter(({ file }) => !isTestData(file, files))
      .flatMap(({ document: { root } }) => {
        const definition = root && keptObjectOf(root);
        return definition ? [definition] : [];
      });
  }

  /** Ends the connection to a cluster, so that the next `connect` opens it anew. */
  async disconnect(environment: Pick<Environment, 'cluster'>): Promise<void> {
    await this.closeConnection(await this.clusterKey(environment));
  }

  /** Ends the connection that was opened when `clusterKey` was this (`only`: if it is still that one). */
  closeConnection(key: string, only?: OpenAnswer): Promise<void> {
    return this.#resident.connections.close(key, only);
  }

  /** The contexts of the person's kubeconfig. Throws a `UserError` where it cannot be read. */
  contexts(): Promise<{ context: string; server: string }[]> {
    return this.#resident.connections.contexts();
  }

  /** Another text when the cluster of an environment, or the way to it, is another one. */
  clusterKey({ cluster }: Pick<Environment, 'cluster'>): Promise<string> {
    return this.#resident.connections.keyOf(cluster, this.offline);
  }

  /** Calls `changed` when the person's kubeconfig changes, from when on clusters may have other keys. */
  followContexts(changed: () => void): () => void {
    return this.#resident.connections.follow(changed);
  }

  /** Ends programs and connections. */
  async close(): Promise<void> {
    const { process, judge, connections } = this.#resident;
    await Promise.all([process.close(), judge?.close(), connections.closeAll()]);
  }
}

const notDecrypted =
  'This folder is not trusted, so nothing of it is decrypted: it says which keys are asked for. Trust it (on the command line: --trust).';

function startPrograms(
  options: WorkspaceOptions,
  root: string,
  remotes: readonly string[],
): Resident {
  const { host, signal, traces } = options;
  const log = (line: string) => host.log(line);
  // A kept repository tells at once that a server is busy, and comes back by itself.
  const patience = traces ? 2000 : undefined;
  const process = new ResidentProgram({ program: requireProgram('renderer') }, { log });
  const judge = programPath('judge');
  return {
    options,
    remotes,
    judge: judge === undefined ? undefined : new Judge(judge, { log }),
    process,
    renderer: new RendererProgram(process),
    renders: new RenderCache(),
    charts: new ChartFinder(join(userCache(), 'charts')),
    schemas: new KeptSchemas(openStore()),
    catalogues: new Map(),
    connections: new Connections({ root, host, patience, signal }),
    knownTypes: openKnownTypes(),
    checkedBy: new Map(),
  };
}

async function connectEarly(
  { connections, options }: Resident,
  repository: Repository,
  names: readonly string[],
): Promise<void> {
  const files = repository.files.filter(file => configFiles.includes(file));
  const { entries } = readConfig(await RepositoryIndex.build({ ...repository, files, left: [] }));
  const wanted = entries.filter(({ name }) => names.length === 0 || names.includes(name));
  await Promise.all(
    wanted.map(async ({ cluster }) => {
      if (cluster?.kind !== 'context') return;
      const opened = await connections.connect(cluster, options.offline);
      if (opened.ok) await opened.cluster.discovery(options.signal);
    }),
  );
}
