import { randomUUID } from 'node:crypto';

/** Which objects of which environment changed after which moment. */
export class Changes {
  /** Moments of another one are not known here. */
  readonly #id = randomUUID();
  readonly #objects = new Map<string, Map<string, number>>();
  #count = 0;

  /** Names what is known now; another one after every change. */
  get moment(): string {
    return `${this.#id}:${this.#count}`;
  }

  /** Notes the keys of objects of an environment that are not as they were. */
  note(environment: string, keys: Iterable<string>): void {
    this.#count++;
    const objects = this.#objects.get(environment) ?? new Map<string, number>();
    this.#objects.set(environment, objects);
    for (const key of keys) objects.set(key, this.#count);
  }

  /** Keys of the objects of an environment that changed after a moment; undefined where that is not known. */
  since(moment: string, environment: string): Set<string> | undefined {
    const [id, count] = moment.split(':');
    if (id !== this.#id) return undefined;
    const objects = this.#objects.get(environment) ?? [];
    return new Set([...objects].filter(([, at]) => at > Number(count)).map(([key]) => key));
  }
}
