import type { JsonObject } from '../../src/core/model/resource.ts';
import { createRepository, pushTo } from './gitea-api.ts';
import { applyOn, kubectlOn, withNamespaceOn } from './kubectl.ts';
import { flux, gitea } from './servers.ts';
import type { ControlPlane } from './start.ts';
import { Folder, manifests } from './sync-harness.ts';
import { WorkRepository } from './work-repository.ts';

/** A repository that Flux reads, with a namespace of its own, and what a person does in both. */
export interface Fleet {
  namespace: string;
  plane: ControlPlane;
  /** Of the cluster. */
  uid: string;
  url: string;
  work: WorkRepository;
  folder: Folder;
  /** Commits, and pushes. */
  push(files: Record<string, string>): Promise<string>;
  kubectl(...args: string[]): Promise<string>;
  /** Applies what Flux starts with, and waits for it. */
  start(...objects: JsonObject[]): Promise<void>;
}

export async function withFleet(
  files: (namespace: string) => Record<string, string>,
  test: (fleet: Fleet) => Promise<void>,
): Promise<void> {
  const [{ plane }, server] = await Promise.all([flux(), gitea()]);
  const get = ['get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}'];
  const uid = await kubectlOn(plane, get);
  await withNamespaceOn(plane, 'sync', async namespace => {
    const repository = await createRepository(server, server.admin, namespace);
    const work = await WorkRepository.create({ 'README.md': 'A fleet.\n' });
    await work.git('remote', 'add', 'origin', repository.url);
    const config = `version: 1
environments:
- name: staging
  source: { path: clusters/staging }
  cluster: { context: admin, uid: ${uid} }
`;
    const push = async (changed: Record<string, string>) => {
      const commit = await work.commit('Change', changed);
      await pushTo(server, repository, work);
      return commit;
    };
    const kubectl = (...args: string[]) => kubectlOn(plane, [...args, '-n', namespace]);
    const fleet: Fleet = {
      namespace,
      plane,
      uid,
      url: repository.url,
      work,
      folder: new Folder(plane.kubeconfig, {}, work.folder),
      push,
      kubectl,
      start: async (...objects) => {
        const written = manifests(source(fleet), ...objects);
        await push({
          'driftline.yaml': config,
          'clusters/staging/all.yaml': written,
          ...files(namespace),
        });
        await applyOn(plane, [source(fleet), ...objects]);
      },
    };
    try {
      await test(fleet);
    } finally {
      // Flux removes what it made only where its objects go before it is stopped.
      await kubectl('delete', 'kustomization,helmrelease', '--all', '--wait=false');
      work.remove();
    }
  });
}

function source({ namespace, url }: Fleet): JsonObject {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: 'fleet', namespace },
    spec: { interval: '1h', url, ref: { branch: 'main' } },
  };
}

/** A Kustomization of the folder of its name. */
export function kustomization(namespace: string, name: string, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace },
    spec: {
      interval: '1h',
      path: `./${name}`,
      prune: true,
      targetNamespace: namespace,
      sourceRef: { kind: 'GitRepository', name: 'fleet' },
      ...spec,
    },
  };
}

export const ready = (fleet: Fleet, what: string) =>
  fleet.kubectl('wait', '--for=condition=Ready', '--timeout=60s', what);
export const exists = (fleet: Fleet, what: string) =>
  fleet.kubectl('get', what).then(
    () => true,
    () => false,
  );
