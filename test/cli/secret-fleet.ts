/** What must be read nowhere: values of Secrets, and what ran in their place before. */
export const hushed = ['hush-hush-42', 'hush-hush-41', '54321', 'pass-phrase-77', 'pass-phrase-76'];

const use = (name: string) => `$\{${name}}`;

function secret(name: string, lines: string): string {
  return `apiVersion: v1\nkind: Secret\nmetadata: { name: ${name}, namespace: flux-system }\nstringData:\n${lines}`;
}

function configMap(name: string, lines: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: shop\ndata:\n${lines}`;
}

/**
 * A repository of Flux in which Secrets' values reach other objects: by substitution, and by the values of a
 * HelmRelease. What runs (a snapshot) differs in those very fields.
 */
export const secretFleet: Record<string, string> = {
  'driftline.yaml':
    'version: 1\nenvironments:\n- name: main\n  source: { path: clusters/main }\n  cluster: { snapshot: live.yaml }\n',
  'clusters/main/flux-system/gotk-sync.yaml': `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: flux-system, namespace: flux-system }
spec: { interval: 1m, url: "https://git.example/team/fleet", ref: { branch: main } }
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: flux-system, namespace: flux-system }
spec:
  interval: 10m
  prune: true
  path: ./clusters/main
  sourceRef: { kind: GitRepository, name: flux-system }
`,
  'clusters/main/apps.yaml': `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: apps, namespace: flux-system }
spec:
  interval: 10m
  prune: true
  path: ./apps
  sourceRef: { kind: GitRepository, name: flux-system }
  postBuild:
    substituteFrom:
    - { kind: Secret, name: keys }
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: api, namespace: flux-system }
spec:
  interval: 10m
  targetNamespace: shop
  chart:
    spec:
      chart: ./charts/api
      sourceRef: { kind: GitRepository, name: flux-system }
  valuesFrom:
  - { kind: Secret, name: values }
  - { kind: Secret, name: values, valuesKey: port, targetPath: port }
`,
  'by-hand/keys.yaml': secret('keys', '  WORD: hush-hush-42\n  PORT: "54321"\n'),
  'by-hand/values.yaml': secret(
    'values',
    '  values.yaml: |\n    password: pass-phrase-77\n  port: "54321"\n',
  ),
  'apps/app.yaml': configMap(
    'app',
    `  word: ${use('WORD')}\n  url: https://a:${use('WORD')}@${use('HOST:=db')}:${use('PORT')}\n  plain: here\n`,
  ),
  'apps/wrong.yaml': `apiVersion: v1
kind: Service
metadata: { name: wrong, namespace: shop }
spec:
  ports: [{ port: "${use('WORD')}" }]
  ${use('WORD')}: 1
`,
  'apps/named.yaml': configMap(`named-${use('WORD')}`, '  a: b\n'),
  'charts/api/Chart.yaml': 'apiVersion: v2\nname: api\nversion: 1.0.0\n',
  'charts/api/values.yaml': 'password: ""\nport: 80\nlevel: info\n',
  'charts/api/templates/a.yaml': `${configMap('api', '  password: {{ .Values.password }}\n  url: "x:{{ .Values.port }}"\n  level: {{ .Values.level }}\n')}  sum: {{ .Values.password | sha256sum }}\n`,
  'live.yaml': `apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ConfigMap
  metadata:
    name: app
    namespace: shop
    labels: { kustomize.toolkit.fluxcd.io/name: apps, kustomize.toolkit.fluxcd.io/namespace: flux-system }
  data: { word: hush-hush-41, url: "https://a:hush-hush-41@db:54321", plain: there }
- apiVersion: v1
  kind: ConfigMap
  metadata:
    name: api
    namespace: shop
    labels: { helm.toolkit.fluxcd.io/name: api, helm.toolkit.fluxcd.io/namespace: flux-system }
  data: { password: pass-phrase-76, url: "x:54321", level: debug, sum: b }
`,
};
