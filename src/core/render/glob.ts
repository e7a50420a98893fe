/**
 * Tells whether a path matches a pattern as Argo CD's `directory.include` has it: `*` within a folder, `**`
 * across, `?` one character, `{a,b}` either.
 */
export function matcher(pattern: string): (path: string) => boolean {
  const expression = new RegExp(`^${translate(pattern)}$`);
  return path => expression.test(path);
}

function translate(pattern: string): string {
  let result = '';
  let depth = 0;
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern[at] as string;
    if (character === '*') {
      const across = pattern[at + 1] === '*';
      result += across ? '.*' : '[^/]*';
      if (across) at++;
    } else if (character === '?') result += '[^/]';
    else if (character === '{') {
      depth++;
      result += '(?:';
    } else if (character === '}' && depth > 0) {
      depth--;
      result += ')';
    } else if (character === ',' && depth > 0) result += '|';
    else result += character.replace(/[\\^$.|+()[\]{}]/, '\\$&');
  }
  return depth === 0 ? result : pattern.replace(/[\\^$.|+()[\]{}*?]/g, '\\$&');
}
