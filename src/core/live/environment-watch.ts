import type { CommitStates, SavedFiles } from '../actions/cause/commit-states.ts';
import { notCompared } from '../actions/drift.ts';
import { renderApplications } from '../actions/rendering.ts';
import { messageOf } from '../lib/errors.ts';
import type { Stale } from '../model/drift.ts';
import type { ClusterTarget, Environment } from '../model/environment.ts';
import { type Resource, resourceKey } from '../model/resource.ts';
import type { Workspace } from '../workspace.ts';
import type { ComparedEnvironment, EnvironmentNews } from './compared.ts';
import { EnvironmentConnection } from './environment-connection.ts';
import { FollowedComparison } from './followed-comparison.ts';

export interface WatchHost {
  /** Why this environment's cluster must not be asked now; undefined when it may. */
  blocked(environment: Environment): string | undefined;
  /** Hears of every comparison what is another thing by it. */
  compared(news: EnvironmentNews): void;
  /** Other states of the repository, and the files on disk below unsaved texts. */
  states(): { states: CommitStates; disk?: SavedFiles };
  log(line: string): void;
}

/** Milliseconds between two comparisons: events of that time are compared together, the first of a quiet time at once. */
const pause = 20;
const failurePause = 80;
/** How often what cannot be watched, what did not answer and what takes its time is looked at again. */
const lookAgain = 30_000;

/**
 * Keeps the comparison of one environment current: as a whole when the repository or its cluster is another, and
 * object by object as they change in the cluster. What is asked for while a comparison is under way is done
 * afterwards, once: there are never two at a time, and the last answer stays until the next is there.
 */
export class EnvironmentWatch {
  current: ComparedEnvironment;
  /** The state of the repository that `current` is of. */
  compared: Workspace | undefined;
  readonly #host: WatchHost;
  readonly #closed = new AbortController();
  readonly #connection = new EnvironmentConnection(resource => this.#changedLater(resource));
  #workspace: Workspace;
  #comparison: FollowedComparison | undefined;
  /** True until earlier results were forgotten: what a server said may be another thing now. */
  #forget = false;
  /** Files that a person looks at. */
  #visible: ReadonlySet<string> = new Set();
  /** True until the server was asked about everything. */
  #verify = false;
  /** True when everything is to be compared. */
  #everything = false;
  /** Else what is, by key. */
  readonly #changed = new Map<string, Resource>();
  #work: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lookAgain: NodeJS.Timeout | undefined;
  /** When the last comparison ended. */
  #ended = 0;

  constructor(workspace: Workspace, environment: Environment, host: WatchHost) {
    this.#workspace = workspace;
    this.#host = host;
    this.current = { ...nothing, environment, phase: 'waiting' };
  }

  /** Compares with a new state of the repository, or of what is said about the environment. */
  update(workspace: Workspace, environment: Environment): void {
    this.#workspace = workspace;
    this.current = { ...this.current, environment };
    this.#compareAll();
  }

  /** Lets go of the cluster or snapshot; the next comparison opens it anew. */
  disconnect(): Promise<void> {
    return this.#connection.disconnect(this.#workspace, this.current.environment);
  }

  /** The person's kubeconfig changed: perhaps another cluster is meant, or other credentials. */
  reconnect(): void {
    this.#compareAll();
  }

  /** Reads what is not watched anew, and lets the server judge again. */
  recheck(): void {
    // While the server does not answer, what it judged earlier stands.
    const { held } = this.#connection;
    if (!held?.stale) this.#forget = true;
    held?.forget();
    if (!held?.stale) this.#connection.word?.forget();
    this.#verify = true;
    this.#compareAll();
  }

  /** A person looks at these files now. */
  look(files: ReadonlySet<string>): void {
    this.#visible = files;
    this.#comparison?.looked();
  }

  async settled(): Promise<void> {
    let explained: FollowedComparison | undefined;
    do {
      while (this.#work) await this.#work;
      explained = this.#comparison;
      await explained?.explained();
    } while (this.#work || explained !== this.#comparison);
  }

  close(): void {
    this.#closed.abort();
    this.#comparison?.end();
    clearTimeout(this.#timer);
    clearTimeout(this.#lookAgain);
    this.#connection.release();
  }

  #compareAll(): void {
    this.#everything = true;
    this.#start();
  }

  /** Something changed in the cluster: an object, or (undefined) nobody knows what. */
  #changedLater(resource: Resource | undefined): void {
    if (resource) this.#changed.set(resourceKey(resource), resource);
    else this.#everything = true;
    if (this.#work || this.#timer || this.#closed.signal.aborted) return;
    // Lists fail and come back together.
    const gather = resource ? this.#ended + pause - performance.now() : failurePause;
    const wait = Math.max(0, gather);
    this.#timer = setTimeout(() => this.#start(), wait);
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#work || this.#closed.signal.aborted) return;
    this.#work = this.#run().finally(() => {
      this.#work = undefined;
      this.#ended = performance.now();
      if (this.#everything) this.#start();
      else for (const resource of this.#changed.values()) this.#changedLater(resource);
    });
  }

  async #run(): Promise<void> {
    const workspace = this.#workspace;
    const changed = [...this.#changed.values()];
    this.#changed.clear();
    const followed = this.#comparison;
    const everything = this.#everything || !followed || followed.asksForAll(changed);
    this.#everything = false;
    clearTimeout(this.#lookAgain);
    try {
      if (everything) await this.#compare(workspace);
      else await this.#follow(followed, changed);
    } catch (error) {
      if (this.#closed.signal.aborted) return;
      this.#host.log(`${this.current.environment.name}: ${stackOf(error)}`);
      this.#become({ ...this.current, phase: 'blocked', reason: messageOf(error) });
    }
    this.#lookAgainLater();
  }

  async #follow(followed: FollowedComparison, changed: readonly Resource[]): Promise<void> {
    const news = await followed.follow(changed);
    if (this.#closed.signal.aborted) return;
    const { stale } = this.current;
    this.current = this.#shown(followed.current, stale);
    this.#host.compared(news);
  }

  async #compare(workspace: Workspace): Promise<void> {
    const { environment } = this.current;
    const { signal } = this.#closed;
    const blocked = this.#host.blocked(environment);
    const opening = this.#connection.open(workspace, environment, blocked);
    const cluster = opening.then(
      answer => (typeof answer === 'string' ? undefined : answer),
      () => undefined,
    );
    const [applications, opened] = await Promise.all([
      renderApplications(workspace, environment, { trace: true, cluster, signal }),
      opening,
    ]);
    const rendered = { environment, applications };
    if (typeof opened === 'string') {
      this.#comparison?.end();
      this.#comparison = undefined;
      const report = notCompared(workspace, rendered, opened);
      const why = { phase: 'blocked' as const, reason: opened, report, at: new Date() };
      this.compared = workspace;
      return this.#become({ ...nothing, ...rendered, ...why });
    }
    const before = this.#forget ? undefined : this.#comparison;
    this.#forget = false;
    const open = { ...rendered, cluster: opened };
    const later = (comparison: FollowedComparison, news: EnvironmentNews) => {
      if (comparison !== this.#comparison || signal.aborted) return;
      this.current = this.#shown(comparison.current, this.current.stale);
      this.#host.compared(news);
    };
    const { word, held } = this.#connection;
    // As of now: what fails from here on has everything compared once more.
    const stale = held?.stale;
    const verify = () => this.#verify;
    const verified = () => {
      this.#verify = false;
    };
    const visibleFiles = () => this.#visible;
    const asking = { word, visibleFiles, verify, verified };
    const told = this.current.objects;
    const options = { before, told, ...asking, later, ...this.#host.states(), signal };
    const comparison = await FollowedComparison.of(workspace, open, options);
    if (signal.aborted) return comparison.end();
    this.#comparison?.end();
    this.#comparison = comparison;
    this.compared = workspace;
    this.#become(comparison.current, stale);
  }

  /** Takes a comparison of everything. Something may have been said about the environment meanwhile: that counts. */
  #become(compared: ComparedEnvironment, stale?: Stale): void {
    if (this.#closed.signal.aborted) return;
    const before = this.current.objects;
    this.current = this.#shown(compared, stale);
    const keys = new Set([...before.keys(), ...compared.objects.keys()]);
    const isOther = (key: string) => !isSame(before.get(key), compared.objects.get(key));
    this.#host.compared({ objects: new Set([...keys].filter(isOther)), header: true });
  }

  #shown(compared: ComparedEnvironment, stale: Stale | undefined): ComparedEnvironment {
    return { ...compared, environment: this.current.environment, ...(stale && { stale }) };
  }

  #lookAgainLater(): void {
    if (this.#closed.signal.aborted) return;
    const { phase, environment } = this.current;
    const unanswered = phase === 'blocked' && mayAnswerLater(environment.cluster);
    const everything = unanswered || this.#connection.held?.polls === true;
    const progressing = this.#comparison?.progressing() ?? [];
    if (!everything && progressing.length === 0) return;
    this.#lookAgain = setTimeout(() => {
      if (everything) this.#compareAll();
      else for (const resource of progressing) this.#changedLater(resource);
    }, lookAgain);
    this.#lookAgain.unref();
  }
}

const nothing = { applications: [], objects: new Map(), controllers: new Map() };

type Shown = ComparedEnvironment['objects'] extends ReadonlyMap<string, infer Each> ? Each : never;

/** True where both look the same; what was kept is the very same. */
function isSame(one: Shown | undefined, other: Shown | undefined): boolean {
  if (one === other) return true;
  if (!one || !other) return false;
  const sameHealth = JSON.stringify(one.about.health) === JSON.stringify(other.about.health);
  if (one.result === other.result) return sameHealth;
  return sameHealth && JSON.stringify(one.result) === JSON.stringify(other.result);
}

function mayAnswerLater(cluster: ClusterTarget): boolean {
  return cluster.kind === 'context';
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
