import type { Access, ApiResource, Cluster } from '../../cluster/cluster.ts';

/** For how long a refusal counts; permissions that were granted are lost seldom, and the request itself then says so. */
const refusedFor = 10 * 60_000;

/**
 * What the user may do in one cluster, asked once per verb, type and namespace (drift.md 3.7). Who may do everything
 * is asked once for all.
 */
export class Permissions {
  readonly #cluster: Pick<Cluster, 'mayI'>;
  #everything: Promise<boolean | undefined> | undefined;
  readonly #asked = new Map<string, { at: number; answer: Promise<boolean | undefined> }>();

  constructor(cluster: Pick<Cluster, 'mayI'>) {
    this.#cluster = cluster;
  }

  /** False when it is known that the user may not; a server that does not say is simply asked for the thing itself. */
  async may(verb: string, type: ApiResource, namespace: string): Promise<boolean> {
    const all = { verb: '*', group: '*', resource: '*', namespace: '' };
    this.#everything ??= this.#ask(all);
    if (await this.#everything) return true;
    const { group, resource } = type;
    const access = { verb, group, resource, namespace: type.namespaced ? namespace : '' };
    const key = keyOf(access);
    let known = this.#asked.get(key);
    if (known === undefined || Date.now() - known.at > refusedFor) {
      known = { at: Date.now(), answer: this.#ask(access) };
      this.#asked.set(key, known);
    }
    return (await known.answer) !== false;
  }

  /** The server refused it, whatever it said about permissions before. */
  refused(verb: string, type: ApiResource, namespace: string): void {
    const { group, resource } = type;
    const access = { verb, group, resource, namespace: type.namespaced ? namespace : '' };
    this.#everything = Promise.resolve(false);
    this.#asked.set(keyOf(access), { at: Date.now(), answer: Promise.resolve(false) });
  }

  forget(): void {
    this.#everything = undefined;
    this.#asked.clear();
  }

  #ask(access: Access): Promise<boolean | undefined> {
    const asked = this.#cluster.mayI?.(access) ?? Promise.resolve(undefined);
    return asked.catch(() => undefined);
  }
}

function keyOf({ verb, group, resource, namespace }: Access): string {
  return `${verb} ${group}/${resource} ${namespace}`;
}

/** As a sentence for people: which permission is missing. */
export function noPermission(verb: string, type: ApiResource, namespace: string): string {
  const place = type.namespaced && namespace !== '' ? ` in the namespace ${namespace}` : '';
  return `Not confirmed by the server: no permission to ${verb} ${type.resource}${place}.`;
}
