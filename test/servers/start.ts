import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { run } from '../../scripts/lib/run.ts';
import { buildPart, kubeProgram } from './build.ts';
import { parts } from './parts.ts';
import { freePorts, type Processes, startTogether } from './processes.ts';

/** Who may connect; each is a context of the kubeconfig. Only `admin` may do anything before a test says so. */
export const users = ['admin', 'viewer', 'tenant'] as const;

export interface ControlPlane {
  /** The program that is kubectl, too. */
  program: string;
  /** Has the contexts of `users`, no current one. */
  kubeconfig: string;
  /** The same with `admin` as the current context, for controllers. */
  adminConfig: string;
  /** `https://127.0.0.1:PORT`. */
  server: string;
  /** Where etcd answers, for what the server's own validation keeps out. */
  store: string;
  /** PEM of the server's certificate and of the authority that signed it. */
  certificate: string;
  /** PEM of the server's key, for small servers that must look like it. */
  key: string;
}

export interface StartedPlane {
  plane: ControlPlane;
  stop: () => Promise<void>;
  /** Stops it, empties its store, and starts it anew: another cluster with the same address, certificate and users. */
  rebuild: () => Promise<void>;
}

/**
 * Starts etcd, kube-apiserver and kube-controller-manager in a temporary folder on free ports, and waits
 * until the namespace `default` can be used. `flags` are more of kube-apiserver's, such as `runtime-config`.
 * Without controllers nobody changes what a test writes, and nothing is collected either. `apiServer` is another
 * kube-apiserver's program, of any version.
 */
export async function startControlPlane(
  log: (line: string) => void,
  flags: Record<string, string> = {},
  { controllers = true, apiServer }: { controllers?: boolean; apiServer?: string | undefined } = {},
): Promise<StartedPlane> {
  await buildPart(parts.kube, log);
  const start = Date.now();
  const { servers, stop } = await startTogether('kube', group =>
    startIn(group, kubeProgram(), flags, { controllers, apiServer }),
  );
  const { plane, rebuild } = servers;
  log(`A Kubernetes control plane runs at ${plane.server} (${Date.now() - start} ms).`);
  return { plane, stop, rebuild };
}

async function startIn(
  group: Processes,
  program: string,
  more: Record<string, string>,
  { controllers, apiServer }: { controllers: boolean; apiServer: string | undefined },
): Promise<Pick<StartedPlane, 'plane' | 'rebuild'>> {
  const ports = await freePorts('api', 'etcd', 'peer', 'manager');
  const server = `https://127.0.0.1:${ports.api}`;
  const store = `http://127.0.0.1:${ports.etcd}`;
  const peer = `http://127.0.0.1:${ports.peer}`;
  const at = (name: string) => group.at(name);
  const tokens = Object.fromEntries(users.map(user => [user, randomBytes(16).toString('hex')]));
  await mkdir(at('certificates'));
  await writeFile(
    at('tokens.csv'),
    users.map(user => tokenLine(user, tokens[user] ?? '')).join(''),
  );
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(at('accounts.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }));
  const launch = (name: string, flags: Record<string, string>) =>
    group.launch(name, program, [name, ...asFlags(flags)]);

  const launchApiServer = (flags: Record<string, string>) =>
    apiServer === undefined
      ? launch('kube-apiserver', flags)
      : group.launchGuarded('kube-apiserver', apiServer, asFlags(flags));
  const launchStore = () =>
    launch('etcd', {
      'data-dir': at('etcd'),
      'unsafe-no-fsync': 'true',
      'log-level': 'warn',
      'listen-client-urls': store,
      'advertise-client-urls': store,
      'listen-peer-urls': peer,
      'initial-advertise-peer-urls': peer,
      'initial-cluster': `default=${peer}`,
    });
  const launchServer = () =>
    launchApiServer({
      'etcd-servers': store,
      'bind-address': '127.0.0.1',
      'advertise-address': '127.0.0.1',
      'secure-port': String(ports.api),
      // It makes a certificate of its own there.
      'cert-dir': at('certificates'),
      'token-auth-file': at('tokens.csv'),
      'authorization-mode': 'RBAC',
      'service-account-issuer': 'https://kubernetes.default.svc',
      'service-account-key-file': at('accounts.key'),
      'service-account-signing-key-file': at('accounts.key'),
      'service-cluster-ip-range': '10.0.0.0/16',
      'endpoint-reconciler-type': 'none',
      'enable-priority-and-fairness': 'false',
      'max-requests-inflight': '0',
      'max-mutating-requests-inflight': '0',
      ...more,
    });
  launchStore();
  launchServer();
  const certificateFile = at('certificates/apiserver.crt');
  // It writes the key after the certificate.
  const keyFile = at('certificates/apiserver.key');
  await group.until(
    'the certificate',
    async () => existsSync(certificateFile) && existsSync(keyFile),
  );
  const certificate = readFileSync(certificateFile, 'utf8');
  const kubeconfig = at('kubeconfig');
  await writeFile(kubeconfig, JSON.stringify(makeKubeconfig(server, certificate, tokens)));
  const adminConfig = at('admin.json');
  await writeFile(
    adminConfig,
    JSON.stringify(makeKubeconfig(server, certificate, tokens, 'admin')),
  );
  const key = readFileSync(keyFile, 'utf8');
  const plane = { program, kubeconfig, adminConfig, server, store, certificate, key };
  const launchControllers = () =>
    launch('kube-controller-manager', {
      kubeconfig: adminConfig,
      'leader-elect': 'false',
      'bind-address': '127.0.0.1',
      'secure-port': String(ports.manager),
      'cert-dir': at('certificates'),
      'service-account-private-key-file': at('accounts.key'),
      'root-ca-file': certificateFile,
      'kube-api-qps': '200',
      'kube-api-burst': '400',
    });
  const ready = async () => {
    await group.until('the API server', () => succeeds(plane, ['get', '--raw', '/readyz']));
    if (!controllers) return;
    launchControllers();
    const account = ['get', 'serviceaccount', 'default', '--namespace', 'default'];
    await group.until('the controllers', () => succeeds(plane, account));
  };
  const rebuild = async () => {
    await group.end('kube-controller-manager', 'kube-apiserver', 'etcd');
    await rm(at('etcd'), { recursive: true });
    launchStore();
    launchServer();
    await ready();
  };
  await ready();
  return { plane, rebuild };
}

/** A kubeconfig with a context for each user; `current` only for programs that cannot name one. */
export function makeKubeconfig(
  server: string,
  certificate: string,
  tokens: Record<string, string>,
  current?: string,
) {
  const authority = Buffer.from(certificate).toString('base64');
  const names = Object.keys(tokens);
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': current ?? '',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': authority } }],
    users: names.map(name => ({ name, user: { token: tokens[name] } })),
    contexts: names.map(name => ({ name, context: { cluster: 'test', user: name } })),
  };
}

function tokenLine(user: string, token: string): string {
  return `${token},${user},${user},"${user === 'admin' ? 'system:masters' : `${user}s`}"\n`;
}

/** `--name=value` for each. */
export function asFlags(flags: Record<string, string>): string[] {
  return Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
}

async function succeeds(plane: ControlPlane, args: string[]): Promise<boolean> {
  const asAdmin = ['kubectl', '--kubeconfig', plane.kubeconfig, '--context', 'admin'];
  return (await run(plane.program, [...asAdmin, ...args])).status === 0;
}
