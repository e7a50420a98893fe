/** One Flux Kustomization on an overlay in which values come about in every way that kustomize has. */
export const fleet = {
  'base/dep.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels: &l {app: web}
spec:
  replicas: 3 # three
  selector:
    matchLabels: *l
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
      # the app
      - name: app
        image: web:1.8.2
        args: ["a", "b"] # args
        env:
        - name: LOG
          value: \${LOG}
        - name: MIX
          value: x-\${LOG}
        ports:
        - containerPort: 80
      - name: side
        image: side:1
      volumes:
      - name: tmp
        emptyDir:
          sizeLimit: 1Gi
`,
  'base/kustomization.yaml': 'resources: [dep.yaml]\n',
  'prod/src.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: src\ndata:\n  x: hello\n',
  'prod/app.conf': 'line1\nline2\n',
  'prod/v.env': 'FOO=bar\n# c\nBAZ=1\n',
  'prod/kustomization.yaml': `namespace: shop
namePrefix: p-
resources: [../base, src.yaml]
images:
- name: web # the app
  newTag: 1.9.0
replicas:
- name: web
  count: 5
patches:
- target: {kind: Deployment, name: web}
  patch: |-
    - op: add
      path: /metadata/annotations
      value: {a: b} # json6902
- patch: |
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: web
    spec:
      template:
        spec:
          containers:
          - name: app
            resources:
              limits:
                cpu: 100m # strategic
configMapGenerator:
- name: conf
  literals:
  - A=one # literal
  - B="two"
  files: [app.conf]
  envs: [v.env]
  options: {disableNameSuffixHash: true}
- name: hashed
  literals: [H=1]
labels:
- pairs: {tier: front}
replacements:
- source: {kind: ConfigMap, name: src, fieldPath: data.x}
  targets:
  - select: {kind: Deployment, name: web}
    fieldPaths: [metadata.annotations.x]
    options: {create: true}
`,
  'clusters/web.yaml': `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 1m, url: https://example.com/x}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: web
  namespace: flux-system
spec:
  interval: 1m
  prune: true
  path: ./prod
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild:
    substitute:
      LOG: info # level
`,
};

export const web = {
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  namespace: 'shop',
  name: 'p-web',
};
export const conf = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  namespace: 'shop',
  name: 'p-conf',
};
