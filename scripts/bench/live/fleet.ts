import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { JsonObject } from '../../../src/core/model/resource.ts';

/** Namespace of all objects of a fleet. */
export const namespace = 'bench';
/** Each application is four ConfigMaps, three Deployments, two Services and a Role. */
export const perApplication = { ConfigMap: 4, Deployment: 3, Service: 2, Role: 1 };
export const objectsPerApplication = 10;

export type Kind = keyof typeof perApplication;

/** One object of a fleet, and the lines of its file on which what `edition` changes stands. */
export interface FleetObject {
  kind: Kind;
  name: string;
  /** In the repository. */
  file: string;
}

/** The objects of a fleet of so many applications, in the order of their files. */
export function fleetObjects(applications: number): FleetObject[] {
  return Array.from({ length: applications }, (_, app) => app).flatMap(app =>
    (Object.entries(perApplication) as [Kind, number][]).flatMap(([kind, count]) =>
      Array.from({ length: count }, (_, index) => ({
        kind,
        name: `app-${app}-${index}`,
        file: `apps/app-${app}.yaml`,
      })),
    ),
  );
}

/** The object as git says it (edition 1), or as somebody made it by hand (any other). */
export function manifest({ kind, name }: Pick<FleetObject, 'kind' | 'name'>, edition = 1) {
  return make[kind](name, edition);
}

/** Writes a repository with one environment, which one folder of manifests makes. */
export async function writeFleet(folder: string, applications: number): Promise<void> {
  await mkdir(join(folder, 'apps'), { recursive: true });
  await writeFile(join(folder, 'driftline.yaml'), settings);
  const files = Map.groupBy(fleetObjects(applications), ({ file }) => file);
  for (const [file, objects] of files) {
    const documents = objects.map(object => JSON.stringify(manifest(object), null, 2));
    await writeFile(join(folder, file), `${documents.join('\n---\n')}\n`);
  }
}

const settings = `version: 1
environments:
- name: bench
  source: { path: apps }
  cluster: { context: admin }
  namespace: ${namespace}
  manager: { mode: ssa, name: kubectl }
`;

const make: Record<Kind, (name: string, edition: number) => JsonObject> = {
  ConfigMap: (name, edition) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata(name),
    data: {
      'log-level': edition === 1 ? 'info' : `debug-${edition}`,
      greeting: `Hello from ${name}`,
    },
  }),
  Deployment: (name, edition) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(name),
    spec: {
      replicas: edition,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: 'app',
              image: `registry.example/${name}:1.${edition}`,
              ports: [{ containerPort: 8080 }],
              resources: { requests: { cpu: '100m', memory: '64Mi' } },
            },
          ],
        },
      },
    },
  }),
  Service: (name, edition) => ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(name),
    spec: {
      selector: { app: name },
      ports: [{ name: 'http', port: 80, targetPort: 8079 + edition }],
    },
  }),
  Role: (name, edition) => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'Role',
    metadata: metadata(name),
    rules: [
      {
        apiGroups: [''],
        resources: ['configmaps'],
        verbs: ['get', edition === 1 ? 'list' : `*${edition}`],
      },
    ],
  }),
};

function metadata(name: string): JsonObject {
  return { name, namespace, labels: { 'app.kubernetes.io/name': name } };
}
