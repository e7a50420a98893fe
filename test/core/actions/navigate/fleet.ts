/** Flux, two environments on one base, a chart: everything that one name can stand in. */
export const fleet: Record<string, string> = {
  'clusters/staging/apps.yaml': `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: apps
  namespace: flux-system
spec:
  interval: 10m
  path: ./apps/overlays/staging
  prune: true
  targetNamespace: shop
  sourceRef:
    kind: GitRepository
    name: flux-system
  postBuild:
    substitute:
      HOST: staging.example # the outside name
    substituteFrom:
      - kind: ConfigMap
        name: cluster-vars
  healthChecks:
    - apiVersion: apps/v1
      kind: Deployment
      name: web
      namespace: shop
`,
  'clusters/staging/vars.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: cluster-vars
  namespace: flux-system
data:
  REGION: north
`,
  'clusters/production/apps.yaml': `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: apps
  namespace: flux-system
spec:
  interval: 10m
  path: ./apps/overlays/production
  prune: true
  targetNamespace: shop
  sourceRef:
    kind: GitRepository
    name: flux-system
  postBuild:
    substitute:
      HOST: shop.example
      REGION: south
  patches:
    - target:
        kind: Deployment
        name: web
      patch: |
        - op: replace
          path: /spec/replicas
          value: 4
`,
  'clusters/staging/flux-system/gotk-sync.yaml': sync('staging'),
  'clusters/production/flux-system/gotk-sync.yaml': sync('production'),
  'apps/base/kustomization.yaml': `resources:
  - web.yaml
  - service.yaml
configMapGenerator:
  - name: settings # one for all
    literals:
      - color=blue
`,
  'apps/base/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      serviceAccountName: runner
      containers:
        - name: app
          image: shop/web:1
          env:
            - name: HOST
              value: "\${HOST}"
            - name: REGION
              value: \${REGION:=nowhere}
          envFrom:
            - configMapRef:
                name: settings
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: "runner"
`,
  'apps/base/service.yaml': `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app: web
  ports:
    - port: 80
---
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: web
spec:
  maxReplicas: 3
  scaleTargetRef:
    apiVersion: apps/v1
    kind: Deployment
    name: web
`,
  'apps/overlays/staging/kustomization.yaml': `resources:
  - ../../base
patches:
  - path: memory.yaml
  - patch: |
      apiVersion: apps/v1
      kind: Deployment
      metadata:
        name: web
      spec:
        paused: true
`,
  'apps/overlays/staging/memory.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web # of the base
spec:
  template:
    spec:
      containers:
        - name: app
          resources:
            limits:
              memory: 1Gi
`,
  'apps/overlays/production/kustomization.yaml': `namePrefix: x-
resources:
  - ../../base
replicas:
  - name: web
    count: 3
configMapGenerator:
  - name: settings
    behavior: merge
    literals:
      - size=big
patches:
  - target:
      kind: Deployment
      name: web
    patch: |-
      - op: add
        path: /metadata/annotations
        value: {a: b}
`,
  'charts/api/Chart.yaml': 'apiVersion: v2\nname: api\nversion: 1.0.0\n',
  'charts/api/values.yaml': 'image:\n  tag: "1" # the newest\nreplicas: 1\n',
  'charts/api/values-production.yaml': 'image:\n  tag: "2"\n',
  'charts/api/templates/_helpers.tpl': '{{- define "api.name" -}}api{{- end }}\n',
  'charts/api/templates/map.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ include "api.name" . }}
data:
  tag: {{ .Values.image.tag | quote }}
`,
};

function sync(environment: string): string {
  return `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 1m
  url: https://git.example/shop/fleet
  ref:
    branch: main
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 10m
  path: ./clusters/${environment}
  prune: true
  sourceRef:
    kind: GitRepository
    name: flux-system
`;
}
