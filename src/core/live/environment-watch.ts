import { compareOpen, notCompared } from '../actions/drift.ts';
import { renderApplications } from '../actions/rendering.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { readLive } from '../cluster/live.ts';
import type { RenderedApplication } from '../drift/declared.ts';
import { CompareMemory } from '../drift/memory.ts';
import { messageOf } from '../lib/errors.ts';
import { type ClusterTarget, type Environment, secretValues } from '../model/environment.ts';
import type { JsonObject } from '../model/resource.ts';
import type { Workspace } from '../workspace.ts';
import type { ComparedEnvironment } from './compared.ts';
import { EnvironmentConnection } from './environment-connection.ts';

export interface WatchHost {
  /** Why this environment's cluster must not be asked now; undefined when it may. */
  blocked(environment: Environment): string | undefined;
  /** Hears every new comparison. */
  compared(): void;
  log(line: string): void;
}

/** Events of one moment are compared together. */
const gatherMilliseconds = 80;
/** How often what cannot be watched, and what did not answer, is asked again. */
const askAgainMilliseconds = 30_000;

/**
 * Keeps the comparison of one environment current. What is asked for while a comparison is under way is done
 * afterwards, once: there are never two at a time, and the last answer stays until the next is there.
 */
export class EnvironmentWatch {
  current: ComparedEnvironment;
  /** The state of the repository that `current` is of. */
  compared: Workspace | undefined;
  readonly #host: WatchHost;
  readonly #memory = new CompareMemory();
  readonly #closed = new AbortController();
  readonly #connection = new EnvironmentConnection(() => this.#changedLater());
  #workspace: Workspace;
  #wanted = false;
  #work: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(workspace: Workspace, environment: Environment, host: WatchHost) {
    this.#workspace = workspace;
    this.#host = host;
    this.current = {
      environment,
      phase: 'waiting',
      applications: [],
      objects: [],
      controllers: new Map(),
    };
  }

  /** Compares with a new state of the repository, or of what is said about the environment. */
  update(workspace: Workspace, environment: Environment): void {
    this.#workspace = workspace;
    this.current = { ...this.current, environment };
    this.#start();
  }

  /** Lets go of the cluster or snapshot; the next comparison opens it anew. */
  disconnect(): Promise<void> {
    return this.#connection.disconnect(this.#workspace, this.current.environment);
  }

  /** The person's kubeconfig changed: perhaps another cluster is meant, or other credentials. */
  reconnect(): void {
    this.#start();
  }

  /** Reads what is not watched anew, and lets the server judge again. */
  recheck(): void {
    // While the server does not answer, what it judged earlier stands.
    const { held } = this.#connection;
    if (!held?.stale) this.#memory.clear();
    held?.forget();
    if (!held?.stale) this.#connection.word?.forget();
    this.#start();
  }

  async settled(): Promise<void> {
    while (this.#work) await this.#work;
  }

  close(): void {
    this.#closed.abort();
    clearTimeout(this.#timer);
    this.#connection.release();
  }

  #start(): void {
    this.#wanted = true;
    if (this.#work || this.#closed.signal.aborted) return;
    this.#work = this.#run().finally(() => {
      this.#work = undefined;
      if (this.#wanted) this.#start();
    });
  }

  async #run(): Promise<void> {
    this.#wanted = false;
    clearTimeout(this.#timer);
    const workspace = this.#workspace;
    try {
      const compared = await this.#compare(workspace);
      if (this.#closed.signal.aborted) return;
      // Something was said about the environment meanwhile: what is shown of it must be that.
      this.current = { ...compared, environment: this.current.environment };
    } catch (error) {
      if (this.#closed.signal.aborted) return;
      this.#host.log(`${this.current.environment.name}: ${stackOf(error)}`);
      this.current = { ...this.current, phase: 'blocked', reason: messageOf(error) };
    }
    this.compared = workspace;
    this.#askAgain();
    this.#host.compared();
  }

  async #compare(workspace: Workspace): Promise<ComparedEnvironment> {
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
      const report = notCompared(workspace, rendered, opened);
      const nothing = { objects: [], controllers: new Map(), at: new Date() };
      return { ...rendered, ...nothing, phase: 'blocked', reason: opened, report };
    }
    const options = { traced: true, memory: this.#memory, word: this.#connection.word, signal };
    const { report, compared } = await compareOpen(
      workspace,
      { ...rendered, cluster: opened },
      options,
    );
    const secrets = new Map(
      applications.map(({ application: { name, source } }) => [name, secretValues(source)]),
    );
    const objects = compared.map(({ declared, live, application }, index) => ({
      result: report.results[index] as (typeof report.results)[number],
      application: declared?.application.name ?? application,
      desired: declared?.object.value,
      live,
      sensitive: declared?.object.sensitive,
      secrets: secrets.get(declared?.application.name ?? application),
    }));
    const controllers = await controllersOf(environment, applications, opened, signal);
    const { stale } = this.#connection.held ?? {};
    return {
      ...rendered,
      phase: 'compared',
      report,
      objects,
      controllers,
      cluster: opened,
      at: new Date(),
      ...(stale && { stale }),
    };
  }

  #changedLater(): void {
    if (this.#work || this.#closed.signal.aborted) {
      this.#wanted = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#start(), gatherMilliseconds);
  }

  #askAgain(): void {
    const { phase, environment } = this.current;
    const unanswered = phase === 'blocked' && mayAnswerLater(environment.cluster);
    if (!unanswered && !this.#connection.held?.polls) return;
    this.#timer = setTimeout(() => this.#start(), askAgainMilliseconds);
    this.#timer.unref();
  }
}

function mayAnswerLater(cluster: ClusterTarget): boolean {
  return cluster.kind === 'context';
}

/** The engines' own objects, as far as they can be read. */
async function controllersOf(
  environment: Environment,
  applications: readonly RenderedApplication[],
  cluster: Cluster,
  signal: AbortSignal,
): Promise<Map<string, JsonObject>> {
  const controlled = applications.flatMap(({ application: { name, controller } }) =>
    controller ? [{ name, controller }] : [],
  );
  const resources = controlled.map(({ controller }) => controller);
  const live = await readLive(cluster, resources, environment.namespace, signal);
  return new Map(
    controlled.flatMap(({ name, controller }) => {
      const found = live.find(controller);
      return found.ok && found.object ? [[name, found.object] as const] : [];
    }),
  );
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
