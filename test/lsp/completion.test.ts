// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Flux's own variables, and places of snippets
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CompletionItem, CompletionList } from 'vscode-languageserver-protocol';
import { repositoryWith } from '../cli/fixtures.ts';
import { type Client, startClient } from './client.ts';
import { namedRepository } from './completion-repository.ts';

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: other
spec:
`;
const pod = `${deployment}  template:
    spec:
`;
const container = `${pod}      containers:
        - name: a
`;
const flux = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: apps
  namespace: flux-system
spec:
`;
const argo = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: other
spec:
`;
const cronTab = `apiVersion: stable.example.com/v1
kind: CronTab
metadata:
  name: a
spec:
`;

const patience = { timeout: 10_000 };

let client: Client;

beforeAll(async () => {
  client = await startClient({
    folder: repositoryWith(namedRepository),
    capabilities: {
      textDocument: { completion: { completionItem: { snippetSupport: true } } },
    },
    initializationOptions: { trusted: true },
  });
  await client.compared(({ kind }) => kind === 'ready');
});
afterAll(() => client.stop());

/** Opens a file with a text in which `█` is where somebody types. */
async function complete(file: string, text: string): Promise<CompletionItem[]> {
  const at = text.indexOf('█');
  const before = text.slice(0, at).split('\n');
  await client.open(file, text.replace('█', ''));
  const list = await client.request<CompletionList | null>('textDocument/completion', {
    textDocument: { uri: client.uri(file) },
    position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 },
  });
  await client.close(file);
  return (list?.items ?? []).sort((a, b) => ((a.sortText ?? '') < (b.sortText ?? '') ? -1 : 1));
}

async function labels(file: string, text: string): Promise<string[]> {
  return (await complete(file, text)).map(({ label }) => label);
}

/** The text after an item was taken. */
async function taking(file: string, text: string, label: string): Promise<string> {
  const item = (await complete(file, text)).find(each => each.label === label);
  if (!item?.textEdit || !('range' in item.textEdit)) throw new Error(`${label} is not offered`);
  const { range, newText } = item.textEdit;
  const lines = text.replace('█', '').split('\n');
  const offset = ({ line, character }: typeof range.start) =>
    lines.slice(0, line).reduce((sum, each) => sum + each.length + 1, 0) + character;
  const whole = lines.join('\n');
  return whole.slice(0, offset(range.start)) + newText + whole.slice(offset(range.end));
}

const file = 'base/deployment.yaml';

describe('names of the repository', () => {
  it.each<[string, string, string, string[]]>([
    [
      'a ConfigMap, generated ones too',
      file,
      `${container}          envFrom:\n            - configMapRef:\n                name: █`,
      ['a-staging-only', 'web-config', 'web-generated', 'cluster-vars', 'unused'],
    ],
    [
      'its key',
      file,
      `${container}          env:\n            - name: A\n              valueFrom:\n                configMapKeyRef:\n                  name: web-config\n                  key: █`,
      ['LOG_LEVEL', 'REGION'],
    ],
    [
      'a key of a Secret',
      file,
      `${container}          env:\n            - name: A\n              valueFrom:\n                secretKeyRef: {name: web-secret, key: █}`,
      ['PASSWORD'],
    ],
    ['a ServiceAccount', file, `${pod}      serviceAccountName: █\n`, ['web']],
    [
      'a claim',
      file,
      `${pod}      volumes:\n        - name: x\n          persistentVolumeClaim:\n            claimName: █`,
      ['uploads'],
    ],
    [
      'a volume of the pod',
      file,
      `${pod}      volumes:\n        - name: cache\n          emptyDir: {}\n      containers:\n        - name: a\n          volumeMounts:\n            - name: █`,
      ['cache'],
    ],
    [
      'an image',
      'overlays/production/replicas.yaml',
      `${container}          image: █`,
      ['ghcr.io/shop/web:1.4.2', 'ghcr.io/shop/api:2.0'],
    ],
    [
      'a port of the container',
      file,
      `${container}          ports:\n            - name: metrics\n              containerPort: 9090\n          livenessProbe:\n            httpGet:\n              port: █`,
      ['metrics'],
    ],
    [
      'a Service',
      'base/ingress.yaml',
      `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\nspec:\n  defaultBackend:\n    service:\n      name: █`,
      ['web'],
    ],
    [
      'a port of the Service',
      'base/ingress.yaml',
      `apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata:\n  name: a\nspec:\n  defaultBackend:\n    service:\n      name: web\n      port:\n        number: █`,
      ['80'],
    ],
    [
      'a port of the pods',
      'base/service.yaml',
      `apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  selector:\n    app.kubernetes.io/name: web\n  ports:\n    - port: 80\n      targetPort: █`,
      ['http'],
    ],
    [
      'a label',
      'base/service.yaml',
      `apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  selector:\n    █`,
      ['app.kubernetes.io/name', 'tier'],
    ],
    [
      'the value of a label',
      'base/service.yaml',
      `apiVersion: v1\nkind: Service\nmetadata:\n  name: a\nspec:\n  selector:\n    tier: █`,
      ['front'],
    ],
    [
      'a storage class',
      'base/claim.yaml',
      `apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata:\n  name: a\nspec:\n  storageClassName: █`,
      ['fast'],
    ],
    [
      'a role by the kind beside it',
      'base/binding.yaml',
      `apiVersion: rbac.authorization.k8s.io/v1\nkind: RoleBinding\nmetadata:\n  name: a\nsubjects:\n  - kind: ServiceAccount\n    name: █`,
      ['web'],
    ],
    [
      'a source of Flux',
      'clusters/apps.yaml',
      `${flux}  sourceRef:\n    kind: GitRepository\n    name: █`,
      ['fleet'],
    ],
    [
      'what it depends on',
      'clusters/apps.yaml',
      `${flux}  dependsOn:\n    - name: █`,
      ['infrastructure'],
    ],
    [
      'a folder for Flux',
      'clusters/apps.yaml',
      `${flux}  path: ./overlays/█`,
      ['./overlays/production', './overlays/staging'],
    ],
    ['a project of Argo CD', 'clusters/more.yaml', `${argo}  project: █`, ['storefront']],
    [
      'an address of a source',
      'clusters/more.yaml',
      `${argo}  source:\n    repoURL: █`,
      ['https://git.example.com/shop.git'],
    ],
    [
      'a folder for Argo CD',
      'clusters/more.yaml',
      `${argo}  source:\n    path: overlays/█`,
      ['overlays/production', 'overlays/staging'],
    ],
    [
      'a namespace',
      'clusters/more.yaml',
      `${argo}  destination:\n    namespace: █`,
      ['argocd', 'flux-system', 'shop', 'shop-staging'],
    ],
    [
      'a variable',
      file,
      `${container}          image: "ghcr.io/\${█"`,
      ['${CLUSTER_DOMAIN}', '${CLUSTER_NAME}'],
    ],
    [
      'a Secret in a custom resource',
      'base/cron.yaml',
      `${cronTab}  secretRef:\n    name: █`,
      ['web-secret'],
    ],
    [
      'a file for a kustomization',
      'overlays/production/kustomization.yaml',
      `namespace: shop\nresources:\n  - ../../base\n  - █\n`,
      ['..', 'claim.yaml', 'replicas.yaml', 'unused.yaml'],
    ],
    [
      'a folder above',
      'overlays/production/kustomization.yaml',
      `resources:\n  - ../../█\n`,
      ['../../base', '../../charts', '../../clusters', '../../crds', '../../overlays'],
    ],
    [
      'a patch',
      'overlays/production/kustomization.yaml',
      `patches:\n  - path: █\n`,
      ['..', 'claim.yaml', 'replicas.yaml', 'unused.yaml'],
    ],
    [
      'the target of a patch',
      'overlays/production/kustomization.yaml',
      `patches:\n  - target:\n      kind: Deployment\n      name: █\n`,
      ['web'],
    ],
    [
      'an image of a kustomization',
      'overlays/production/kustomization.yaml',
      `images:\n  - name: █\n`,
      ['ghcr.io/shop/web', 'ghcr.io/shop/api'],
    ],
    [
      'its tag',
      'overlays/production/kustomization.yaml',
      `images:\n  - name: ghcr.io/shop/web\n    newTag: █\n`,
      ['1.4.2'],
    ],
    [
      'values in a template',
      'charts/api/templates/service.yaml',
      `spec:\n  image: {{ .Values.image.█ }}\n`,
      ['repository', 'tag'],
    ],
    [
      'values that are overridden',
      'charts/api/values-production.yaml',
      `replicas: 3\n█`,
      ['image'],
    ],
  ])('%s', async (_, at, text, expected) => {
    // While something is typed the names of a moment ago do.
    await expect.poll(() => labels(at, text), patience).toEqual(expected);
  });

  it('comes from the own environment first, and says where from', async () => {
    const text = `${container}          envFrom:\n            - configMapRef:\n                name: █`;
    const told = async () => {
      const own = await complete('overlays/production/claim.yaml', text);
      return own.map(({ label, detail }) => `${label}: ${detail}`);
    };
    await expect
      .poll(told, patience)
      .toEqual([
        'web-config: ConfigMap production, staging',
        'web-generated: ConfigMap production, staging',
        'a-staging-only: ConfigMap staging',
        'cluster-vars: ConfigMap flux-system · clusters/flux.yaml',
        'unused: ConfigMap overlays/production/unused.yaml',
      ]);
  });

  it('never tells a value of a Secret', async () => {
    const everything = await Promise.all([
      complete(
        file,
        `${container}          env:\n            - name: A\n              valueFrom:\n                secretKeyRef: {name: █}`,
      ),
      complete(file, `${container}          env:\n            - name: A\n              value: █`),
    ]);
    expect(JSON.stringify(everything)).not.toContain('hunter2');
    expect(client.heard).not.toContain('hunter2');
  });
});

describe('fields', () => {
  it.each<[string, string, string, string[], string[]]>([
    [
      'of a built-in kind',
      file,
      `${deployment}  re█`,
      ['replicas', 'revisionHistoryLimit', 'template'],
      ['status', 'spec'],
    ],
    [
      'on an empty line',
      file,
      `${deployment}  █\n  replicas: 1\n`,
      ['template', 'strategy'],
      ['replicas'],
    ],
    ['after a dash', file, `${pod}      containers:\n        - █`, ['image', 'name', 'ports'], []],
    [
      'in flow style',
      file,
      `${pod}      containers: [{name: a, ima█}]`,
      ['image', 'imagePullPolicy'],
      ['name'],
    ],
    [
      'in flow style that is not closed',
      file,
      `${pod}      containers: [{name: a, ima█`,
      ['image'],
      [],
    ],
    [
      'where the document is broken elsewhere',
      file,
      `${deployment}  █\nstatus: [\n  a: : b\n`,
      ['template'],
      [],
    ],
    ['of a custom resource', 'base/cron.yaml', `${cronTab}  █`, ['schedule', 'policy'], []],
    [
      'of metadata, but not what servers write',
      file,
      'apiVersion: v1\nkind: Service\nmetadata:\n  █',
      ['labels', 'name'],
      ['uid', 'managedFields', 'object'],
    ],
    [
      'of metadata, but not what servers write',
      file,
      'apiVersion: v1\nkind: Service\nmetadata:\n  █',
      ['labels', 'name'],
      ['uid', 'managedFields', 'object'],
    ],
    ['of its enum', 'base/cron.yaml', `${cronTab}  policy: █`, ['Allow', 'Forbid'], []],
    [
      'of the document at hand',
      'base/two.yaml',
      `${cronTab}  schedule: x\n---\n${deployment}  █`,
      ['template'],
      ['schedule', 'policy'],
    ],
    [
      'against a modeline',
      file,
      `# yaml-language-server: $schema=https://example.com/other.json\n${deployment}  █`,
      ['template'],
      [],
    ],
    [
      'of kustomization.yaml',
      'overlays/production/kustomization.yaml',
      `namespace: a\n█`,
      ['resources', 'patches', 'configMapGenerator'],
      ['namespace', 'spec'],
    ],
    [
      'of its items',
      'overlays/production/kustomization.yaml',
      `configMapGenerator:\n  - name: a\n    █`,
      ['literals', 'files', 'behavior'],
      [],
    ],
    [
      'of Chart.yaml',
      'charts/api/Chart.yaml',
      `apiVersion: v2\n█`,
      ['dependencies', 'appVersion'],
      ['apiVersion'],
    ],
    [
      'of driftline.yaml',
      'driftline.yaml',
      `version: 1\nenvironments:\n  - name: a\n    █`,
      ['cluster', 'source'],
      ['name'],
    ],
    [
      'in a patch',
      'overlays/production/replicas.yaml',
      `${deployment}  █`,
      ['template', 'replicas'],
      ['required fields'],
    ],
    ['a new document', 'base/new.yaml', `█`, ['Deployment', 'CronTab', 'Service'], []],
    [
      'a new document behind another one',
      'base/new.yaml',
      `${cronTab}  schedule: x\n---\n█`,
      ['Deployment', 'CronTab'],
      [],
    ],
    [
      'nothing new where there is something',
      'base/other.yaml',
      '█\ndependencies:\n  - a\n',
      [],
      ['Deployment'],
    ],
    ['the apiVersion', 'base/new.yaml', `apiVersion: █`, ['apps/v1', 'stable.example.com/v1'], []],
    [
      'the kind',
      'base/new.yaml',
      `apiVersion: apps/v1\nkind: █`,
      ['Deployment', 'StatefulSet'],
      ['Service'],
    ],
  ])('%s', async (_, at, text, wanted, unwanted) => {
    const isThere = async () => {
      const there = await labels(at, text);
      return wanted.filter(label => !there.includes(label));
    };
    await expect.poll(isThere, patience).toEqual([]);
    const items = await complete(at, text);
    const offered = items.map(({ label }) => label);
    for (const label of unwanted) expect(offered).not.toContain(label);
    // There are Events of two groups: what is offered twice is told apart.
    const told = items.map(({ label, detail }) => `${label} ${detail}`);
    expect(new Set(told).size).toBe(told.length);
  });

  it.each<[string, string, string]>([
    ['in a comment', file, `${deployment}  # re█`],
    [
      'in a block scalar',
      'base/config.yaml',
      `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  script: |\n    echo █`,
    ],
    [
      'where any text may stand',
      file,
      `${container}          env:\n            - name: A\n              value: █`,
    ],
    ['for a name of its own', file, `apiVersion: v1\nkind: Service\nmetadata:\n  name: █`],
  ])('nothing %s', async (_, at, text) => {
    expect(await labels(at, text)).toEqual([]);
  });
});

describe('what is written', () => {
  it.each<[string, string, string, string, string]>([
    [
      'a name, the rest of the word gone',
      file,
      `${pod}      serviceAccountName: w█rong\n`,
      'web',
      `${pod}      serviceAccountName: web\n`,
    ],
    [
      'a name in quotes',
      file,
      `${pod}      serviceAccountName: "█"\n`,
      'web',
      `${pod}      serviceAccountName: "web"\n`,
    ],
    [
      'a key with its colon',
      'base/service.yaml',
      `apiVersion: v1\nkind: Service\nspec:\n  selector:\n    ti█`,
      'tier',
      `apiVersion: v1\nkind: Service\nspec:\n  selector:\n    tier: `,
    ],
    [
      'a variable',
      file,
      `${container}          image: "x/\${CL█"`,
      '${CLUSTER_NAME}',
      `${container}          image: "x/\${CLUSTER_NAME}"`,
    ],
    [
      'a path',
      'overlays/production/kustomization.yaml',
      `resources:\n  - ../../b█\n`,
      '../../base',
      `resources:\n  - ../../base\n`,
    ],
    [
      'a tag that would be a number',
      'overlays/production/kustomization.yaml',
      `images:\n  - name: ghcr.io/shop/api\n    newTag: █\n`,
      '2.0',
      `images:\n  - name: ghcr.io/shop/api\n    newTag: "2.0"\n`,
    ],
    [
      'a field with its required ones',
      'base/cron.yaml',
      `apiVersion: stable.example.com/v1\nkind: CronTab\nsp█`,
      'spec',
      `apiVersion: stable.example.com/v1\nkind: CronTab\nspec:\n  schedule: `,
    ],
    [
      'a value of a template',
      'charts/api/templates/service.yaml',
      `a: {{ .Values.image.re█ }}\n`,
      'repository',
      `a: {{ .Values.image.repository }}\n`,
    ],
  ])('%s', async (_, at, text, label, expected) => {
    await expect.poll(() => taking(at, text, label), patience).toBe(expected);
  });

  it('begins a document with the fields that it needs', async () => {
    expect(await taking('base/new.yaml', '█', 'CronTab')).toBe(
      'apiVersion: stable.example.com/v1\nkind: CronTab\nmetadata:\n  name: ${1:name}\nspec:\n  schedule: $2',
    );
    expect(await taking('base/new.yaml', '█', 'Service')).toMatchInlineSnapshot(`
      "apiVersion: v1
      kind: Service
      metadata:
        name: \${1:name}
      spec:
        selector:
          app.kubernetes.io/name: \${1:name}
        ports:
          - name: \${1:name}
            port: $2
            targetPort: $3"
    `);
    expect(await taking('base/new.yaml', '█', 'Deployment')).toMatchInlineSnapshot(`
      "apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: \${1:name}
      spec:
        replicas: $2
        selector:
          matchLabels:
            app.kubernetes.io/name: \${1:name}
        template:
          metadata:
            labels:
              app.kubernetes.io/name: \${1:name}
          spec:
            containers:
              - name: \${1:name}
                image: $3"
    `);
  });
});
