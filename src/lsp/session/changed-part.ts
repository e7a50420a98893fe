/** The stretch of lines in which two texts differ: 0-based, `end` exclusive, one for each text. */
export interface ChangedPart {
  start: number;
  oldEnd: number;
  newEnd: number;
}

/** Everything between what both have in common at their beginnings and ends. */
export function changedPart(older: readonly string[], newer: readonly string[]): ChangedPart {
  const shorter = Math.min(older.length, newer.length);
  let start = 0;
  while (start < shorter && older[start] === newer[start]) start++;
  let tail = 0;
  const isSame = () => older[older.length - 1 - tail] === newer[newer.length - 1 - tail];
  while (tail < shorter - start && isSame()) tail++;
  return { start, oldEnd: older.length - tail, newEnd: newer.length - tail };
}
