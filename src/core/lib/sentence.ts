/**
 * A message as a program gives it, on one line and as a finished sentence. Cut after `limit` characters: some
 * programs print a whole manifest.
 */
export function sentence(message: string, limit = 400): string {
  const line = message.replace(/\s+/g, ' ').trim();
  if (line.length > limit) return `${capitalized(line.slice(0, limit - 1)).trimEnd()}…`;
  return /[.!?…]$/.test(line) ? capitalized(line) : `${capitalized(line)}.`;
}

/** An address or a name such as `v1/Pod` stays as it is. */
function capitalized(line: string): string {
  return /^[a-z]+[\s,]/.test(line) ? line.charAt(0).toUpperCase() + line.slice(1) : line;
}
