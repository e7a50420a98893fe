import type { Pointer } from '../../model/path.ts';
import { isObject, type Json } from '../../model/resource.ts';
import { own, without } from '../values.ts';

/**
 * One side of a comparison while rules take fields out of it one after another: where a list has lost an item, the
 * next rule counts without it, as in the patches that Argo CD and Flux apply in turn.
 */
export class Remaining {
  #value: Json;
  /** Where the items of a list stood at first, for lists that lost some. */
  readonly #places = new WeakMap<Json[], number[]>();

  constructor(value: Json) {
    this.#value = value;
  }

  get value(): Json {
    return this.#value;
  }

  /** Takes out what these pointers into the present value name, all at once; returns where it stood at first. */
  take(pointers: readonly Pointer[]): Pointer[] {
    const once = [...new Map(pointers.map(each => [JSON.stringify(each), each])).values()];
    const first = once.map(pointer => this.#first(pointer)).filter(found => found !== undefined);
    // The last item goes first, and what is inside of something goes before it.
    for (const pointer of once.sort((a, b) => -inOrder(a, b)))
      this.#value = this.#without(this.#value, pointer) ?? null;
    return first;
  }

  /** Undefined for an item that is not there. */
  #first(pointer: Pointer): Pointer | undefined {
    const first: Pointer = [];
    let value: Json | undefined = this.#value;
    for (const part of pointer) {
      const index = Number(part);
      if (Array.isArray(value)) {
        if (value[index] === undefined) return undefined;
        first.push(this.#places.get(value)?.[index] ?? index);
        value = value[index];
      } else {
        first.push(part);
        value = own(value, String(part));
      }
    }
    return first;
  }

  #without(value: Json, [part, ...rest]: Pointer): Json | undefined {
    if (part === undefined) return undefined;
    if (Array.isArray(value)) return this.#withoutItem(value, Number(part), rest);
    const inner = own(value, String(part));
    if (!isObject(value) || inner === undefined) return value;
    const left = this.#without(inner, rest);
    return left === undefined ? without(value, String(part)) : { ...value, [part]: left };
  }

  #withoutItem(list: Json[], index: number, rest: Pointer): Json {
    const item = list[index];
    if (item === undefined) return list;
    const places = this.#places.get(list) ?? list.map((_, place) => place);
    const left = this.#without(item, rest);
    const kept = left === undefined ? list.toSpliced(index, 1) : list.with(index, left);
    this.#places.set(kept, left === undefined ? places.toSpliced(index, 1) : places);
    return kept;
  }
}

/** Items by their position, and what holds something before what is in it. */
function inOrder(a: Pointer, b: Pointer): number {
  for (const [index, part] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    if (part === other) continue;
    if (typeof part === 'number' && typeof other === 'number') return part - other;
    return String(part) < String(other) ? -1 : 1;
  }
  return a.length - b.length;
}
