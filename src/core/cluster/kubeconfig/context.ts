import { isAbsolute, join } from 'node:path';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';

/** Where to connect to and as whom: one context of a kubeconfig. Paths are absolute. */
export interface KubeContext {
  name: string;
  /** The kubeconfig that the context stands in. */
  file: string;
  namespace?: string;
  cluster: KubeCluster;
  user: KubeUser;
}

export interface KubeCluster {
  name: string;
  /** URL without a slash at its end. */
  server: string;
  caFile?: string;
  /** Base64. */
  caData?: string;
  skipTlsVerify: boolean;
  tlsServerName?: string;
  proxyUrl?: string;
}

export interface KubeUser {
  name: string;
  token?: string;
  tokenFile?: string;
  username?: string;
  password?: string;
  certFile?: string;
  /** Base64. */
  certData?: string;
  keyFile?: string;
  /** Base64. */
  keyData?: string;
  impersonate?: { user: string; uid?: string; groups: string[] };
  exec?: ExecPlugin;
  /** A legacy `auth-provider`. */
  authProvider?: { name: string; config: JsonObject };
}

/** https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins */
export interface ExecPlugin {
  apiVersion: string;
  command: string;
  args: string[];
  /** Added to the environment. */
  env: Record<string, string>;
  provideClusterInfo: boolean;
  installHint?: string;
}

/**
 * Reads a `cluster` entry; relative paths start at `folder`, that of its kubeconfig. Undefined when it
 * names no server. As kubectl does, data wins over a file.
 */
export function readCluster(
  name: string,
  entry: JsonObject,
  folder: string,
): KubeCluster | undefined {
  const server = text(entry.server);
  if (server === undefined) return undefined;
  return {
    name,
    server: server.replace(/\/+$/, ''),
    caData: text(entry['certificate-authority-data']),
    caFile: path(entry['certificate-authority'], folder),
    skipTlsVerify: entry['insecure-skip-tls-verify'] === true,
    tlsServerName: text(entry['tls-server-name']),
    proxyUrl: text(entry['proxy-url']),
  };
}

/** Reads a `user` entry, as `readCluster` does. */
export function readUser(name: string, entry: JsonObject, folder: string): KubeUser {
  const impersonated = text(entry.as);
  return {
    name,
    token: text(entry.token),
    tokenFile: path(entry.tokenFile, folder),
    username: text(entry.username),
    password: text(entry.password),
    certData: text(entry['client-certificate-data']),
    certFile: path(entry['client-certificate'], folder),
    keyData: text(entry['client-key-data']),
    keyFile: path(entry['client-key'], folder),
    impersonate:
      impersonated === undefined
        ? undefined
        : { user: impersonated, uid: text(entry['as-uid']), groups: texts(entry['as-groups']) },
    exec: isObject(entry.exec) ? readExec(entry.exec, folder) : undefined,
    authProvider: readAuthProvider(entry['auth-provider']),
  };
}

/** Providers that kubectl has, or had until 1.26. */
export const knownProviders: readonly string[] = ['oidc', 'gcp', 'azure'];

/** The program that this user's credentials come from, when there is one. */
export function credentialProgram(user: KubeUser): string | undefined {
  if (user.exec) return user.exec.command;
  return text(user.authProvider?.config['cmd-path']);
}

function readExec(entry: JsonObject, folder: string): ExecPlugin | undefined {
  const command = text(entry.command);
  if (command === undefined) return undefined;
  const variables = Array.isArray(entry.env) ? entry.env.filter(isObject) : [];
  return {
    apiVersion: text(entry.apiVersion) ?? 'client.authentication.k8s.io/v1',
    // A bare name is looked up in PATH; a path is relative to the kubeconfig.
    command: /[\\/]/.test(command) ? (path(command, folder) as string) : command,
    args: texts(entry.args),
    env: Object.fromEntries(variables.map(({ name, value }) => [String(name), text(value) ?? ''])),
    provideClusterInfo: entry.provideClusterInfo === true,
    installHint: text(entry.installHint),
  };
}

/**
 * Of the configuration only what the provider is for: client-node starts the program of an `exec` in
 * any provider's configuration, which `credentialProgram` would not see.
 */
function readAuthProvider(entry: Json | undefined): KubeUser['authProvider'] {
  if (!isObject(entry)) return undefined;
  const name = text(entry.name);
  if (name === undefined) return undefined;
  const { exec: _, tokenFile: __, ...config } = isObject(entry.config) ? entry.config : {};
  return { name, config };
}

/** Numbers and booleans are texts that somebody forgot to quote. */
function text(value: Json | undefined): string | undefined {
  if (value === undefined || value === null || typeof value === 'object') return undefined;
  return value === '' ? undefined : String(value);
}

function texts(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.flatMap(item => text(item) ?? []) : [];
}

function path(value: Json | undefined, folder: string): string | undefined {
  const file = text(value);
  return file === undefined || isAbsolute(file) ? file : join(folder, file);
}
