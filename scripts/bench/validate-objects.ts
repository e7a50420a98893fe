import type { JsonObject } from '../../src/core/model/resource.ts';

/** 1,000 valid objects: 400 ConfigMaps, 300 Deployments, 200 Services and 100 Roles. */
export function validateObjects(): JsonObject[] {
  const parts: [number, (name: string) => JsonObject][] = [
    [400, configMap],
    [300, deployment],
    [200, service],
    [100, role],
  ];
  return parts.flatMap(([count, make]) =>
    Array.from({ length: count }, (_, index) => make(`${make.name.toLowerCase()}-${index}`)),
  );
}

function configMap(name: string): JsonObject {
  const data = { LOG_LEVEL: 'info', REGION: 'eu-west-1', 'app.properties': 'a=1\nb=2\nc=3\n' };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata(name), data };
}

function deployment(name: string): JsonObject {
  const probe = { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 10 };
  const container = {
    name: 'app',
    image: `registry.example/${name}:1.4.2`,
    args: ['--listen=:8080', '--verbose'],
    env: ['A', 'B', 'C'].map(key => ({ name: key, value: key })),
    ports: [{ name: 'http', containerPort: 8080 }],
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
    livenessProbe: probe,
    readinessProbe: probe,
    volumeMounts: [{ name: 'config', mountPath: '/etc/app' }],
  };
  const spec = { containers: [container], volumes: [{ name: 'config', configMap: { name } }] };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(name),
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec },
    },
  };
}

function service(name: string): JsonObject {
  const ports = [{ name: 'http', port: 80, targetPort: 'http' }];
  const spec = { selector: { app: name }, ports };
  return { apiVersion: 'v1', kind: 'Service', metadata: metadata(name), spec };
}

function role(name: string): JsonObject {
  const rules = [
    { apiGroups: [''], resources: ['pods', 'pods/log'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: ['apps'], resources: ['deployments'], verbs: ['get'] },
  ];
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  return { apiVersion, kind: 'Role', metadata: metadata(name), rules };
}

function metadata(name: string): JsonObject {
  return { name, namespace: 'shop', labels: { app: name, team: 'shop' } };
}
