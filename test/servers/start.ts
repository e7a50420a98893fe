import { type ChildProcess, spawn } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { run } from '../../scripts/lib/run.ts';
import { buildKube, kubeProgram } from './build.ts';

/** Who may connect; each is a context of the kubeconfig. Only `admin` may do anything before a test says so. */
export const users = ['admin', 'viewer', 'tenant'] as const;

export interface ControlPlane {
  /** The program that is kubectl, too. */
  program: string;
  /** Has the contexts of `users`, no current one. */
  kubeconfig: string;
  /** `https://127.0.0.1:PORT`. */
  server: string;
  /** PEM of the server's certificate and of the authority that signed it. */
  certificate: string;
  /** PEM of the server's key, for small servers that must look like it. */
  key: string;
}

/**
 * Starts etcd, kube-apiserver and kube-controller-manager in a temporary folder on free ports, and waits
 * until the namespace `default` can be used. The returned `stop` ends them and removes the folder; they
 * end by themselves when this process does.
 */
export async function startControlPlane(
  log: (line: string) => void,
): Promise<{ plane: ControlPlane; stop: () => Promise<void> }> {
  await buildKube(log);
  const program = kubeProgram();
  const start = Date.now();
  const folder = await mkdtemp(join(tmpdir(), 'driftline-kube-'));
  const children: ChildProcess[] = [];
  const stop = async () => {
    await Promise.all(children.toReversed().map(end));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const plane = await startIn(folder, program, children);
    log(`A Kubernetes control plane runs at ${plane.server} (${Date.now() - start} ms).`);
    return { plane, stop };
  } catch (error) {
    const logs = ['etcd', 'kube-apiserver', 'kube-controller-manager'].map(name =>
      tail(folder, name),
    );
    await stop();
    throw new Error(`the control plane did not become ready\n${logs.join('\n')}`, { cause: error });
  }
}

async function startIn(
  folder: string,
  program: string,
  children: ChildProcess[],
): Promise<ControlPlane> {
  const [api, etcd, peer, manager] = (await freePorts(4)) as [number, number, number, number];
  const server = `https://127.0.0.1:${api}`;
  const store = `http://127.0.0.1:${etcd}`;
  const at = (name: string) => join(folder, name);
  const tokens = Object.fromEntries(users.map(user => [user, randomBytes(16).toString('hex')]));
  await mkdir(at('certificates'));
  await writeFile(
    at('tokens.csv'),
    users.map(user => tokenLine(user, tokens[user] ?? '')).join(''),
  );
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await writeFile(at('accounts.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }));
  const launch = (name: string, flags: Record<string, string>) =>
    children.push(launchServer(program, name, flags, folder));

  launch('etcd', {
    'data-dir': at('etcd'),
    'unsafe-no-fsync': 'true',
    'log-level': 'warn',
    'listen-client-urls': store,
    'advertise-client-urls': store,
    'listen-peer-urls': `http://127.0.0.1:${peer}`,
    'initial-advertise-peer-urls': `http://127.0.0.1:${peer}`,
    'initial-cluster': `default=http://127.0.0.1:${peer}`,
  });
  launch('kube-apiserver', {
    'etcd-servers': store,
    'bind-address': '127.0.0.1',
    'advertise-address': '127.0.0.1',
    'secure-port': String(api),
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
  });
  const certificateFile = at('certificates/apiserver.crt');
  await until('the certificate', children, async () => existsSync(certificateFile));
  const certificate = readFileSync(certificateFile, 'utf8');
  const kubeconfig = at('kubeconfig');
  await writeFile(kubeconfig, JSON.stringify(makeKubeconfig(server, certificate, tokens)));
  // The controllers follow a current context.
  const managerConfig = makeKubeconfig(server, certificate, tokens, 'admin');
  await writeFile(at('controllers.json'), JSON.stringify(managerConfig));
  const key = readFileSync(at('certificates/apiserver.key'), 'utf8');
  const plane = { program, kubeconfig, server, certificate, key };
  await until('the API server', children, () => succeeds(plane, ['get', '--raw', '/readyz']));
  launch('kube-controller-manager', {
    kubeconfig: at('controllers.json'),
    'leader-elect': 'false',
    'bind-address': '127.0.0.1',
    'secure-port': String(manager),
    'cert-dir': at('certificates'),
    'service-account-private-key-file': at('accounts.key'),
    'root-ca-file': certificateFile,
    'kube-api-qps': '200',
    'kube-api-burst': '400',
  });
  const account = ['get', 'serviceaccount', 'default', '--namespace', 'default'];
  await until('the controllers', children, () => succeeds(plane, account));
  return plane;
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

function launchServer(
  program: string,
  name: string,
  flags: Record<string, string>,
  folder: string,
): ChildProcess {
  const args = Object.entries(flags).map(([flag, value]) => `--${flag}=${value}`);
  const log = openSync(join(folder, `${name}.log`), 'w');
  // Its input is a pipe from this process, whose end it takes for its own.
  return spawn(program, [name, ...args], { stdio: ['pipe', log, log], cwd: folder });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise(resolve => child.once('exit', resolve));
  child.stdin?.end();
  const killed = wait(5000, undefined, { ref: false }).then(() => child.kill('SIGKILL'));
  await Promise.race([exited, killed.then(() => exited)]);
}

async function until(
  what: string,
  children: ChildProcess[],
  isReady: () => Promise<boolean>,
): Promise<void> {
  for (const deadline = Date.now() + 90_000; Date.now() < deadline; await wait(100)) {
    if (await isReady()) return;
    if (children.some(child => child.exitCode !== null)) throw new Error(`${what}: a server ended`);
  }
  throw new Error(`${what} took more than 90 s`);
}

async function succeeds(plane: ControlPlane, args: string[]): Promise<boolean> {
  const asAdmin = ['kubectl', '--kubeconfig', plane.kubeconfig, '--context', 'admin'];
  return (await run(plane.program, [...asAdmin, ...args])).status === 0;
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = servers.map(
    server =>
      new Promise<number>((resolve, reject) => {
        server.once('error', reject).listen(0, '127.0.0.1', () => {
          const address = server.address();
          resolve(typeof address === 'object' && address ? address.port : 0);
        });
      }),
  );
  const found = await Promise.all(ports);
  await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))));
  return found;
}

function tail(folder: string, name: string): string {
  const file = join(folder, `${name}.log`);
  const lines = existsSync(file)
    ? readFileSync(file, 'utf8').trim().split('\n')
    : ['(not started)'];
  return `--- ${name}\n${lines.slice(-15).join('\n')}`;
}
