import { readFile } from 'node:fs/promises';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import { createSecureContext } from 'node:tls';
import { messageOf, UserError } from '../../lib/errors.ts';
import { proxyFor } from '../server/proxy.ts';
import { type KubeContext, type KubeUser, knownProviders } from './context.ts';
import { type PluginCredential, runPlugin } from './exec-plugin.ts';

/** What a request needs so that the server knows who asks. */
export interface Access {
  agent: HttpAgent;
  headers: Record<string, string | string[]>;
}

type Tls = Pick<RequestOptions, 'ca' | 'cert' | 'key' | 'servername' | 'rejectUnauthorized'>;

/** Token files are rewritten by whoever keeps them fresh; client-go reads them again after a minute. */
const lifetime = 60_000;

/**
 * What a plug-in gave just now is used for a while, whatever it says: before the first answer of the server nobody
 * knows whose clock is wrong. The server refuses what has really ended.
 */
const shortest = 10_000;

/** A plug-in whose answers are refused is not run more often than this, in milliseconds. */
const renewEvery = 30_000;

/**
 * Gives access to one context's server: client certificates, tokens, plug-ins, proxies, by
 * `@kubernetes/client-node` where it has them. Several askers wait for one answer, so that a plug-in
 * never runs twice at a time.
 */
export class Credentials {
  readonly #context: KubeContext;
  readonly #env: NodeJS.ProcessEnv;
  readonly #clock: { now(): number };
  #current: Promise<Access & { expires: number; tls: string }> | undefined;
  #plugin: PluginCredential | undefined;
  /** When the plug-in was run again last, as its answer was refused. */
  #renewed = Number.NEGATIVE_INFINITY;
  readonly #ended = new AbortController();

  /** `clock`: that of the server, by which credentials end. */
  constructor(context: KubeContext, env: NodeJS.ProcessEnv, clock: { now(): number }) {
    this.#clock = clock;
    this.#context = context;
    this.#env = env;
  }

  /** Throws a UserError when the credentials cannot be had. */
  async access(): Promise<Access> {
    const before = this.#current;
    const known = await before?.catch(() => undefined);
    if (known && known.expires > Date.now()) return known;
    // Another asker may have begun while this one waited.
    if (this.#current === before) this.#current = this.#make(known);
    return this.#current as Promise<Access>;
  }

  /**
   * Forgets what the server no longer accepts. True when asking again may help; also when others renewed it
   * meanwhile: many requests are refused at the same time, and a plug-in runs once for all of them.
   */
  async renew(refused: Access | undefined): Promise<boolean> {
    const { exec, tokenFile } = this.#context.user;
    const known = await this.#current?.catch(() => undefined);
    if (known && refused && known !== refused) return true;
    if (known) known.expires = 0;
    if (exec === undefined) return tokenFile !== undefined;
    if (this.#plugin === undefined) return true;
    if (Date.now() - this.#renewed < renewEvery) return false;
    this.#renewed = Date.now();
    this.#plugin = undefined;
    return true;
  }

  /** Has files read anew the next time: who renews them may have done so. A plug-in's answer stays. */
  async look(): Promise<void> {
    const known = await this.#current?.catch(() => undefined);
    if (known) known.expires = 0;
  }

  async close(): Promise<void> {
    this.#ended.abort();
    const known = await this.#current?.catch(() => undefined);
    known?.agent.destroy();
  }

  async #make(known: (Access & { tls: string }) | undefined) {
    const { cluster, user } = this.#context;
    const provider = user.authProvider?.name;
    if (provider !== undefined && !knownProviders.includes(provider))
      throw new UserError(
        `The context "${this.#context.name}" gets its credentials from the auth-provider "${provider}", which is not known: use an exec plug-in.`,
      );
    const token = await this.#tokenOf(user);
    const proxy = cluster.proxyUrl ?? proxyFor(cluster.server, this.#env);
    let options: RequestOptions & { agent?: HttpAgent };
    try {
      options =
        provider === undefined && proxy === undefined
          ? await plainOptions(this.#context, token)
          : await clientOptions(this.#context, proxy, token);
    } catch (error) {
      throw new UserError(
        `The credentials of the context "${this.#context.name}" cannot be used (${messageOf(error)}): correct them in ${this.#context.file}.`,
      );
    }
    const cert = this.#plugin?.cert ?? options.cert;
    const key = this.#plugin?.key ?? options.key;
    const { ca, servername, rejectUnauthorized } = options;
    const tls = { ca, cert, key, servername, rejectUnauthorized };
    // Connections stay open as long as they are made in the same way.
    const same = JSON.stringify(tls);
    const agent =
      known?.tls === same ? known.agent : (options.agent ?? makeAgent(cluster.server, tls));
    const headers = { ...(options.headers as Access['headers']), ...impersonation(user) };
    if (user.username !== undefined) {
      const pair = `${user.username}:${user.password ?? ''}`;
      headers.Authorization = `Basic ${Buffer.from(pair).toString('base64')}`;
    }
    const left = (this.#plugin?.expires ?? Number.POSITIVE_INFINITY) - this.#clock.now();
    const expires = Date.now() + Math.min(lifetime, Math.max(left, shortest));
    return { agent, headers, expires, tls: same };
  }

  async #tokenOf(user: KubeUser): Promise<string | undefined> {
    if (user.exec) {
      if (this.#plugin === undefined || this.#plugin.expires <= this.#clock.now())
        this.#plugin = await runPlugin(user.exec, this.#context, this.#ended.signal);
      return this.#plugin.token;
    }
    if (user.tokenFile === undefined) return user.token;
    try {
      return (await readFile(user.tokenFile, 'utf8')).trim();
    } catch (error) {
      throw new UserError(
        `The token file of the context "${this.#context.name}" cannot be read (${messageOf(error)}).`,
      );
    }
  }
}

/** Loaded only where it is needed: it takes longer to load than to list a thousand objects. */
async function clientOptions(
  ...about: Parameters<typeof import('./client-options.ts').clientOptions>
) {
  return (await import('./client-options.ts')).clientOptions(...about);
}

/** Certificates and a token, as nearly every context has them. */
async function plainOptions(
  { cluster, user }: KubeContext,
  token: string | undefined,
): Promise<RequestOptions & { agent?: undefined }> {
  const content = async (data: string | undefined, file: string | undefined) => {
    if (data !== undefined) return Buffer.from(data, 'base64');
    return file === undefined ? undefined : readFile(file);
  };
  return {
    headers: token === undefined ? {} : { Authorization: `Bearer ${token}` },
    ca: await content(cluster.caData, cluster.caFile),
    cert: await content(user.certData, user.certFile),
    key: await content(user.keyData, user.keyFile),
    ...(cluster.tlsServerName === undefined ? {} : { servername: cluster.tlsServerName }),
    ...(cluster.skipTlsVerify ? { rejectUnauthorized: false } : {}),
  };
}

function makeAgent(server: string, tls: Tls): HttpAgent {
  const keep = { keepAlive: true, keepAliveMsecs: 30_000 };
  if (server.startsWith('http:')) return new HttpAgent(keep);
  const { ca, cert, key, ...checks } = tls;
  // Made once: to read the certificates takes longer than a request, and every connection would read them.
  return new HttpsAgent({
    ...keep,
    ...checks,
    secureContext: createSecureContext({ ca, cert, key }),
  });
}

function impersonation({ impersonate }: KubeUser): Record<string, string | string[]> {
  if (impersonate === undefined) return {};
  const { user, uid, groups } = impersonate;
  return {
    'Impersonate-User': user,
    ...(uid === undefined ? {} : { 'Impersonate-Uid': uid }),
    ...(groups.length === 0 ? {} : { 'Impersonate-Group': groups }),
  };
}
