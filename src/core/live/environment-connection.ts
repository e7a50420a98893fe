import { agreementsOf } from '../actions/agreements.ts';
import type { Cluster, ClusterIdentity } from '../cluster/cluster.ts';
import { HeldCluster, type HeldOptions } from '../cluster/held.ts';
import type { OpenAnswer } from '../cluster/open.ts';
import { ServerWord } from '../drift/server/server-word.ts';
import type { Environment } from '../model/environment.ts';
import type { Workspace } from '../workspace.ts';

interface Held {
  /** What was chosen for the environment. */
  target: string;
  /** The connection that it is held by, see `Workspace.clusterKey`. */
  key: string;
  /** It, as it was opened; other environments may use it, too. */
  opened: OpenAnswer;
  cluster: HeldCluster;
  /** What its server said so far. */
  word: ServerWord;
}

/**
 * The cluster of one environment, held current. When the person's kubeconfig leads it elsewhere, or to other
 * credentials, it is connected to anew; what was known last stands until that works. Another cluster than the one that
 * was compared so far is never taken for it.
 */
export class EnvironmentConnection {
  readonly #changed: HeldOptions['changed'];
  #held: Held | undefined;
  /** Who answered where, so that nobody else is believed there. */
  #seen: { target: string; key: string; identity: ClusterIdentity } | undefined;

  /** `changed` hears of every object that is not as it was, see `HeldOptions`. */
  constructor(changed: HeldOptions['changed']) {
    this.#changed = changed;
  }

  get held(): HeldCluster | undefined {
    return this.#held?.cluster;
  }

  /** What the server of the held cluster said so far. */
  get word(): ServerWord | undefined {
    return this.#held?.word;
  }

  /** The cluster to compare with; a sentence where there is none. `blocked`: why it may not be asked now. */
  async open(
    workspace: Workspace,
    environment: Environment,
    blocked: string | undefined,
  ): Promise<Cluster | string> {
    const { host } = workspace;
    const target = JSON.stringify([environment.cluster, host.kubeconfig?.(), blocked]);
    if (this.#held?.target !== target) this.release();
    if (blocked !== undefined) return blocked;
    const key = await workspace.clusterKey(environment);
    if (this.#held && isGood(this.#held, key)) return this.#held.cluster;
    if (this.#held) await workspace.closeConnection(this.#held.key, this.#held.opened);
    if (this.#held?.cluster.replaced !== undefined) this.release();
    const held = this.#held;
    const answer = await workspace.connect(environment);
    const opened = this.#checked(answer, { target, key });
    if (opened.ok && environment.cluster.kind === 'snapshot') return opened.cluster;
    if (opened.ok) {
      this.release();
      const changed = this.#changed;
      const cluster = new HeldCluster(opened.cluster, { changed });
      this.#held = {
        target,
        key,
        opened: answer,
        cluster,
        word: new ServerWord(cluster, {
          held: true,
          agreements: agreementsOf(workspace, environment, opened.cluster),
          localOnly: () => host.localOnly?.() === true,
          changed: () => changed(undefined),
        }),
      };
      return cluster;
    }
    // The next time it may answer.
    await workspace.closeConnection(key, answer);
    if (!held || opened.isOther) {
      this.release();
      return opened.reason;
    }
    held.cluster.freeze(opened.reason);
    return held.cluster;
  }

  /** Lets go of the cluster; whoever answers the next time is believed. */
  async disconnect(workspace: Workspace, environment: Environment): Promise<void> {
    const held = this.#held;
    this.#seen = undefined;
    this.release();
    // A connection that works may serve another environment too, which would not notice its end.
    if (!held) await workspace.disconnect(environment);
  }

  release(): void {
    this.#held?.word.close();
    this.#held?.cluster.close();
    this.#held = undefined;
  }

  /** Nobody else is believed where somebody was seen. */
  #checked(opened: OpenAnswer, at: { target: string; key: string }): OpenAnswer {
    if (!opened.ok) return opened;
    const { identity } = opened.cluster;
    const isThere = this.#seen?.target === at.target && this.#seen.key === at.key;
    const before = isThere ? this.#seen?.identity : undefined;
    if (before && idOf(before) !== idOf(identity))
      return { ok: false, isOther: true, reason: otherText(before, identity) };
    this.#seen = { ...at, identity };
    return opened;
  }
}

function isGood({ key, cluster }: Held, wanted: string): boolean {
  return key === wanted && cluster.replaced === undefined && !cluster.closed;
}

function idOf({ uid, namespace }: ClusterIdentity): string | undefined {
  return uid ?? namespace?.uid;
}

function otherText(before: ClusterIdentity, now: ClusterIdentity): string {
  return `another cluster (${idOf(now) ?? 'without a UID'}) answers at ${now.server} than before (${idOf(before)}), so nothing is compared with it: correct the context "${now.context}", or check drift to go on with that one`;
}
