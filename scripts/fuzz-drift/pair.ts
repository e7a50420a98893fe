import type { JsonObject } from '../../src/core/model/resource.ts';
import type { ServerWord } from './oracle.ts';
import type { Trial } from './trial.ts';

/** A manifest, what lives, and what the server says about the next apply. */
export interface Pair {
  /** Number of its object and of the manifest: `12-0`. */
  id: string;
  trial: Trial;
  managers: number;
  desired: JsonObject;
  live: JsonObject;
  /** csa3: the object in the release before. */
  previous?: JsonObject;
  word: ServerWord;
}
