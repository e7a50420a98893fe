import { compareOpen, notCompared } from '../actions/drift.ts';
import { renderApplications } from '../actions/rendering.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { HeldCluster } from '../cluster/held.ts';
import { readLive } from '../cluster/live.ts';
import type { RenderedApplication } from '../drift/declared.ts';
import { CompareMemory } from '../drift/memory.ts';
import { messageOf } from '../lib/errors.ts';
import { type ClusterTarget, type Environment, secretValues } from '../model/environment.ts';
import type { JsonObject } from '../model/resource.ts';
import type { Workspace } from '../workspace.ts';
import type { ComparedEnvironment } from './compared.ts';

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
  #workspace: Workspace;
  #held: { target: string; cluster: HeldCluster } | undefined;
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
  async disconnect(): Promise<void> {
    const held = this.#held;
    this.#release();
    // A connection that works may serve another environment too, which would not notice its end.
    if (!held) await this.#workspace.disconnect(this.current.environment);
  }

  /** Reads what is not watched anew, and lets the server judge again. */
  recheck(): void {
    // While the server does not answer, what it judged earlier stands.
    if (!this.#held?.cluster.stale) this.#memory.clear();
    this.#held?.cluster.forget();
    this.#start();
  }

  async settled(): Promise<void> {
    while (this.#work) await this.#work;
  }

  close(): void {
    this.#closed.abort();
    clearTimeout(this.#timer);
    this.#release();
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
    const opening = this.#open(workspace, environment);
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
    const options = { traced: true, memory: this.#memory, signal };
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
    const { stale } = this.#held?.cluster ?? {};
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

  /** The cluster to compare with, held current; a sentence where there is none. */
  async #open(workspace: Workspace, environment: Environment): Promise<Cluster | string> {
    const blocked = this.#host.blocked(environment);
    const target = JSON.stringify([environment.cluster, workspace.host.kubeconfig?.(), blocked]);
    if (this.#held?.target === target) return this.#held.cluster;
    this.#release();
    if (blocked !== undefined) return blocked;
    const opened = await workspace.connect(environment);
    if (!opened.ok) {
      // The next time it may answer.
      await workspace.disconnect(environment);
      return opened.reason;
    }
    if (this.#closed.signal.aborted) return 'closed';
    if (environment.cluster.kind === 'snapshot') return opened.cluster;
    const cluster = new HeldCluster(opened.cluster, { changed: () => this.#changedLater() });
    this.#held = { target, cluster };
    return cluster;
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
    if (!unanswered && !this.#held?.cluster.polls) return;
    this.#timer = setTimeout(() => this.#start(), askAgainMilliseconds);
    this.#timer.unref();
  }

  #release(): void {
    this.#held?.cluster.close();
    this.#held = undefined;
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
