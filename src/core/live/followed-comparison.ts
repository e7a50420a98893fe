import { wantsCause, withCauses } from '../actions/cause/causes.ts';
import type { CommitStates, SavedFiles } from '../actions/cause/commit-states.ts';
import { namedObjects } from '../actions/cluster-data.ts';
import { controllersOf } from '../actions/controllers.ts';
import { deployedRevision } from '../actions/deployed.ts';
import { comparedReport, environmentInput, type RenderedEnvironment } from '../actions/drift.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { EnvironmentComparison } from '../drift/environment-drift.ts';
import type { Compared } from '../drift/environment-input.ts';
import { byOurClock } from '../drift/our-clock.ts';
import { placeResult } from '../drift/place-result.ts';
import type { ServerWord } from '../drift/server/server-word.ts';
import { messageOf } from '../lib/errors.ts';
import type { DriftResult } from '../model/drift.ts';
import { type JsonObject, type Resource, resourceKey } from '../model/resource.ts';
import type { Schemas } from '../schemas/type.ts';
import type { Workspace } from '../workspace.ts';
import type { ComparedEnvironment, ComparedObject, EnvironmentNews } from './compared.ts';
import { Explanations, withEarlierCauses } from './explanations.ts';

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
  /** Where other states of the repository are, and the files on disk below unsaved texts. */
  states: CommitStates;
  disk?: SavedFiles;
  /** What was told last: its causes count until they are found anew. */
  told: ReadonlyMap<string, ComparedObject>;
  /** Hears what the server's word, or what a difference comes from, made another thing after it was told. */
  later(comparison: FollowedComparison, news: EnvironmentNews): void;
  signal: AbortSignal;
}

/** What differences are explained by, and who hears of it. */
type Why = Pick<FollowOptions, 'states' | 'disk' | 'later'> & { schemas: Schemas };

/** An environment compared with its open cluster, object by object as they change; on the lines that cause them. */
export class FollowedComparison {
  current: ComparedEnvironment;
  readonly #workspace: Workspace;
  readonly #open: Open;
  readonly #signal: AbortSignal;
  readonly #why: Why;
  readonly #explanations: Explanations;
  readonly #comparison: EnvironmentComparison;
  readonly #objects = new Map<string, ComparedObject>();
  /** Keys of the engines' own objects, and of those that renders hold values of. */
  readonly #controllers: ReadonlySet<string>;
  readonly #rendered: ReadonlySet<string>;

  /** Compares everything. Rejects only when aborted. */
  static async of(
    workspace: Workspace,
    open: Open,
    options: FollowOptions,
  ): Promise<FollowedComparison> {
    const { before, word, visibleFiles, verify, verified, later, signal } = options;
    const asking = { word, visibleFiles };
    let made: FollowedComparison | undefined;
    const followed = {
      verify,
      verified,
      later: (keys: ReadonlySet<string>) => {
        if (!made) return;
        for (const key of keys) made.#place(key);
        later(made, { objects: keys, header: false });
        made.#explanations.want(keys);
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
    if (before) before.#explanations.end();
    const { states, disk, told } = options;
    const why = { states, disk, schemas: input.schemas, later };
    made = new FollowedComparison(workspace, open, comparison, { ...why, signal });
    for (const key of comparison.compared.keys()) made.#place(key, { before, told });
    await made.#readEngines();
    made.#explanations.want(made.#objects.keys());
    return made;
  }

  private constructor(
    workspace: Workspace,
    open: Open,
    comparison: EnvironmentComparison,
    { signal, ...why }: Why & { signal: AbortSignal },
  ) {
    this.#why = why;
    this.#workspace = workspace;
    this.#open = open;
    this.#comparison = comparison;
    this.#signal = signal;
    const { environment, applications, cluster } = open;
    this.#explanations = new Explanations(keys => this.#explain(keys), {
      failed: error => workspace.host.log(`${environment.name}: ${messageOf(error)}`),
      signal,
    });
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
    // What an engine says may be why any of its objects differs.
    this.#explanations.want(header ? this.#objects.keys() : objects);
    return { objects, header };
  }

  /** Resolves when the server had its word on what differs, and it was explained. */
  async explained(): Promise<void> {
    await this.#comparison.settled();
    await this.#explanations.settled();
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
    this.#explanations.end();
    this.#comparison.end();
  }

  #report(): void {
    const { deployed } = this.current.report ?? {};
    const report = comparedReport(this.#workspace, this.#open, this.#comparison);
    this.current = { ...this.current, report: { ...report, deployed } };
  }

  /** Puts the result of an object on its lines. */
  #place(key: string, earlier?: Pick<FollowOptions, 'before' | 'told'>): void {
    const about = this.#comparison.compared.get(key);
    if (!about) {
      this.#objects.delete(key);
      return;
    }
    const known = earlier?.before ? earlier.before.#objects.get(key) : undefined;
    const isKept = known?.about.result === about.result && isSameObject(known.about, about);
    const told = this.#objects.get(key) ?? earlier?.told.get(key);
    const result = isKept
      ? known.result
      : this.#shown(about, withEarlierCauses(about.result, told?.result));
    this.#objects.set(key, { about, result });
  }

  #shown(about: Compared, result = about.result): DriftResult {
    return byOurClock(placed({ declared: about.declared, result }), this.#open.cluster.clockAhead);
  }

  /** Finds why objects differ, and tells what is another thing by it. */
  async #explain(keys: readonly string[]): Promise<void> {
    const asked = keys.flatMap(key => {
      const about = this.#comparison.compared.get(key);
      return about && wantsCause(about.result) ? [{ key, about }] : [];
    });
    const input = {
      ...this.#open,
      ...this.#why,
      signal: this.#signal,
      compared: asked.map(({ about }) => about),
      stateOf: (key: string) => this.#objects.get(key)?.result.state,
    };
    const before = asked.map(({ about }) => about.result);
    const results = await withCauses(this.#workspace, before, input);
    const changed = asked.flatMap(({ key, about }, index) => {
      const present = this.#objects.get(key);
      // What changed since is explained anew.
      if (present?.about !== about) return [];
      const result = this.#shown(about, results[index]);
      if (JSON.stringify(result) === JSON.stringify(present.result)) return [];
      this.#objects.set(key, { about, result });
      return [key];
    });
    if (changed.length === 0) return;
    this.#why.later(this, { objects: new Set(changed), header: false });
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

  #readControllers(): Promise<Map<string, JsonObject>> {
    const { environment, applications, cluster } = this.#open;
    const declared = applications.map(({ application }) => application);
    return controllersOf(environment, declared, cluster, this.#signal);
  }
}

function placed({ result, declared }: Pick<Compared, 'result' | 'declared'>): DriftResult {
  return declared ? placeResult(result, declared.object) : result;
}

/** True where both were rendered in one: their places are the same. */
function isSameObject({ declared: one }: Compared, { declared: other }: Compared): boolean {
  return one?.object === other?.object;
}
