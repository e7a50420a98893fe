import type { Json } from '../../model/resource.ts';

/** What would mend a violation, told of its field; `mendOf` makes edits of the text of it. */
export type FieldChange =
  /** The scalar stands there as text. */
  | { kind: 'quote' }
  /** The scalar is this one. */
  | { kind: 'write'; text: string }
  /** The text stands there without quotes. */
  | { kind: 'unquote' }
  /** The field goes so many maps up, and from there down into these fields (`[]`: the only item of a list). */
  | { kind: 'move'; up: number; into: readonly string[] }
  /** The field is written. */
  | { kind: 'add'; value: Json }
  /** These fields of the object go. */
  | { kind: 'remove'; pointers: readonly (readonly (string | number)[])[] };
