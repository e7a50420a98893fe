const pattern =
  /\s*(\.\.|\.[A-Za-z_][A-Za-z0-9_]*|\."(?:[^"\\]|\\.)*"|"(?:[^"\\]|\\.)*"|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_][A-Za-z0-9_]*|\/\/|==|!=|<=|>=|[.[\](),|?;:<>-])/y;

/** The tokens of a jq expression; undefined when there is something else in it. */
export function tokenize(text: string): string[] | undefined {
  const tokens: string[] = [];
  const matcher = new RegExp(pattern);
  const length = text.trimEnd().length;
  while (matcher.lastIndex < length) {
    const match = matcher.exec(text);
    if (!match?.[1]) return undefined;
    tokens.push(match[1]);
  }
  return tokens;
}
