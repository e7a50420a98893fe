import type { Agent as HttpAgent } from 'node:http';
import type { RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node';
import type { KubeContext } from './context.ts';

/** Milliseconds for a legacy `auth-provider` to renew its token. */
const providerPatience = 10_000;

/**
 * What requests of a context need, by client-node: for proxies and legacy providers. Plug-ins and token files are
 * resolved before. Rejects where a provider does not give access.
 */
export async function clientOptions(
  { name, cluster, user }: KubeContext,
  proxyUrl: string | undefined,
  token: string | undefined,
): Promise<RequestOptions & { agent?: HttpAgent }> {
  const config = new KubeConfig();
  config.loadFromOptions({
    currentContext: name,
    contexts: [{ name, cluster: cluster.name, user: user.name }],
    clusters: [
      {
        name: cluster.name,
        server: cluster.server,
        caData: cluster.caData,
        caFile: cluster.caData === undefined ? cluster.caFile : undefined,
        // client-node refuses plain http unless told not to verify; there is nothing to verify then.
        skipTLSVerify: cluster.skipTlsVerify || cluster.server.startsWith('http:'),
        tlsServerName: cluster.tlsServerName,
        proxyUrl,
      },
    ],
    users: [
      {
        name: user.name,
        token,
        certData: user.certData,
        certFile: user.certData === undefined ? user.certFile : undefined,
        keyData: user.keyData,
        keyFile: user.keyData === undefined ? user.keyFile : undefined,
        authProvider: user.authProvider,
      },
    ],
  });
  const options: RequestOptions = { headers: {} };
  await inTime(config.applyToHTTPSOptions(options));
  // Its agents without a proxy open a connection for every request.
  const agent = proxyUrl === undefined ? undefined : (options.agent as HttpAgent);
  return { ...options, agent };
}

/** A provider may ask a server of its own, whose silence must not become ours. */
async function inTime(work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const text = `no answer within ${providerPatience / 1000} s`;
    timer = setTimeout(() => reject(new Error(text)), providerPatience);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
