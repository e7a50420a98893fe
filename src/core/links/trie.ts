import type { Pointer } from '../model/path.ts';
import { isObject, type Json, type JsonObject } from '../model/resource.ts';
import { type PatternStep, readPattern } from './pattern.ts';

/** Paths with what is known of them, with their common beginnings once. */
export class Trie<Row> {
  readonly #fields = new Map<string, Trie<Row>>();
  readonly #rows: Row[] = [];
  #item: Trie<Row> | undefined;
  #value: Trie<Row> | undefined;

  add(path: string, row: Row): void {
    for (const steps of readPattern(path)) this.#at(steps).#rows.push(row);
  }

  /** Calls `visit` for every place of a value that a path leads to and that is there. */
  walk(
    value: Json,
    visit: (found: { row: Row; value: Json; pointer: Pointer; parents: readonly Json[] }) => void,
    pointer: Pointer = [],
    parents: readonly Json[] = [],
  ): void {
    for (const row of this.#rows) visit({ row, value, pointer, parents });
    const within = [...parents, value];
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries())
        this.#item?.walk(item, visit, [...pointer, index], within);
    } else if (isObject(value)) this.#walkMap(value, visit, pointer, within);
  }

  /** What is known of the place that a pointer leads to. */
  rowsAt(pointer: Readonly<Pointer>): readonly Row[] {
    const [first, ...rest] = pointer;
    if (first === undefined) return this.#rows;
    if (typeof first === 'number') return this.#item?.rowsAt(rest) ?? [];
    return [...(this.#fields.get(first)?.rowsAt(rest) ?? []), ...(this.#value?.rowsAt(rest) ?? [])];
  }

  #walkMap(
    value: JsonObject,
    visit: Parameters<Trie<Row>['walk']>[1],
    pointer: Pointer,
    within: readonly Json[],
  ): void {
    for (const [field, next] of this.#fields) {
      const inner = Object.hasOwn(value, field) ? value[field] : undefined;
      if (inner !== undefined) next.walk(inner, visit, [...pointer, field], within);
    }
    if (this.#value)
      for (const [key, inner] of Object.entries(value))
        this.#value.walk(inner, visit, [...pointer, key], within);
  }

  #at(steps: readonly PatternStep[]): Trie<Row> {
    const [first, ...rest] = steps;
    if (first === undefined) return this;
    return this.#next(first).#at(rest);
  }

  #next(step: PatternStep): Trie<Row> {
    if (step === 'item') {
      this.#item ??= new Trie();
      return this.#item;
    }
    if (step === 'value') {
      this.#value ??= new Trie();
      return this.#value;
    }
    const known = this.#fields.get(step.field) ?? new Trie<Row>();
    this.#fields.set(step.field, known);
    return known;
  }
}
