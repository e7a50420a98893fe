/**
 * One spelling for the ways to write a git address, so that `git@host:org/repo.git`,
 * `ssh://git@host:22/org/repo` and `https://host/org/repo` are equal: host and path, lower case.
 */
export function normalizeRemote(url: string): string {
  if (url.length > 2000) return url;
  const trimmed = url
    .trim()
    .replace(/\/+$/, '')
    .replace(/\.git$/i, '');
  const scp = /^(?:[^@/]+@)?([^:/]+):(?!\/\/)(.+)$/.exec(trimmed);
  if (scp && !/^[A-Za-z]$/.test(scp[1] as string))
    return `${scp[1]}/${(scp[2] as string).replace(/^\/+/, '')}`.toLowerCase();
  const address = /^[a-z+]+:\/\/(?:[^@/]+@)?([^/:]*)(?::\d+)?\/+(.+)$/i.exec(trimmed);
  return (address ? `${address[1]}/${address[2]}` : trimmed).toLowerCase();
}

export function sameRemote(a: string, b: string): boolean {
  return normalizeRemote(a) === normalizeRemote(b);
}
