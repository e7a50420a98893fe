import { execFile } from 'node:child_process';
import { UserError } from '../../lib/errors.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { ExecPlugin, KubeContext } from './context.ts';

/** What a credential plug-in answers. */
export interface PluginCredential {
  token?: string;
  /** PEM. */
  cert?: string;
  /** PEM. */
  key?: string;
  /** Milliseconds since 1970; infinite when the plug-in names no end. */
  expires: number;
}

/** Logging in through a browser takes a person a while. */
const timeout = 60_000;

/**
 * Runs a context's credential plug-in once, without a terminal. Only for trusted folders. Throws a
 * UserError when it is not there, fails or answers something else than an ExecCredential.
 */
export function runPlugin(
  plugin: ExecPlugin,
  context: KubeContext,
  signal?: AbortSignal,
): Promise<PluginCredential> {
  const who = `The program \`${plugin.command}\`, which gives the credentials of the context "${context.name}",`;
  const env = { ...process.env, ...plugin.env, KUBERNETES_EXEC_INFO: execInfo(plugin, context) };
  return new Promise((resolve, reject) => {
    const options = { env, signal, timeout, maxBuffer: 1 << 20, windowsHide: true };
    const child = execFile(plugin.command, plugin.args, options, (error, stdout, stderr) => {
      if (signal?.aborted) return reject(signal.reason);
      if (error) return reject(new UserError(`${who} ${whatFailed(error, stderr, plugin)}`));
      const credential = readCredential(stdout);
      if (credential) resolve(credential);
      else reject(new UserError(`${who} answered no credential: run it in a terminal to see why.`));
    });
    // It must not wait for an answer that nobody can give.
    child.stdin?.end();
  });
}

function execInfo(plugin: ExecPlugin, { cluster }: KubeContext): string {
  const info = {
    server: cluster.server,
    'tls-server-name': cluster.tlsServerName,
    'insecure-skip-tls-verify': cluster.skipTlsVerify || undefined,
    'certificate-authority-data': cluster.caData,
    'proxy-url': cluster.proxyUrl,
  };
  const spec = { interactive: false, cluster: plugin.provideClusterInfo ? info : undefined };
  return JSON.stringify({ apiVersion: plugin.apiVersion, kind: 'ExecCredential', spec });
}

function whatFailed(
  error: Error & { code?: unknown; killed?: boolean },
  stderr: string,
  plugin: ExecPlugin,
): string {
  if (error.code === 'ENOENT')
    return `was not found: ${plugin.installHint?.trim().split('\n')[0] ?? 'install it, or put it on the PATH'}.`;
  if (error.killed) return `did not answer within ${timeout / 1000} s: run it in a terminal.`;
  const said = stderr.trim().split('\n').at(-1)?.trim() ?? '';
  // What the kubeconfig hands to the program may be a secret, and may come back in its complaint.
  const line = Object.values(plugin.env)
    .filter(value => value.length >= 4)
    .reduce((text, value) => text.split(value).join('•••'), said);
  return `failed (${line || `exit code ${String(error.code)}`}): sign in again.`;
}

function readCredential(stdout: string): PluginCredential | undefined {
  let answer: Json;
  try {
    answer = JSON.parse(stdout) as Json;
  } catch {
    return undefined;
  }
  const status: JsonObject = isObject(answer) && isObject(answer.status) ? answer.status : {};
  const text = (field: string) => (typeof status[field] === 'string' ? status[field] : undefined);
  const expires = Date.parse(text('expirationTimestamp') ?? '');
  const credential = {
    token: text('token'),
    cert: text('clientCertificateData'),
    key: text('clientKeyData'),
    expires: Number.isNaN(expires) ? Number.POSITIVE_INFINITY : expires,
  };
  return credential.token || credential.cert ? credential : undefined;
}
