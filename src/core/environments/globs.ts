/**
 * `*` stands for any part of one path segment, `**` for any number of segments, `?` for one
 * character. Takes time in proportion to both lengths at most, whatever the pattern.
 */
export function matchesGlob(glob: string, path: string): boolean {
  const segments = path.split('/');
  // Which numbers of leading segments the pattern so far can match.
  let reached = new Set([0]);
  for (const pattern of glob.replace(/^\.?\//, '').split('/')) {
    const next = new Set<number>();
    for (const count of reached) {
      if (pattern === '**') for (let to = count; to <= segments.length; to += 1) next.add(to);
      else if (matchesSegment(pattern, segments[count])) next.add(count + 1);
    }
    reached = next;
  }
  return reached.has(segments.length);
}

/** Goes back to the last `*` only: what an earlier one matched need never be tried again. */
function matchesSegment(pattern: string, text: string | undefined): boolean {
  if (text === undefined) return false;
  let at = 0;
  let star = -1;
  let from = 0;
  for (let index = 0; index < text.length; ) {
    if (pattern[at] === '*') {
      star = at;
      from = index;
      at += 1;
    } else if (pattern[at] === '?' || pattern[at] === text[index]) {
      at += 1;
      index += 1;
    } else if (star >= 0) {
      from += 1;
      index = from;
      at = star + 1;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}
