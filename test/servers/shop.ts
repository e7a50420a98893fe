import { expect } from 'vitest';
import type { SyncOutcome } from '../../src/core/actions/plans.ts';
import type { EngineVerb } from '../../src/core/engines/engine.ts';
import type { JsonObject } from '../../src/core/model/resource.ts';
import { applyOn, kubectlOn, withNamespaceOn } from './kubectl.ts';
import { until } from './processes.ts';
import { argo } from './servers.ts';
import { Folder } from './sync-harness.ts';
import { WorkRepository } from './work-repository.ts';

/** A repository with one Application and a namespace of its own, and what a person does in both. */
export interface Shop {
  /** Of what is deployed; the name of the Application, too. */
  namespace: string;
  work: WorkRepository;
  folder: Folder;
  kubectl(...args: string[]): Promise<string>;
  /** The Application as it is now. */
  application(): Promise<{ metadata: JsonObject; operation?: JsonObject; status: Status }>;
  patchApplication(patch: JsonObject): Promise<string>;
  run(verb?: EngineVerb): Promise<SyncOutcome['applications'][number]>;
  refused(verb?: EngineVerb): Promise<string | undefined>;
}

export interface Status {
  sync: { status: string; revision: string };
  health: { status: string };
  operationState?: { phase: string; message?: string; operation: JsonObject };
  reconciledAt: string;
}

export async function withShop(
  files: Record<string, string>,
  test: (shop: Shop) => Promise<void>,
  spec: (work: WorkRepository) => JsonObject = () => ({}),
): Promise<void> {
  const cd = await argo();
  const get = ['get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}'];
  const uid = await kubectlOn(cd.plane, get);
  await withNamespaceOn(cd.plane, 'argo', async namespace => {
    const work = await WorkRepository.create(files);
    const source = { repoURL: `file://${work.folder}`, path: 'app', targetRevision: 'main' };
    const destination = { server: cd.server, namespace };
    const written = {
      apiVersion: 'argoproj.io/v1alpha1',
      kind: 'Application',
      metadata: { name: namespace, namespace: cd.namespace },
      spec: { project: 'default', source, destination, ...spec(work) },
    };
    const config = `version: 1
environments:
- name: staging
  source: { path: argocd }
  cluster: { context: admin, uid: ${uid} }
`;
    await work.git('remote', 'add', 'origin', `file://${work.folder}`);
    await work.commit('Deploy', {
      'driftline.yaml': config,
      'argocd/shop.yaml': JSON.stringify(written),
    });
    const kubectl = (...args: string[]) => kubectlOn(cd.plane, [...args, '-n', namespace]);
    const named = ['--namespace', cd.namespace, `applications.argoproj.io/${namespace}`];
    const folder = new Folder(cd.plane.kubeconfig, {}, work.folder);
    const shop: Shop = {
      namespace,
      work,
      folder,
      kubectl,
      application: async () =>
        JSON.parse(await kubectlOn(cd.plane, ['get', ...named, '-o', 'json'])),
      patchApplication: patch =>
        kubectlOn(cd.plane, ['patch', ...named, '--type=merge', '-p', JSON.stringify(patch)]),
      run: async (verb = 'sync') => {
        const { applications } = await folder.run({ environment: 'staging', uid, verb });
        expect(applications).toHaveLength(1);
        return applications[0] as SyncOutcome['applications'][number];
      },
      refused: async verb =>
        (await folder.plan('staging', undefined, verb)).applications[0]?.refused,
    };
    try {
      await applyOn(cd.plane, [written]);
      await until('a first comparison', 30_000, async () => {
        const { status } = await shop.application();
        return status?.sync?.status !== undefined;
      });
      await test(shop);
    } finally {
      await kubectlOn(cd.plane, ['delete', ...named, '--wait=false']);
      work.remove();
    }
  });
}
