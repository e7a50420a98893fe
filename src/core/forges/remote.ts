import type { RemoteAddress } from './forge.ts';

/**
 * Reads the address of a git remote in any spelling git takes: `git@host:owner/name.git`,
 * `ssh://git@host:22/owner/name`, `https://user:password@host:3000/group/subgroup/name/`. User, password and
 * the port of an ssh address are left out. Undefined for what leads to no host, such as a path.
 */
export function parseRemote(url: string): RemoteAddress | undefined {
  const text = url.trim();
  if (text.length > 2000) return undefined;
  const scp = /^(?:[^@/:]+@)?(\[[^\]]+\]|[^/:[\]]+):(?!\/\/)(.+)$/.exec(text);
  // One letter before the colon is a drive.
  if (scp?.[1] !== undefined && scp[2] !== undefined)
    return scp[1].length === 1 ? undefined : addressOf('https', scp[1], scp[2]);
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed === undefined || !remoteProtocols.includes(parsed.protocol)) return undefined;
  const { protocol, host, hostname, pathname } = parsed;
  const isHttp = protocol === 'http:' || protocol === 'https:';
  return addressOf(protocol === 'http:' ? 'http' : 'https', isHttp ? host : hostname, pathname);
}

/** `owner/name`, as the forge's pages have it. */
export function repositoryPath({ owner, name }: RemoteAddress): string {
  return `${owner}/${name}`;
}

/** Text for a URL's path in which slashes stay, such as `owner/name` or a branch. */
export function encodedPath(text: string): string {
  return text.split('/').map(encodeURIComponent).join('/');
}

/** Where the host's pages are; a well-known host is never spoken to in the clear. */
export function webAddress({ protocol, host }: RemoteAddress, isWellKnown: boolean): string {
  return `${isWellKnown ? 'https' : protocol}://${host}`;
}

const remoteProtocols = ['http:', 'https:', 'ssh:', 'git:', 'git+ssh:', 'ssh+git:'];

/** Hosts that speak ssh on the port of https for another host. */
const sshHosts: Record<string, string> = {
  'ssh.github.com': 'github.com',
  'altssh.gitlab.com': 'gitlab.com',
  'altssh.bitbucket.org': 'bitbucket.org',
};

function addressOf(
  protocol: RemoteAddress['protocol'],
  typedHost: string,
  path: string,
): RemoteAddress | undefined {
  const host = typedHost.toLowerCase();
  const parts = path
    .split('/')
    .filter(part => part !== '')
    .map(decoded);
  const name = parts.pop()?.replace(/\.git$/i, '');
  // A step up would lead a question with the token to another path than the one that is shown.
  const isStrange = [...parts, name].some(part => part === '.' || part === '..');
  if (host === '' || !name || parts.length === 0 || isStrange) return undefined;
  return {
    host: Object.hasOwn(sshHosts, host) ? (sshHosts[host] ?? host) : host,
    protocol,
    owner: parts.join('/'),
    name,
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
