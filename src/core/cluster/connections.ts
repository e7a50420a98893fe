import type { ClusterTarget } from '../model/environment.ts';
import type { Host } from '../model/host.ts';
import { ContextSettings, followKubeconfig } from './kubeconfig/follow.ts';
import { availableContexts, contextOptions, type OpenAnswer, openCluster } from './open.ts';

export interface ConnectionsOptions {
  /** The repository's root folder. */
  root: string;
  host: Host;
  /** See `OpenOptions`. */
  patience?: number;
  signal?: AbortSignal;
}

/** The open clusters and snapshots of one repository: each is opened once, however many environments mean it. */
export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #open = new Map<string, Promise<OpenAnswer>>();
  readonly #contexts: ContextSettings;
  /** Ends what is still being opened: nobody waits for it any more. */
  readonly #ended = new AbortController();

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#contexts = new ContextSettings(() => contextOptions(options));
  }

  /** Opens it, or answers what was opened. Rejects only when aborted. */
  async connect(target: ClusterTarget, offline: boolean): Promise<OpenAnswer> {
    const key = await this.keyOf(target, offline);
    const known =
      this.#open.get(key) ??
      openCluster(target, { ...this.#options, offline, signal: this.#signal() });
    this.#open.set(key, known);
    return known;
  }

  /** Another text when the cluster, or the way to it, is another one. */
  async keyOf(target: ClusterTarget, offline: boolean): Promise<string> {
    const { host } = this.#options;
    const settings =
      target.kind === 'context' && !offline ? await this.#contexts.of(target.context) : undefined;
    return JSON.stringify({ cluster: target, offline, kubeconfig: host.kubeconfig?.(), settings });
  }

  /** Ends the one that was opened when `keyOf` was this (`only`: if it is still that one). */
  async close(key: string, only?: OpenAnswer): Promise<void> {
    const opened = this.#open.get(key);
    const answer = await opened?.catch(() => undefined);
    if (only !== undefined && answer !== only) return;
    if (this.#open.get(key) === opened) this.#open.delete(key);
    if (answer?.ok) answer.cluster.close();
  }

  #signal(): AbortSignal {
    const { signal } = this.#options;
    return signal ? AbortSignal.any([signal, this.#ended.signal]) : this.#ended.signal;
  }

  /** Ends all, for good. */
  async closeAll(): Promise<void> {
    this.#ended.abort();
    for (const key of [...this.#open.keys()]) await this.close(key);
  }

  /** Address of the API server that a context leads to; connects to nothing. */
  server(context: string): Promise<string | undefined> {
    return this.#contexts.server(context);
  }

  /** The contexts of the person's kubeconfig. Throws a `UserError` where it cannot be read. */
  contexts(): Promise<{ context: string; server: string }[]> {
    return availableContexts(this.#options);
  }

  /** Calls `changed` when the person's kubeconfig changes, from when on clusters may have other keys. */
  follow(changed: () => void): () => void {
    return followKubeconfig(contextOptions(this.#options).env, () => {
      this.#contexts.forget();
      changed();
    });
  }
}
