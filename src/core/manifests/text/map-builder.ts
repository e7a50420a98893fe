import type { MapEntry, MapNode } from '../syntax.ts';
import type { Defect } from './defect.ts';

/** Collects the entries of one map: the later of two equal keys wins, as Kubernetes' parser has it. */
export class MapBuilder {
  readonly entries: MapEntry[] = [];
  /** Where each key stands in `entries`; only made for maps too large to search. */
  #places: Map<string, number> | undefined;

  /** Adds an entry of the map's own text; returns the defect when its key was given before. */
  set(entry: MapEntry): Defect | undefined {
    const at = this.#find(entry.key);
    if (at < 0) {
      this.#push(entry);
      return undefined;
    }
    const merged = this.entries[at]?.merged;
    this.#replace(at, entry);
    if (merged) return undefined;
    const message = `The key "${entry.key}" is set twice in this mapping; the first value is lost.`;
    return { rule: 'duplicate-key', message, start: entry.keyStart, end: entry.keyEnd };
  }

  /** Takes over the entries of a merge key's map. */
  merge(source: MapNode): void {
    for (const { key, keyStart, keyEnd, node } of source.entries) {
      const alias = node.alias ?? source.alias;
      const entry: MapEntry = {
        key,
        keyStart,
        keyEnd,
        node: alias === undefined ? node : { ...node, alias },
        merged: true,
      };
      const at = this.#find(key);
      if (at < 0) this.#push(entry);
      else this.#replace(at, entry);
    }
  }

  #push(entry: MapEntry): void {
    this.#places?.set(entry.key, this.entries.length);
    this.entries.push(entry);
  }

  #replace(at: number, entry: MapEntry): void {
    this.entries[at] = entry;
  }

  #find(key: string): number {
    if (this.#places) return this.#places.get(key) ?? -1;
    for (let at = 0; at < this.entries.length; at++) if (this.entries[at]?.key === key) return at;
    if (this.entries.length === smallMap)
      this.#places = new Map(this.entries.map((entry, at) => [entry.key, at]));
    return -1;
  }
}

const smallMap = 12;
