import { CommitStates, type SavedFiles } from '../actions/cause/commit-states.ts';
import { type Effect, effectOf } from '../actions/effect/effect.ts';
import { LiveEdits } from '../actions/reach/live-edits.ts';
import { type FileReach, fileReach } from '../actions/reach/reach.ts';
import type { ValidateReport } from '../actions/reports.ts';
import { validate, validateFile, validateText } from '../actions/validate.ts';
import type { ClusterIdentity } from '../cluster/cluster.ts';
import { currentBranch, headRevision } from '../git/repository.ts';
import { messageOf, UserError } from '../lib/errors.ts';
import type { ClusterTarget, Environment } from '../model/environment.ts';
import type { Finding } from '../model/finding.ts';
import { type Resource, resourceKey } from '../model/resource.ts';
import { Workspace } from '../workspace.ts';
import { badgesOf, type FileBadgeState } from './badges.ts';
import { Changes } from './changes.ts';
import type { ComparedEnvironment, ComparedObject, EnvironmentNews } from './compared.ts';
import { type ComparedTexts, comparedTexts } from './comparison.ts';
import { EnvironmentWatch } from './environment-watch.ts';
import { KnownDiscovery } from './known-discovery.ts';
import type { Live, LiveOptions } from './live.ts';
import { Markers } from './markers.ts';
import { objectsOf } from './objects.ts';
import { PresentFiles } from './present-files.ts';
import type { EnvironmentState, LiveChange, Marker, ObjectSummary } from './state.ts';
import { environmentState } from './state-of.ts';

const untrusted =
  'This folder is not trusted, so no cluster is asked: trust it to compare with what runs.';

/** Edits of one moment are taken together. */
const gatherMilliseconds = 20;

/**
 * Opens a repository and keeps it current. Its environments are known when it resolves; what they run is compared in
 * the background from then on. Throws a `UserError` when there is nothing to read.
 */
export async function openLive(options: LiveOptions): Promise<Live> {
  const chosen = new Map(
    options.clusters.map(({ environment, ...cluster }) => [
      environment,
      { kind: 'context' as const, ...cluster },
    ]),
  );
  const workspace = await Workspace.open({
    directory: options.directory,
    offline: false,
    traces: true,
    chosen,
    host: options.host,
  });
  const live = new LiveRepository(workspace, chosen);
  await live.begun();
  return live;
}

class LiveRepository implements Live {
  readonly root: string;
  #workspace: Workspace;
  readonly #files: PresentFiles;
  readonly #chosen: Map<string, ClusterTarget>;
  readonly #watches = new Map<string, EnvironmentWatch>();
  /** Files that a person looks at. */
  #visible: ReadonlySet<string> = new Set();
  readonly #listeners = new Set<(change: LiveChange) => void>();
  /** Files whose edits no comparison has told about yet. */
  readonly #untold = new Set<string>();
  /** Each environment as it was told last, without its objects. */
  readonly #told = new Map<string, string>();
  readonly #markers = new Markers(file => this.#files.isEdited(file));
  readonly #edits = new LiveEdits();
  readonly #changes = new Changes();
  readonly #commits = new CommitStates();
  readonly #discovery = new KnownDiscovery();
  #refreshing: Promise<void> | undefined;
  /** Resolves when the workspace was brought to the present state the next time. */
  #taken = Promise.withResolvers<void>();
  #stale = true;
  #closed = false;
  readonly #unfollow: () => void;
  #unfollowContexts: () => void;
  #kubeconfig: string | undefined;

  constructor(workspace: Workspace, chosen: Map<string, ClusterTarget>) {
    this.root = workspace.repository.root;
    this.#workspace = workspace;
    this.#files = new PresentFiles(workspace.repository, workspace.index);
    this.#chosen = chosen;
    // What was not checked for want of a chart is rendered as soon as somebody fetched it.
    this.#unfollow = workspace.charts.store.onChanged(() => this.hostChanged());
    this.#kubeconfig = workspace.host.kubeconfig?.();
    this.#unfollowContexts = this.#followContexts();
    this.#refresh();
  }

  /** Resolves when the environments were looked for. */
  async begun(): Promise<void> {
    await this.#refreshing;
  }

  workspace(): Workspace {
    return this.#workspace;
  }

  async present(): Promise<Workspace> {
    await this.#present();
    return this.#workspace;
  }

  environments(since?: string): EnvironmentState[] {
    return this.#compared().map(current => {
      const { name } = current.environment;
      const only = since === undefined ? undefined : this.#changes.since(since, name);
      return environmentState(current, this.#revision(), only);
    });
  }

  moment(): string {
    return this.#changes.moment;
  }

  gone(since: string): Record<string, string[]> | undefined {
    const gone: Record<string, string[]> = {};
    for (const { environment, objects } of this.#compared()) {
      const changed = this.#changes.since(since, environment.name);
      if (!changed) return undefined;
      gone[environment.name] = [...changed].filter(key => !objects.has(key));
    }
    return gone;
  }

  edit(file: string, text: string | undefined): void {
    if (this.#files.edit(file, text)) this.#refresh();
  }

  changedOnDisk(files: readonly string[]): void {
    this.#files.changedOnDisk(files);
    if (files.length > 0) this.#refresh();
  }

  textFindings(file: string): Promise<Finding[]> {
    const readers = this.#compared().filter(({ applications }) =>
      applications.some(({ rendered }) => rendered.reads.includes(file)),
    );
    return validateText(
      this.#workspace,
      file,
      readers.map(({ environment }) => environment),
    );
  }

  async findings(file: string, signal?: AbortSignal): Promise<Finding[]> {
    await this.#present(file);
    const workspace = this.#workspace;
    const { environments } = await workspace.discovery();
    return validateFile(workspace, { environments, file, signal });
  }

  async validate(signal?: AbortSignal): Promise<Omit<ValidateReport, 'elapsedMs'>> {
    const { environments } = await this.#workspace.discovery();
    const ask = this.#workspace.host.trusted();
    return validate(this.#workspace, { environments, paths: [], ask, signal });
  }

  markers(file: string): Marker[] {
    return this.#markers.of(file);
  }

  visible(files: readonly string[]): void {
    const seen = new Set(files);
    if (seen.size === this.#visible.size && files.every(file => this.#visible.has(file))) return;
    this.#visible = seen;
    for (const watch of this.#watches.values()) watch.look(seen);
  }

  isCurrent(file: string): boolean {
    return !this.#files.isPending(file) && !this.#untold.has(file);
  }

  badges(): Map<string, FileBadgeState> {
    return badgesOf(this.#markers.files);
  }

  objects(file: string): ObjectSummary[] {
    const indexed = this.#workspace.index.file(file);
    return indexed ? objectsOf(indexed, this.#compared()) : [];
  }

  reach(file: string): FileReach {
    const workspace = this.#workspace;
    const customTypes = workspace.customTypes();
    const environments = [...this.#watches.values()].map(
      ({ current: { environment, applications } }) => ({
        environment,
        applications,
        schemas: workspace.schemas(environment.kubernetes, customTypes),
      }),
    );
    return fileReach(file, workspace.index, environments, this.#edits);
  }

  async effect(since: 'disk' | 'commit', signal?: AbortSignal): Promise<Effect> {
    await this.#present();
    const after = this.#workspace;
    const edited = this.#files.editedFiles();
    if (since === 'disk' && edited.length === 0) return { environments: [] };
    const before = await this.#earlier(after, since);
    const files = since === 'disk' ? edited : await after.differingFiles(before);
    signal?.throwIfAborted();
    return effectOf(before, after, files, async () => this.#edits);
  }

  editedFiles(): string[] {
    return this.#files.editedFiles();
  }

  liveEdits(): LiveEdits {
    return this.#edits;
  }

  async compare(environment: string, resource: Resource): Promise<ComparedTexts> {
    const found = this.compared(environment, resource);
    if (found) return comparedTexts(found);
    const watch = this.#watches.get(environment);
    const reason = watch?.current.reason ?? `${environment} has no such object.`;
    return { desired: '', live: '', reason };
  }

  compared(environment: string, resource: Resource): ComparedObject | undefined {
    return this.#watches.get(environment)?.current.objects.get(resourceKey(resource));
  }

  choose(environment: string, cluster: { context: string; uid: string } | undefined): void {
    if (cluster) this.#chosen.set(environment, { kind: 'context', ...cluster });
    else this.#chosen.delete(environment);
    this.#stale = true;
    this.#refresh();
  }

  contexts(): Promise<{ context: string; server: string }[]> {
    return this.#workspace.contexts();
  }

  async identify(context: string): Promise<ClusterIdentity> {
    if (!this.#workspace.host.trusted()) throw new UserError(untrusted);
    const target = { cluster: { kind: 'context' as const, context } };
    const opened = await this.#workspace.connect(target);
    if (opened.ok) return opened.cluster.identity;
    await this.#workspace.disconnect(target);
    throw new UserError(opened.reason);
  }

  async check(environments: readonly string[]): Promise<void> {
    this.changedOnDisk(['.git/HEAD']);
    await this.#refreshing;
    const wanted = [...this.#watches].filter(
      ([name]) => environments.length === 0 || environments.includes(name),
    );
    const checking = wanted.map(async ([, watch]) => {
      await watch.settled();
      // A snapshot is read anew, and a cluster that did not answer is asked again.
      const { phase, environment } = watch.current;
      if (phase === 'blocked' || environment.cluster.kind === 'snapshot') await watch.disconnect();
      watch.recheck();
      await watch.settled();
    });
    await Promise.all(checking);
  }

  hostChanged(): void {
    const kubeconfig = this.#workspace.host.kubeconfig?.();
    if (kubeconfig !== this.#kubeconfig) {
      this.#kubeconfig = kubeconfig;
      this.#unfollowContexts();
      this.#unfollowContexts = this.#followContexts();
    }
    this.#stale = true;
    this.#refresh();
  }

  onChanged(listener: (change: LiveChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async settled(): Promise<void> {
    do {
      while (this.#refreshing) await this.#refreshing;
      await Promise.all([...this.#watches.values()].map(watch => watch.settled()));
    } while (this.#refreshing);
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#unfollow();
    this.#unfollowContexts();
    this.#listeners.clear();
    for (const watch of this.#watches.values()) watch.close();
    await this.#workspace.close();
  }

  /** Whoever edits the kubeconfig, or signs in anew, need not tell it here. */
  #followContexts(): () => void {
    return this.#workspace.followContexts(() => {
      for (const watch of this.#watches.values()) watch.reconnect();
    });
  }

  #refresh(): void {
    this.#refreshing ??= this.#run()
      .catch(error => this.#workspace.host.log(messageOf(error)))
      .finally(() => {
        this.#refreshing = undefined;
      });
  }

  async #run(): Promise<void> {
    do {
      await this.#take().finally(() => {
        this.#taken.resolve();
        this.#taken = Promise.withResolvers<void>();
      });
      this.#tellAll(await this.#discover());
    } while (!this.#closed && (this.#stale || this.#files.isPending()));
  }

  /** Resolves when what was edited (in a file, or in any) is in the workspace. */
  async #present(file?: string): Promise<void> {
    while (this.#files.isPending(file)) {
      this.#refresh();
      await this.#taken.promise;
    }
  }

  /** Brings the workspace to the present state. */
  async #take(): Promise<void> {
    await new Promise(resolve => setTimeout(resolve, gatherMilliseconds));
    this.#stale = false;
    const { repository, changed, edited } = await this.#files.take();
    for (const file of edited) this.#untold.add(file);
    const isOfGit = [...changed].some(file => file.startsWith('.git/'));
    const branch = isOfGit ? await currentBranch(this.root) : this.#workspace.branch;
    const chosen = new Map(this.#chosen);
    const found = this.#discovery.for(this.#workspace, changed, branch);
    this.#workspace = this.#workspace.at(repository, changed, { chosen, branch, found });
    for (const watch of this.#watches.values()) {
      const { cluster } = watch.current.environment;
      if (cluster.kind === 'snapshot' && changed.has(cluster.file)) await watch.disconnect();
    }
  }

  /** Has every environment that there is now compared; answers their names, and those of what is gone. */
  async #discover(): Promise<string[]> {
    const workspace = this.#workspace;
    const isPending = () => this.#files.isPending();
    const { environments } = await this.#discovery.look(workspace, isPending);
    if (this.#closed) return [];
    const known = new Map(this.#watches);
    this.#watches.clear();
    for (const environment of environments) {
      const watch = known.get(environment.name) ?? this.#newWatch(workspace, environment);
      known.delete(environment.name);
      this.#watches.set(environment.name, watch);
      watch.update(workspace, environment);
    }
    for (const gone of known.values()) gone.close();
    return [...environments.map(({ name }) => name), ...known.keys()];
  }

  #newWatch(workspace: Workspace, environment: Environment): EnvironmentWatch {
    const { host } = workspace;
    const watch = new EnvironmentWatch(workspace, environment, {
      blocked: ({ cluster }) =>
        cluster.kind === 'context' && !host.trusted() ? untrusted : undefined,
      compared: news => this.#follow(environment.name, news),
      states: () => this.#states(),
      log: line => host.log(line),
    });
    watch.look(this.#visible);
    return watch;
  }

  /** The files on disk, or those of the checked-out commit. Throws a `UserError` where there is none. */
  async #earlier(workspace: Workspace, state: 'disk' | 'commit'): Promise<Workspace> {
    const { states, disk } = this.#states();
    if (state === 'disk') return disk ? states.onDisk({ workspace, disk }) : workspace;
    const revision = await headRevision(this.root);
    if (revision === undefined)
      throw new UserError('Nothing is committed yet that the files could be compared with.');
    return states.commit({ workspace, disk }, revision);
  }

  #states(): { states: CommitStates; disk?: SavedFiles } {
    const edited = this.#files.editedFiles();
    if (edited.length === 0) return { states: this.#commits };
    return { states: this.#commits, disk: { repository: this.#files.onDiskNow(), edited } };
  }

  /** Works the markers out anew, as the texts are others, and tells what is different. */
  #tellAll(environments: readonly string[]): void {
    const files = this.#markers.renew(this.#compared());
    this.#tell(
      environments.filter(name => this.#isOther(name)),
      files,
    );
  }

  /** Takes what a comparison found, and tells what is different by it. */
  #follow(name: string, { objects, header }: EnvironmentNews): void {
    const watch = this.#watches.get(name);
    if (!watch) return;
    const { environment, objects: present } = watch.current;
    this.#changes.note(name, objects);
    for (const key of objects) this.#edits.put(environment, key, present.get(key)?.result);
    const files = this.#markers.follow(this.#compared(), name, objects);
    const isNews = (header && this.#isOther(name)) || objects.size > 0;
    this.#tell(isNews ? [name] : [], files);
  }

  #tell(environments: readonly string[], markers: ReadonlySet<string>): void {
    const files = new Set(markers);
    if (this.#isCompared())
      for (const file of this.#untold) {
        files.add(file);
        this.#untold.delete(file);
      }
    if (environments.length === 0 && files.size === 0) return;
    const change = { environments: [...environments], files: [...files] };
    for (const listener of this.#listeners) listener(change);
  }

  #compared(): ComparedEnvironment[] {
    return [...this.#watches.values()].map(({ current }) => current);
  }

  #revision(): { revision: string; branch?: string } {
    const { repository, branch } = this.#workspace;
    return { revision: repository.revision, ...(branch && { branch }) };
  }

  /** True when an environment is another than it was told last, but for its objects. */
  #isOther(name: string): boolean {
    const watch = this.#watches.get(name);
    const header =
      watch && environmentState({ ...watch.current, objects: new Map() }, this.#revision());
    const told = JSON.stringify({ ...header, comparedAt: undefined });
    if (this.#told.get(name) === told) return false;
    this.#told.set(name, told);
    return true;
  }

  /** True when what is shown is of the present state; environments that were never compared do not count. */
  #isCompared(): boolean {
    return [...this.#watches.values()].every(
      watch => watch.current.phase === 'waiting' || watch.compared === this.#workspace,
    );
  }
}
