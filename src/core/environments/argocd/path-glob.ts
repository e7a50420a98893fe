/**
 * Patterns of paths as bmatcuk/doublestar has them: `*` and `?` within a folder, `**` for any number of folders,
 * `[a-c]`, `[!a-c]`, `{one,other}`, and `\` before what is meant as it is. What is no pattern matches nothing.
 */
export function pathGlob(pattern: string): (path: string) => boolean {
  let open = 0;
  let source = '';
  for (const { 0: token, groups = {} } of pattern.matchAll(tokens)) {
    if (token === '{') open += 1;
    if (token === '}') open -= 1;
    source += sourceOf(token, groups, open > 0);
  }
  try {
    const expression = new RegExp(`^${source}$`);
    return path => open === 0 && expression.test(path);
  } catch {
    return () => false;
  }
}

const tokens = /\\(?<literal>.)|(?<=^|\/)\*\*(?:\/|$)|\*+|\?|\[(?<not>[!^]?)(?<set>[^\]]+)\]|./gs;

function sourceOf(
  token: string,
  { literal, not, set }: Partial<Record<string, string>>,
  within: boolean,
): string {
  if (literal !== undefined) return escaped(literal);
  if (set !== undefined) return `[${not ? '^' : ''}${set.replace(/[\\^[]/g, '\\$&')}]`;
  if (token === '**/') return '(?:[^/]+/)*';
  if (token === '**') return '[^]*';
  if (token.startsWith('*')) return '[^/]*';
  if (token === '?') return '[^/]';
  if (token === '{') return '(?:';
  if (token === '}') return ')';
  return token === ',' && within ? '|' : escaped(token);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
