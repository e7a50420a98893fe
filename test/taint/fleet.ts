import { gzipSync } from 'node:zlib';
import { plant } from './secrets.ts';

/** Every value that must be read nowhere. */
export const planted = plant(
  'manifest',
  'manifest-data',
  'broken',
  'wrong-type',
  'running',
  'running-before',
  'word',
  'word-running',
  'chart-value',
  'chart-running',
  'release',
  'remote',
  'environment',
  'password',
  'client-key',
  'exec',
);

const base64 = (text: string) => Buffer.from(text).toString('base64');
const yaml = (object: object) => JSON.stringify(object, null, 2);

/** A repository of Flux whose Secrets, kubeconfig, remote and cluster hold the planted values. */
export function fleetFiles(namespace: string, context: string): Record<string, string> {
  const metadata = (name: string) => ({ name, namespace });
  const flux = (apiVersion: string, kind: string, name: string, spec: object) =>
    yaml({ apiVersion, kind, metadata: { name, namespace: 'flux-system' }, spec });
  const sourceRef = { kind: 'GitRepository', name: 'flux-system' };
  const kustomization = (name: string, path: string, more = {}) =>
    flux('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', name, {
      ...{ interval: '10m', prune: true, path, sourceRef, ...more },
    });
  const substituteFrom = [{ kind: 'Secret', name: 'keys' }];
  return {
    'driftline.yaml': `version: 1\nenvironments:\n- name: main\n  source: { path: clusters/main }\n  cluster: { context: ${context} }\n`,
    'clusters/main/flux-system/gotk-sync.yaml': [
      flux('source.toolkit.fluxcd.io/v1', 'GitRepository', 'flux-system', {
        ...{ interval: '1m', url: 'https://git.example/team/fleet', ref: { branch: 'main' } },
      }),
      kustomization('flux-system', './clusters/main'),
    ].join('\n---\n'),
    'clusters/main/apps.yaml': [
      kustomization('apps', './apps', { postBuild: { substituteFrom } }),
      flux('helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'api', {
        interval: '10m',
        targetNamespace: namespace,
        chart: { spec: { chart: './charts/api', sourceRef } },
        valuesFrom: [{ kind: 'Secret', name: 'values' }],
      }),
    ].join('\n---\n'),
    'apps/secret.yaml': yaml({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: metadata('db'),
      stringData: { password: planted.manifest },
      data: { other: base64(planted['manifest-data']) },
    }),
    'apps/wrong.yaml': yaml({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: metadata('wrong'),
      data: { plain: planted['wrong-type'] },
      unknown: planted['wrong-type'],
    }),
    'apps/settings.yaml': yaml({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: metadata('settings'),
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Flux's own variables
      data: { url: 'postgres://app:${WORD}@db', plain: 'here' },
    }),
    'broken/secret.yaml': `apiVersion: v1\nkind: Secret\nmetadata: { name: broken }\nstringData:\n  a: "${planted.broken}\n  b: [${planted.broken}\n`,
    'charts/api/Chart.yaml': 'apiVersion: v2\nname: api\nversion: 1.0.0\n',
    'charts/api/values.yaml': 'password: ""\nlevel: info\n',
    'charts/api/templates/a.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: api, namespace: ${namespace} }
data: { password: "{{ .Values.password }}", level: "{{ .Values.level }}" }
`,
    'charts/api/templates/fails.yaml':
      '{{ if eq .Values.level "never" }}{{ fail .Values.password }}{{ end }}',
  };
}

/** What runs: other values in place of the repository's, with what they were applied by. */
export function runningObjects(namespace: string): object[] {
  const object = (kind: string, name: string, rest: object, where = namespace) => ({
    ...{ apiVersion: 'v1', kind, metadata: { name, namespace: where }, ...rest },
  });
  return [
    object('Secret', 'keys', { stringData: { WORD: planted.word } }, 'flux-system'),
    object(
      'Secret',
      'values',
      { stringData: { 'values.yaml': `password: ${planted['chart-value']}\n` } },
      'flux-system',
    ),
    object('Secret', 'db', {
      stringData: { password: planted.running, extra: planted.running },
    }),
    object('ConfigMap', 'settings', {
      data: { url: `postgres://app:${planted['word-running']}@db`, plain: 'there' },
    }),
    object('ConfigMap', 'api', { data: { password: planted['chart-running'], level: 'debug' } }),
    object('Secret', 'sh.helm.release.v1.api.v1', {
      type: 'helm.sh/release.v1',
      data: { release: base64(helmRelease(namespace)) },
    }),
  ];
}

/** As Helm stores it: base64 of gzipped JSON, in a Secret once more in base64. */
function helmRelease(namespace: string): string {
  const manifest = `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: api, namespace: ${namespace} }\ndata: { password: ${planted.release} }\n`;
  const release = {
    name: 'api',
    namespace,
    version: 1,
    info: { status: 'deployed' },
    config: { password: planted.release },
    manifest,
  };
  return gzipSync(JSON.stringify(release)).toString('base64');
}

/** The plane's kubeconfig with contexts besides that hold secrets, one of them with a password that is refused. */
export function taintedConfig(kubeconfig: string, exec: string): string {
  const config = JSON.parse(kubeconfig) as {
    clusters: { name: string }[];
    users: { name: string; user: object }[];
    contexts: { name: string; context: { cluster: string; user: string } }[];
  };
  const cluster = config.clusters[0]?.name ?? '';
  const add = (name: string, user: object) => {
    config.users.push({ name, user });
    config.contexts.push({ name, context: { cluster, user: name } });
  };
  add('refused', { token: planted.password });
  add('password', { username: 'person', password: planted.password });
  add('key', {
    'client-certificate-data': base64('no certificate'),
    'client-key-data': base64(planted['client-key']),
  });
  add('exec', {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command: exec,
      env: [{ name: 'PLUGIN_SECRET', value: planted.exec }],
      interactiveMode: 'Never',
    },
  });
  return JSON.stringify(config);
}

/** Tokens of the plane's own users, which must be read nowhere either. */
export function tokensOf(kubeconfig: string): Record<string, string> {
  const { users } = JSON.parse(kubeconfig) as {
    users: { name: string; user: { token: string } }[];
  };
  return Object.fromEntries(users.map(({ name, user }) => [`token-${name}`, user.token]));
}
