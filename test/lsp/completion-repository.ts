/** A repository with something to name of every sort: two environments, a base, a chart, Flux and Argo CD objects. */
export const namedRepository: Record<string, string> = {
  'driftline.yaml': `version: 1
environments:
  - name: production
    source: { path: overlays/production }
    kubernetes: "1.33"
  - name: staging
    source: { path: overlays/staging }
    kubernetes: "1.33"
`,
  'base/kustomization.yaml': `resources:
  - deployment.yaml
  - service.yaml
  - config.yaml
configMapGenerator:
  - name: web-generated
    literals:
      - GREETING=hello
`,
  'base/deployment.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  labels:
    app.kubernetes.io/name: web
spec:
  replicas: 2
  selector:
    matchLabels:
      app.kubernetes.io/name: web
  template:
    metadata:
      labels:
        app.kubernetes.io/name: web
        tier: front
    spec:
      serviceAccountName: web
      volumes:
        - name: cache
          emptyDir: {}
      containers:
        - name: web
          image: ghcr.io/shop/web:1.4.2
          ports:
            - name: http
              containerPort: 8080
`,
  'base/service.yaml': `apiVersion: v1
kind: Service
metadata:
  name: web
spec:
  selector:
    app.kubernetes.io/name: web
  ports:
    - name: http
      port: 80
      targetPort: http
`,
  'base/config.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: web-config
data:
  LOG_LEVEL: info
  REGION: eu
---
apiVersion: v1
kind: Secret
metadata:
  name: web-secret
stringData:
  PASSWORD: hunter2-is-never-told
---
apiVersion: v1
kind: ServiceAccount
metadata:
  name: web
`,
  'overlays/production/kustomization.yaml': `namespace: shop
resources:
  - ../../base
  - claim.yaml
patches:
  - path: replicas.yaml
`,
  'overlays/production/replicas.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 5
`,
  'overlays/production/claim.yaml': `apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: uploads
spec:
  storageClassName: fast
  accessModes: [ReadWriteOnce]
  resources:
    requests:
      storage: 1Gi
`,
  'overlays/production/unused.yaml': configMap('unused'),
  'overlays/staging/kustomization.yaml': `namespace: shop-staging
resources:
  - ../../base
  - only-staging.yaml
`,
  'overlays/staging/only-staging.yaml': configMap('a-staging-only'),
  'charts/api/Chart.yaml': 'apiVersion: v2\nname: api\nversion: 1.0.0\n',
  'charts/api/values.yaml': 'image:\n  repository: ghcr.io/shop/api\n  tag: "2.0"\nreplicas: 1\n',
  'charts/api/values-production.yaml': 'replicas: 3\n',
  'charts/api/templates/service.yaml': `apiVersion: v1
kind: Service
metadata:
  name: {{ .Release.Name }}
spec:
  replicas: {{ .Values.replicas }}
`,
  'clusters/flux.yaml': `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: fleet
  namespace: flux-system
spec:
  url: https://git.example.com/fleet
  interval: 1m
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: infrastructure
  namespace: flux-system
spec:
  interval: 10m
  path: ./base
  prune: true
  sourceRef:
    kind: GitRepository
    name: fleet
  postBuild:
    substitute:
      CLUSTER_NAME: production
    substituteFrom:
      - kind: ConfigMap
        name: cluster-vars
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: cluster-vars
  namespace: flux-system
data:
  CLUSTER_DOMAIN: shop.example.com
`,
  'clusters/argo.yaml': `apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: storefront
  namespace: argocd
spec: {}
---
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: web
  namespace: argocd
spec:
  project: storefront
  source:
    repoURL: https://git.example.com/shop.git
    targetRevision: main
    path: overlays/production
  destination:
    server: https://kubernetes.default.svc
    namespace: shop
`,
  'crds/crontab.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata:
  name: crontabs.stable.example.com
spec:
  group: stable.example.com
  scope: Namespaced
  names: { kind: CronTab, plural: crontabs, singular: crontab }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec:
              type: object
              required: [schedule]
              properties:
                schedule:
                  type: string
                  description: When it runs, as crontab(5) writes it.
                policy:
                  type: string
                  enum: [Allow, Forbid]
                  default: Allow
                secretRef:
                  type: object
                  properties:
                    name: { type: string }
`,
};

function configMap(name: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata: {}\n`;
}
