import { namedObjects } from '../actions/cluster-data.ts';
import { deployedRevision } from '../actions/deployed.ts';
import { comparedReport, environmentInput, type RenderedEnvironment } from '../actions/drift.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { readLive } from '../cluster/live.ts';
import { EnvironmentComparison } from '../drift/environment-drift.ts';
import type { Compared } from '../drift/environment-input.ts';
import { byOurClock } from '../drift/our-clock.ts';
import { placeResult } from '../drift/place-result.ts';
import type { ServerWord } from '../drift/server/server-word.ts';
import type { DriftResult } from '../model/drift.ts';
import { type JsonObject, type Resource, resourceKey } from '../model/resource.ts';
import type { Workspace } from '../workspace.ts';
import type { ComparedEnvironment, ComparedObject, EnvironmentNews } from './compared.ts';

type Open = RenderedEnvironment & { cluster: Cluster };

export interface FollowOptions {
  /** An earlier comparison, whose results count where nothing changed. */
  before?: FollowedComparison;
  /** The server's word as far as it was given before. */
  word?: ServerWord;
  /** Files that a person looks at. */
  visibleFiles(): ReadonlySet<string>;
  /** See `Followed`. */
  verify(): boolean;
  verified(): void;
  /** Hears what the server's word made another thing after it was told. */
  later(comparison: FollowedComparison, news: EnvironmentNews): void;
  signal: AbortSignal;
}

/** An environment compared with its open cluster, object by object as they change; on the lines that cause them. */
export class FollowedComparison {
  current: ComparedEnvironment;
  readonly #workspace: Workspace;
  readonly #open: Open;
  readonly #signal: AbortSignal;
  readonly #comparison: EnvironmentComparison;
  readonly #objects = new Map<string, ComparedObject>();
  /** Keys of the engines' own objects, and of those that renders hold values of. */
  readonly #controllers: ReadonlySet<string>;
  readonly #rendered: ReadonlySet<string>;

  /** Compares everything. Rejects only when aborted. */
  static async of(
    workspace: Workspace,
    open: Open,
    { before, word, visibleFiles, verify, verified, later, signal }: FollowOptions,
  ): Promise<FollowedComparison> {
    const asking = { word, visibleFiles };
    let made: FollowedComparison | undefined;
    const followed = {
      verify,
      verified,
      later: (keys: ReadonlySet<string>) => {
        if (!made) return;
        for (const key of keys) made.#place(key);
        later(made, { objects: keys, header: false });
      },
      reached: () => {
        if (!made) return;
        made.#report();
        later(made, { objects: new Set(), header: true });
      },
    };
    const input = { ...(await environmentInput(workspace, open, signal)), ...asking, followed };
    const comparison = await EnvironmentComparison.of(
      input,
      before ? before.#comparison : undefined,
    );
    made = new FollowedComparison(workspace, open, comparison, signal);
    for (const key of comparison.compared.keys()) made.#place(key, before);
    await made.#readEngines();
    return made;
  }

  private constructor(
    workspace: Workspace,
    open: Open,
    comparison: EnvironmentComparison,
    signal: AbortSignal,
  ) {
    this.#workspace = workspace;
    this.#open = open;
    this.#comparison = comparison;
    this.#signal = signal;
    const { environment, applications, cluster } = open;
    const all = applications.map(({ application }) => application);
    this.#controllers = new Set(all.flatMap(({ controller }) => controller ?? []).map(resourceKey));
    this.#rendered = new Set(environment.applications.flatMap(namedObjects).map(resourceKey));
    this.current = {
      environment,
      applications,
      cluster,
      phase: 'compared',
      report: comparedReport(workspace, open, comparison),
      objects: this.#objects,
      controllers: new Map(),
      at: new Date(),
    };
  }

  /** True where everything follows from one of these: a definition of kinds, admission, or what is rendered with. */
  asksForAll(changed: readonly Resource[]): boolean {
    return changed.some(
      resource =>
        resource.kind === 'CustomResourceDefinition' ||
        resource.group === 'admissionregistration.k8s.io' ||
        this.#rendered.has(resourceKey(resource)),
    );
  }

  /** Compares objects that changed in the cluster. Rejects only when aborted. */
  async follow(changed: readonly Resource[]): Promise<EnvironmentNews> {
    const objects = await this.#comparison.follow(changed);
    for (const key of objects) this.#place(key);
    const header = changed.some(resource => this.#controllers.has(resourceKey(resource)));
    if (header) await this.#readEngines();
    this.current = { ...this.current, at: new Date() };
    return { objects, header };
  }

  /** What is on its way to another health, also when nothing changes. */
  progressing(): Resource[] {
    return [...this.#objects.values()].flatMap(({ about: { health }, result: { resource } }) =>
      health?.status === 'Progressing' ? [resource] : [],
    );
  }

  /** A person looks at other files. */
  looked(): void {
    this.#comparison.tryInSync();
  }

  /** Ends what goes on beside. */
  end(): void {
    this.#comparison.end();
  }

  #report(): void {
    const { deployed } = this.current.report ?? {};
    const report = comparedReport(this.#workspace, this.#open, this.#comparison);
    this.current = { ...this.current, report: { ...report, deployed } };
  }

  /** Puts the result of an object on its lines. */
  #place(key: string, before?: FollowedComparison): void {
    const about = this.#comparison.compared.get(key);
    if (!about) {
      this.#objects.delete(key);
      return;
    }
    const known = before ? before.#objects.get(key) : undefined;
    const isKept = known?.about.result === about.result && isSameObject(known.about, about);
    this.#objects.set(key, { about, result: isKept ? known.result : this.#shown(about) });
  }

  #shown(about: Compared): DriftResult {
    return byOurClock(placed(about), this.#open.cluster.clockAhead);
  }

  /** Reads what the engines say. */
  async #readEngines(): Promise<void> {
    const { environment, cluster } = this.#open;
    const [controllers, deployed] = await Promise.all([
      this.#readControllers(),
      deployedRevision(this.#workspace, environment, cluster, this.#signal),
    ]);
    const report = comparedReport(this.#workspace, this.#open, this.#comparison);
    this.current = { ...this.current, controllers, report: { ...report, deployed } };
  }

  async #readControllers(): Promise<Map<string, JsonObject>> {
    const { environment, applications, cluster } = this.#open;
    const controlled = applications.flatMap(({ application: { name, controller } }) =>
      controller ? [{ name, controller }] : [],
    );
    const resources = controlled.map(({ controller }) => controller);
    const live = await readLive(cluster, resources, environment.namespace, this.#signal);
    return new Map(
      controlled.flatMap(({ name, controller }) => {
        const found = live.find(controller);
        return found.ok && found.object ? [[name, found.object] as const] : [];
      }),
    );
  }
}

function placed({ result, declared }: Compared) {
  return declared ? placeResult(result, declared.object) : result;
}

/** True where both were rendered in one: their places are the same. */
function isSameObject({ declared: one }: Compared, { declared: other }: Compared): boolean {
  return one?.object === other?.object;
}
