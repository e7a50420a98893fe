/**
 * Argo CD's globs (those of gobwas/glob without separators): `*` any text, `?` one character, `[a-c]`, `[!a-c]`,
 * `{one,other}`, and `\` before what is meant as it is. What is no pattern matches nothing, as there.
 */
export function matchesArgoGlob(pattern: string, text: string): boolean {
  return argoGlob(pattern)(text);
}

/**
 * The same for many texts. With a separator `*` and `?` stop at it, and `**` does not: so Argo CD compares the
 * addresses of repositories, by `/`.
 */
export function argoGlob(pattern: string, separator?: string): (text: string) => boolean {
  const expression = expressionOf(pattern, separator);
  return text => expression?.test(text) === true;
}

/** The pattern that matches a text and nothing else. */
export function argoGlobOf(text: string): string {
  return text.replace(/[\\*?[\]{},]/g, '\\$&');
}

const tokens =
  /\\(?<literal>.)|(?<stars>\*+)|\?|\[(?<not>!?)(?<set>[^\]]+)\]|[{},]|[^\\*?[\]{},]+/gsy;

function expressionOf(pattern: string, separator?: string): RegExp | undefined {
  const any = separator === undefined ? '[^]' : `[^${separator.replace(/[\\^\]-]/g, '\\$&')}]`;
  let open = 0;
  let read = 0;
  let source = '';
  for (const { 0: token, groups = {} } of pattern.matchAll(tokens)) {
    read += token.length;
    if (token === '{') open += 1;
    if (token === '}') open -= 1;
    if (open < 0) return undefined;
    source += sourceOf(token, groups, open > 0, any);
  }
  if (read < pattern.length || open !== 0) return undefined;
  try {
    return new RegExp(`^${source}$`);
  } catch {
    // A range that ends before it begins.
    return undefined;
  }
}

function sourceOf(
  token: string,
  { literal, stars, not, set }: Partial<Record<string, string>>,
  within: boolean,
  any: string,
): string {
  if (literal !== undefined) return escaped(literal);
  if (set !== undefined) return `[${not ? '^' : ''}${set.replace(/[\\^[]/g, '\\$&')}]`;
  if (stars !== undefined) return stars.length > 1 ? '[^]*' : `${any}*`;
  if (token === '?') return any;
  if (token === '{') return '(?:';
  if (token === '}') return ')';
  if (token === ',' && within) return '|';
  return escaped(token);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
