/**
 * A regular expression from a repository's file; undefined when it is not one, or when it could take
 * for ever: repetition of a group is refused, since a matcher that backtracks can be kept busy by it.
 */
export function safeRegExp(text: string): RegExp | undefined {
  if (text.length > 200 || /\)[*+{]/.test(text) || /\\[1-9]/.test(text)) return undefined;
  try {
    return new RegExp(text, 'u');
  } catch {
    return undefined;
  }
}

/** Matches a whole text against a glob of `*` and `?`; an absent one matches everything. */
export function globMatches(glob: string | undefined, text: string): boolean {
  if (glob === undefined) return true;
  const pieces = glob.split('*');
  const [first = '', ...rest] = pieces;
  if (!pieceAt(first, text, 0)) return false;
  let at = first.length;
  for (const [index, piece] of rest.entries()) {
    const last = index === rest.length - 1;
    const found = last ? text.length - piece.length : findPiece(piece, text, at);
    if (found < at || !pieceAt(piece, text, found)) return false;
    at = found + piece.length;
  }
  return rest.length > 0 || at === text.length;
}

function findPiece(piece: string, text: string, from: number): number {
  for (let at = from; at + piece.length <= text.length; at++)
    if (pieceAt(piece, text, at)) return at;
  return -1;
}

function pieceAt(piece: string, text: string, at: number): boolean {
  if (at < 0 || at + piece.length > text.length) return false;
  return [...piece].every((char, i) => char === '?' || char === text[at + i]);
}
