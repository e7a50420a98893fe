import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { buildPart } from './build.ts';
import { applyOn, applyTypes } from './kubectl.ts';
import { parts } from './parts.ts';
import { freePorts, type Started, startTogether } from './processes.ts';
import { asFlags, type ControlPlane } from './start.ts';

export interface Argo {
  /** Applications live there. */
  namespace: string;
  /** The API server, which asks nobody who they are. */
  url: string;
  /** What `spec.destination.server` says. */
  server: string;
}

/**
 * Starts Argo CD's controllers of Applications and ApplicationSets, its repository server and API server, and a
 * small Redis (`argo/redis`). Repositories are reached by http or `file://`. Needs git.
 */
export async function startArgo(
  plane: ControlPlane,
  log: (line: string) => void,
): Promise<Started<Argo>> {
  const built = await buildPart(parts.argo, log);
  const tools = await buildPart(parts.tools, log);
  return startTogether('argo', async group => {
    await applyTypes(plane, join(built, 'crds'));
    await applyOn(plane, objects);
    const ports = await freePorts(
      ...(['redis', 'repo', 'repoMetrics', 'metrics', 'api', 'apiMetrics'] as const),
      ...(['setMetrics', 'setProbe', 'setHook'] as const),
    );
    const at = (port: number) => `127.0.0.1:${port}`;
    const env = await environment(group.folder, built, tools, plane);
    const launch = (name: string, flags: Record<string, string>) =>
      group.launchGuarded(name, group.at(`bin/argocd-${name}`), asFlags(flags), env);
    group.launchGuarded('redis', join(built, 'redis'), [at(ports.redis)], env);
    launch('repo-server', {
      address: '127.0.0.1',
      port: String(ports.repo),
      'metrics-address': '127.0.0.1',
      'metrics-port': String(ports.repoMetrics),
      'disable-tls': 'true',
      'client-ca-path': '',
      redis: at(ports.redis),
      'revision-cache-expiration': '5s',
    });
    const common = {
      kubeconfig: plane.adminConfig,
      namespace,
      'repo-server': at(ports.repo),
      'repo-server-plaintext': 'true',
      redis: at(ports.redis),
    };
    launch('application-controller', {
      ...common,
      'metrics-port': String(ports.metrics),
      'app-resync': '30',
      'app-resync-jitter': '0',
      'self-heal-timeout-seconds': '1',
      'self-heal-backoff-timeout-seconds': '1',
      'self-heal-backoff-cap-seconds': '5',
    });
    launch('applicationset-controller', {
      kubeconfig: plane.adminConfig,
      namespace,
      'argocd-repo-server': at(ports.repo),
      'repo-server-plaintext': 'true',
      'metrics-addr': at(ports.setMetrics),
      'probe-addr': at(ports.setProbe),
      'webhook-addr': at(ports.setHook),
    });
    launch('server', {
      ...common,
      address: '127.0.0.1',
      port: String(ports.api),
      'metrics-address': '127.0.0.1',
      'metrics-port': String(ports.apiMetrics),
      insecure: 'true',
      'disable-auth': 'true',
    });
    await group.answers('repo-server', `http://${at(ports.repoMetrics)}/healthz`);
    await group.answers('application-controller', `http://${at(ports.metrics)}/healthz`);
    // It says of itself only that it counts.
    await group.answers('applicationset-controller', `http://${at(ports.setMetrics)}/metrics`);
    const url = `http://${at(ports.api)}`;
    await group.answers('server', `${url}/healthz`);
    return { namespace, url, server: 'https://kubernetes.default.svc' };
  });
}

/** Everything it keeps is below the folder; its programs are one, which looks at the name it is called by. */
async function environment(
  folder: string,
  built: string,
  tools: string,
  plane: ControlPlane,
): Promise<NodeJS.ProcessEnv> {
  const at = (name: string) => join(folder, name);
  for (const name of ['bin', 'home', 'tmp', 'ssh', 'tls', 'gpg', 'plugins']) await mkdir(at(name));
  const programs = ['application-controller', 'applicationset-controller', 'repo-server', 'server'];
  for (const name of ['argocd', ...programs.map(program => `argocd-${program}`)])
    await symlink(join(built, 'cmd'), at(`bin/${name}`));
  // Go keeps no file of a module executable.
  await copyFile(join(built, 'git-verify-wrapper.sh'), at('bin/git-verify-wrapper.sh'));
  await chmod(at('bin/git-verify-wrapper.sh'), 0o755);
  await writeFile(at('ssh/ssh_known_hosts'), '');
  return {
    // It calls git, kustomize and helm, and itself to hand git a password.
    PATH: [at('bin'), tools, process.env.PATH].join(delimiter),
    HOME: at('home'),
    TMPDIR: at('tmp'),
    KUBECONFIG: plane.adminConfig,
    // Outside a cluster, https://kubernetes.default.svc is the one of the kubeconfig.
    ARGOCD_FAKE_IN_CLUSTER: 'true',
    ARGOCD_GPG_ENABLED: 'false',
    ARGOCD_SSH_DATA_PATH: at('ssh'),
    ARGOCD_TLS_DATA_PATH: at('tls'),
    ARGOCD_GPG_DATA_PATH: at('gpg'),
    ARGOCD_PLUGINSOCKFILEPATH: at('plugins'),
    ARGOCD_APPLICATION_CONTROLLER_REPLICAS: '1',
    ARGOCD_RECONCILIATION_JITTER: '0',
    ARGOCD_K8S_CLIENT_QPS: '200',
    ARGOCD_K8S_CLIENT_BURST: '400',
  };
}

const namespace = 'argocd';
const setting = (kind: 'ConfigMap' | 'Secret', name: string, content: object = {}) => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace, labels: { 'app.kubernetes.io/part-of': 'argocd' } },
  ...content,
});
const objects = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
  setting('ConfigMap', 'argocd-cm', {
    data: { 'application.resourceTrackingMethod': 'annotation' },
  }),
  setting('ConfigMap', 'argocd-rbac-cm', { data: { 'policy.default': 'role:admin' } }),
  setting('ConfigMap', 'argocd-ssh-known-hosts-cm'),
  setting('ConfigMap', 'argocd-tls-certs-cm'),
  setting('ConfigMap', 'argocd-gpg-keys-cm'),
  setting('Secret', 'argocd-secret', { stringData: { 'server.secretkey': 'driftline-test-only' } }),
  {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: 'default', namespace },
    spec: {
      sourceRepos: ['*'],
      destinations: [{ namespace: '*', server: '*' }],
      clusterResourceWhitelist: [{ group: '*', kind: '*' }],
    },
  },
];
