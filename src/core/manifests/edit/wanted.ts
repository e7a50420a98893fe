import type { Pointer } from '../../model/path.ts';
import type { Json } from '../../model/resource.ts';

/** What a document shall say at a place. */
export interface Wanted {
  /** Position among `parseManifests(text).documents`. */
  document: number;
  pointer: Readonly<Pointer>;
  /** Absent: the field goes, and parents that it leaves empty. */
  value?: Json;
  /** Absent parents that stay as `{}` or `[]` when they become empty; the rest go. By their number of steps. */
  keeps?: (parent: Readonly<Pointer>) => boolean;
  /** Keys of the map that the field is in, in the order in which a new one is put beside its neighbours. */
  order?: readonly string[];
}
