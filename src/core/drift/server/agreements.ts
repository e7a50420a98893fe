import { KeptHashes } from '../../lib/kept-hashes.ts';
import type { DriftResult } from '../../model/drift.ts';

/** So many, and for how long, in milliseconds (drift.md 3.5). */
const limits = { most: 5_000, longest: 24 * 60 * 60_000 };

/**
 * What the server agreed to in earlier sessions: that the next apply changes just what was found without it. Kept are
 * hashes of questions with their local results; of Secrets nothing.
 */
export class Agreements {
  readonly #kept: KeptHashes;

  /** Those of one comparison: `about` is another text for every cluster, repository and environment. */
  constructor(folder: string, about: string) {
    this.#kept = new KeptHashes({ folder, about: `agreements ${about}`, ...limits });
  }

  /** The same text in every session. */
  hash(text: string): string {
    return this.#kept.of(text);
  }

  /** True where the server agreed to this very result of this very question. */
  knows(question: string, local: DriftResult): boolean {
    return isKept(local) && this.#kept.has(this.#entryOf(question, local));
  }

  add(question: string, local: DriftResult): void {
    if (isKept(local)) this.#kept.add(this.#entryOf(question, local));
  }

  /** The server is asked anew about everything. */
  clear(): void {
    this.#kept.clear();
  }

  save(): void {
    this.#kept.save();
  }

  #entryOf(
    question: string,
    { state, paths, extra, reason, equivalent, recreate }: DriftResult,
  ): string {
    return this.hash(JSON.stringify([question, state, paths, extra, reason, equivalent, recreate]));
  }
}

/** What the server was not sure to agree to is asked again. */
function isKept({ state, resource }: DriftResult): boolean {
  return state === 'drifted' && resource.kind !== 'Secret';
}
