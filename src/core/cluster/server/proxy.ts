import { BlockList, isIP } from 'node:net';

/**
 * The proxy that the environment names for an address, by the rules of Go's net/http, which kubectl
 * uses: `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` in upper or lower case, never for this machine.
 * https://pkg.go.dev/golang.org/x/net/http/httpproxy#Config
 */
export function proxyFor(server: string, env: NodeJS.ProcessEnv): string | undefined {
  const url = new URL(server);
  const read = (name: string) => env[name] || env[name.toLowerCase()] || undefined;
  const proxy = read(url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY');
  if (proxy === undefined) return undefined;
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (host === 'localhost' || isLoopback(host)) return undefined;
  const without = (read('NO_PROXY') ?? '').split(',').map(entry => entry.trim().toLowerCase());
  if (without.some(entry => matches(entry, host, port))) return undefined;
  return proxy.includes('://') ? proxy : `http://${proxy}`;
}

/** `*`, an address, a block of addresses, a domain with its subdomains, or `.domain` for these only. */
function matches(entry: string, host: string, port: string): boolean {
  if (entry === '') return false;
  if (entry === '*') return true;
  const [, address = '', bits] = /^([^/]+)\/(\d+)$/.exec(entry) ?? [];
  if (bits !== undefined) return isInBlock(host, address, Number(bits));
  const withPort = /^(.*[^:]):(\d+)$/.exec(entry);
  if (withPort && withPort[2] !== port) return false;
  const name = (withPort?.[1] ?? entry).replace(/^\*(?=\.)/, '').replace(/^\[|\]$/g, '');
  if (name.startsWith('.')) return host.endsWith(name);
  return host === name || (isIP(host) === 0 && host.endsWith(`.${name}`));
}

function isLoopback(host: string): boolean {
  return host === '::1' || isInBlock(host, '127.0.0.0', 8);
}

function isInBlock(host: string, address: string, bits: number): boolean {
  const family = isIP(host);
  if (family === 0 || family !== isIP(address)) return false;
  const type = family === 4 ? 'ipv4' : 'ipv6';
  if (bits > (family === 4 ? 32 : 128)) return false;
  const block = new BlockList();
  block.addSubnet(address, bits, type);
  return block.check(host, type);
}
