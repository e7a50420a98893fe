import type { DriftResult } from '../model/drift.ts';
import type { JsonObject } from '../model/resource.ts';
import type { Schemas } from '../schemas/type.ts';
import type { DriftInput } from './input.ts';

/**
 * Results of earlier comparisons. One counts again when the very same desired and live objects are compared in
 * the same way: renders and watched lists keep objects that did not change. Forgets with the objects.
 */
export class CompareMemory {
  #results = new WeakMap<JsonObject, Remembered>();

  /** Forgets everything: what a server said may be another thing now. */
  clear(): void {
    this.#results = new WeakMap();
  }

  get(input: DriftInput, schemas: Schemas): DriftResult | undefined {
    const known = this.#results.get(input.desired);
    const same = known && known.live?.deref() === input.live && known.schemas.deref() === schemas;
    return same && known.circumstances === circumstancesOf(input) ? known.result : undefined;
  }

  /** What could not be checked or confirmed is not kept: the next time it may. */
  put(input: DriftInput, schemas: Schemas, result: DriftResult): void {
    if (result.state === 'unknown' || result.confirmed === 'unconfirmed') return;
    this.#results.set(input.desired, {
      live: input.live && new WeakRef(input.live),
      schemas: new WeakRef(schemas),
      circumstances: circumstancesOf(input),
      result,
    });
  }
}

interface Remembered {
  live: WeakRef<JsonObject> | undefined;
  schemas: WeakRef<Schemas>;
  circumstances: string;
  result: DriftResult;
}

function circumstancesOf({ desired: _, live: __, ...rest }: DriftInput): string {
  return JSON.stringify(rest);
}

/** Compares only what the memory does not know; results stand in the order of the inputs. */
export async function remembering(
  inputs: readonly DriftInput[],
  { memory, schemas }: { memory?: CompareMemory; schemas: Schemas },
  compare: (fresh: readonly DriftInput[]) => Promise<DriftResult[]>,
): Promise<DriftResult[]> {
  const known = inputs.map(input => memory?.get(input, schemas));
  const fresh = inputs.filter((_, index) => known[index] === undefined);
  const compared = await compare(fresh);
  for (const [index, input] of fresh.entries()) {
    const result = compared[index];
    if (result) memory?.put(input, schemas, result);
  }
  const next = compared.values();
  return known.flatMap(result => result ?? next.next().value ?? []);
}
