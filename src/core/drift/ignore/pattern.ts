/**
 * A regular expression from a repository's file, as Go and jq write them; undefined when it is not one, or when
 * it could take for ever: repetition of a group is refused, since a matcher that backtracks can be kept busy by
 * it. `whole` anchors it at both ends; `flags` are JavaScript's `i` and `s`.
 */
export function safeRegExp(
  text: string,
  { whole = false, flags = '' }: { whole?: boolean; flags?: string } = {},
): RegExp | undefined {
  const [, inline = '', rest = ''] = /^(?:\(\?([ims]+)\))?(.*)$/s.exec(text) ?? [];
  if (rest.length > 200 || /\)[*+{]/.test(rest) || /\\[1-9]/.test(rest)) return undefined;
  // Go lets any punctuation be escaped.
  const plain = rest.replace(/\\([^\w\s^$\\.*+?()[\]{}|/-])/g, '$1').replace(/\\-/g, '\\x2d');
  try {
    return new RegExp(
      whole ? `^(?:${plain})$` : plain,
      `u${[...new Set(inline + flags)].join('')}`,
    );
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
