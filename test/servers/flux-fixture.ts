import type { JsonObject } from '../../src/core/model/resource.ts';

/** `${text}`, as Flux reads it. */
const use = (text: string) => `$\{${text}}`;

/** What nobody commits. */
export function onlyInCluster(namespace: string): JsonObject[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'keys', namespace },
      stringData: { PASSWORD: 'hush"hush"pass', TAG: '2.5' },
    },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'api-values', namespace },
      stringData: { 'values.yaml': 'password: from-secret\n' },
    },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'extra', namespace },
      data: { EXTRA: 'more', level: 'trace', raw: 'a,b={c}' },
    },
  ];
}

/** The objects that a person applies to start Flux. */
export function sourceOf(namespace: string, url: string): JsonObject[] {
  return [
    {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name: 'fleet', namespace },
      spec: { interval: '1h', url, ref: { branch: 'main' } },
    },
    {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'root', namespace },
      spec: {
        interval: '1h',
        path: './clusters/staging',
        prune: true,
        sourceRef: { kind: 'GitRepository', name: 'fleet' },
      },
    },
  ];
}

function kustomization(namespace: string, name: string, path: string, more = ''): string {
  return `---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: ${name}
  namespace: ${namespace}
spec:
  interval: 1h
  retryInterval: 2s
  path: ./${path}
  prune: true
  sourceRef:
    kind: GitRepository
    name: fleet
${more}`;
}

/** A repository of Flux that uses everything that a Kustomization and a HelmRelease can say. */
export function fluxFixture(namespace: string, url: string, uid: string): Record<string, string> {
  return {
    'driftline.yaml': `version: 1
environments:
- name: staging
  source: { path: clusters/staging }
  cluster: { context: admin, uid: ${uid} }
`,
    'clusters/staging/all.yaml': sourceOf(namespace, url)
      .map(object => `---\n${JSON.stringify(object)}\n`)
      .join(''),
    'clusters/staging/more.yaml':
      kustomization(namespace, 'settings', 'settings', settingsSpec(namespace)) +
      kustomization(namespace, 'parent', 'children', parentSpec(namespace)),
    'settings/settings.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data:
  DOMAIN: ${use('ZONE')}.example.org
  REPLICAS: "3"
  TAG: "1.30"
  WORDS: "a,b,a"
  LINES: |
    one
    two
---
apiVersion: v1
kind: ConfigMap
metadata: { name: api-values }
data:
  values.yaml: |
    level: info
    replicas: 2
`,
    'children/children.yaml':
      kustomization(namespace, 'apps', 'apps', appsSpec(namespace)) +
      kustomization(namespace, 'releases', 'releases', `  targetNamespace: ${namespace}\n`),
    ...apps,
    'releases/release.yaml': release,
    ...chart(namespace),
  };
}

function settingsSpec(namespace: string): string {
  return `  targetNamespace: ${namespace}
  postBuild:
    substitute:
      ZONE: eu
    substituteStrategy: Always
`;
}

function parentSpec(namespace: string): string {
  return `  targetNamespace: ${namespace}
  patches:
  - target: { kind: Kustomization, name: apps }
    patch: |
      - op: add
        path: /spec/commonMetadata
        value:
          labels: { team: shop, kustomize.toolkit.fluxcd.io/name: renamed }
          annotations: { note: common }
      - op: add
        path: /spec/patches/-
        value:
          target: { kind: ConfigMap, name: component }
          patch: |
            - op: add
              path: /data/patched
              value: by-parent
  - target: { kind: HelmRelease }
    patch: |
      apiVersion: helm.toolkit.fluxcd.io/v2
      kind: HelmRelease
      metadata: { name: _ }
      spec: { maxHistory: 3 }
`;
}

function appsSpec(namespace: string): string {
  return `  dependsOn:
  - name: settings
  targetNamespace: ${namespace}
  namePrefix: pre-
  nameSuffix: -post
  components: [../component, ../not-there]
  ignoreMissingComponents: true
  images:
  - name: registry.example/web
    newName: registry.example/shop/web
    newTag: "1.9"
  patches:
  - patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: web
      spec:
        template:
          spec:
            containers:
            - name: web
              env:
              - { name: PATCHED, value: "true" }
  postBuild:
    substitute:
      INLINE: |
        of
        lines
      DOMAIN: inline.example.org
    substituteFrom:
    - kind: ConfigMap
      name: settings
      optional: false
    - kind: Secret
      name: keys
      optional: false
    - kind: ConfigMap
      name: extra
      optional: false
    - kind: ConfigMap
      name: nowhere
      optional: true
`;
}

const forms = {
  plain: use('EXTRA'),
  order: use('TAG'),
  spec: use('DOMAIN'),
  lines: use('LINES'),
  inline: use('INLINE'),
  colonDash: use('NOPE:-fallback'),
  colonEquals: use('NOPE:=fallback'),
  nested: use(`NOPE:-${use('EXTRA')}`),
  length: `n${use('#EXTRA')}`,
  upper: use('EXTRA^^'),
  first: use('EXTRA^'),
  lower: use('EXTRA,,'),
  part: use('EXTRA:1:2'),
  fromEnd: use('EXTRA:-3'),
  replaceOne: use('WORDS/a/x'),
  replaceAll: use('WORDS//a/x'),
  prefix: use('DOMAIN#inline.'),
  longPrefix: use('DOMAIN##*.'),
  suffix: use('DOMAIN%.*'),
  longSuffix: use('DOMAIN%%.*'),
  escaped: `$${use('EXTRA')}`,
  dollar: '$EXTRA $1',
  secret: use('PASSWORD//"/-'),
};

const apps: Record<string, string> = {
  'apps/forms.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: forms }\ndata:\n${Object.entries(
    forms,
  )
    .map(([key, text]) => `  ${key}: 'v ${text}'\n`)
    .join('')}`,
  'apps/deep/left-alone.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: left-alone
  annotations: { kustomize.toolkit.fluxcd.io/substitute: disabled }
data: { text: "${use('EXTRA')}" }
`,
  'apps/deep/login.yaml': `apiVersion: v1
kind: Secret
metadata: { name: login }
stringData:
  password: '${use('PASSWORD//"/')}'
data:
  user: YWRtaW4=
`,
  'apps/web/kustomization.yaml': 'resources: [web.yaml]\nlabels:\n- pairs: { app: web }\n',
  'apps/web/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: ${use('REPLICAS')}
  paused: ${use('PAUSED:=true')}
  selector: { matchLabels: { run: web } }
  template:
    metadata: { labels: { run: web } }
    spec:
      containers:
      - name: web
        image: registry.example/web:1.0
        ports:
        - name: http
          containerPort: ${use('PORT:-8080')}
          protocol: TCP
        env:
        - { name: REPLICAS, value: "v${use('REPLICAS')}" }
---
apiVersion: v1
kind: Service
metadata: { name: web }
spec:
  selector: { run: web }
  ports:
  - { name: http, port: 80, targetPort: http, protocol: TCP }
`,
  'component/kustomization.yaml':
    'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: [component.yaml]\n',
  'component/component.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: component }\ndata:\n  domain: ${use('DOMAIN')}\n`,
};

const release = `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: api }
spec:
  interval: 1h
  releaseName: shop-api
  chart:
    spec:
      chart: ./charts/api
      sourceRef: { kind: GitRepository, name: fleet }
  install: { crds: CreateReplace, disableWait: true }
  upgrade: { crds: CreateReplace, disableWait: true }
  valuesFrom:
  - { kind: ConfigMap, name: api-values }
  - { kind: ConfigMap, name: extra, valuesKey: level, targetPath: "deep.levels[1].name" }
  - { kind: ConfigMap, name: extra, valuesKey: raw, targetPath: raw, literal: true }
  - { kind: ConfigMap, name: nowhere, optional: true }
  - { kind: Secret, name: api-values }
  values:
    replicas: 4
    deep: { own: true }
  commonMetadata:
    labels: { team: shop, helm.toolkit.fluxcd.io/name: renamed }
    annotations: { note: common }
  postRenderers:
  - kustomize:
      patches:
      - target: { kind: Deployment }
        patch: |
          - op: add
            path: /spec/template/spec/containers/0/env
            value: [{ name: PATCHED, value: "yes" }]
  - kustomize:
      images:
      - { name: registry.example/api, newTag: "3.1" }
      patches:
      - patch: |
          apiVersion: v1
          kind: ConfigMap
          metadata: { name: shop-api }
          data: { second: "true", removed: null }
`;

function chart(namespace: string): Record<string, string> {
  return {
    'charts/api/Chart.yaml': 'apiVersion: v2\nname: api\nversion: 1.0.0\n',
    'charts/api/values.yaml': 'replicas: 1\nlevel: warn\npassword: none\nraw: ""\ndeep: {}\n',
    'charts/api/crds/things.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: things.${namespace}.example.org }
spec:
  group: ${namespace}.example.org
  scope: Namespaced
  names: { plural: things, singular: thing, kind: Thing, listKind: ThingList }
  versions:
  - name: v1
    served: true
    storage: true
    schema: { openAPIV3Schema: { type: object } }
`,
    'charts/api/templates/all.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  level: {{ .Values.level }}
  deep: {{ .Values.deep | toJson | quote }}
  raw: {{ .Values.raw | quote }}
  answer: yes
  removed: by a patch
  namespace: {{ .Release.Namespace }}
---
apiVersion: v1
kind: Secret
metadata: { name: {{ .Release.Name }} }
data:
  password: {{ .Values.password | b64enc }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { run: api } }
  template:
    metadata: { labels: { run: api } }
    spec:
      containers:
      - name: api
        image: registry.example/api:1.0
        args: [--sum={{ .Values.password | sha256sum }}]
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}-hook
  annotations: { helm.sh/hook: post-install }
data: { level: "{{ .Values.level }}" }
`,
  };
}
