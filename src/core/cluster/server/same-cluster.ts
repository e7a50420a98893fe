import type { Connection } from './connection.ts';
import type { Failure } from './failure.ts';
import { type Anchor, readUid } from './pinned.ts';

/**
 * Whether the same cluster answers at an address as when it was opened. Asked after every connection that failed,
 * before anything that comes afterwards counts: what listens there may be another one now.
 */
export class SameCluster {
  readonly #connection: Connection;
  readonly #anchor: Anchor | undefined;
  /** The connection's `troubles` that were looked into. */
  #confirmed: number;
  #asking: Promise<{ ok: true } | Failure> | undefined;
  #replaced: string | undefined;

  constructor(connection: Connection, anchor: Anchor | undefined) {
    this.#connection = connection;
    this.#anchor = anchor;
    this.#confirmed = connection.troubles;
  }

  /** Why nothing that the server says counts any more; undefined while it is the same. */
  get replaced(): string | undefined {
    return this.#replaced;
  }

  /** Asks where something happened since the last time (`always`: in any case); one request for all who ask. */
  confirm({ always = false } = {}): Promise<{ ok: true } | Failure> {
    const { troubles } = this.#connection;
    const isKnown = troubles === this.#confirmed && this.#replaced === undefined;
    if (this.#anchor === undefined || (isKnown && !always)) return Promise.resolve({ ok: true });
    this.#asking ??= this.#ask(this.#anchor, troubles).finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  async #ask(anchor: Anchor, troubles: number): Promise<{ ok: true } | Failure> {
    const answer = await readUid(this.#connection, undefined, anchor.namespace);
    // A namespace that is gone or hidden says nothing about who answers.
    const isSilent = !answer.ok && ['not-served', 'forbidden'].includes(answer.why);
    if (!answer.ok && !(isSilent && anchor.namespace !== 'kube-system')) return answer;
    this.#confirmed = troubles;
    const uid = answer.ok ? answer.uid : anchor.uid;
    this.#replaced = uid === anchor.uid ? undefined : this.#sentence(anchor, uid);
    if (this.#replaced === undefined) return { ok: true };
    return { ok: false, why: 'replaced', reason: this.#replaced, status: 0 };
  }

  #sentence({ namespace, uid: before }: Anchor, uid: string | undefined): string {
    const { name, cluster } = this.#connection.context;
    const by = namespace === 'kube-system' ? '' : `, by its namespace ${namespace}`;
    return `another cluster (${uid ?? 'without a UID'}${by}) answers at ${cluster.server} than before (${before}), so nothing is compared with it: correct the context "${name}", or check drift to go on with that one`;
  }
}
