import type { JsonObject } from '../model/resource.ts';

/** Requests whose last answers are kept; their values are mostly in use anyhow. */
const maxRequests = 1_000;

/**
 * The values of the last answer to each request: the program does not send them again, and who compares the next
 * answer with them sees by identity what is the same.
 */
export class KnownValues {
  readonly #answers = new Map<string, ReadonlyMap<string, JsonObject>>();

  /** By key; empty where the request is new. */
  of(op: string, root: string, request: object): ReadonlyMap<string, JsonObject> {
    return this.#answers.get(keyOf(op, root, request)) ?? new Map();
  }

  /** Completes an answer by what was known when it was asked for, and keeps its values. */
  keep(
    op: string,
    root: string,
    request: object,
    known: ReadonlyMap<string, JsonObject>,
    objects: { key: string; value: JsonObject }[],
  ): void {
    const values = new Map<string, JsonObject>();
    for (const object of objects) {
      object.value ??= (values.get(object.key) ?? known.get(object.key)) as JsonObject;
      values.set(object.key, object.value);
    }
    const key = keyOf(op, root, request);
    this.#answers.delete(key);
    this.#answers.set(key, values);
    const [oldest] = this.#answers.keys();
    if (this.#answers.size > maxRequests && oldest !== undefined) this.#answers.delete(oldest);
  }
}

function keyOf(op: string, root: string, request: object): string {
  return JSON.stringify([op, root, { ...request, trace: undefined, text: undefined }]);
}
