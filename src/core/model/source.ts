/** A place in a repository file. Lines and columns are 1-based; columns count UTF-16 units. */
export interface Place {
  /** Path relative to the repository's root, with `/`. */
  file: string;
  line: number;
  column: number;
}

/** A stretch of one file: from (`line`, `column`) up to, not including, (`endLine`, `endColumn`). */
export interface Range {
  line: number;
  column: number;
  endLine: number;
  endColumn: number;
}

/** `file:line` as terminals and editors make it clickable. */
export function placeText(place: Place): string {
  return `${place.file}:${place.line}`;
}
