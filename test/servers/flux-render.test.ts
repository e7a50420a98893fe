import { beforeAll, expect, it } from 'vitest';
import { renderApplications } from '../../src/core/actions/rendering.ts';
import type { RenderedApplication } from '../../src/core/drift/declared.ts';
import { isObject, type Json, type JsonObject } from '../../src/core/model/resource.ts';
import { Workspace } from '../../src/core/workspace.ts';
import { appliedBy } from './applied-by.ts';
import { fluxFixture, onlyInCluster, sourceOf } from './flux-fixture.ts';
import { createRepository, type Gitea, pushTo } from './gitea-api.ts';
import { applyOn, kubectlOn, withNamespaceOn } from './kubectl.ts';
import { flux, gitea } from './servers.ts';
import type { ControlPlane } from './start.ts';
import { WorkRepository } from './work-repository.ts';

// A repository with everything that Flux adds to a build: what we render is, field by field and in both
// directions, what kustomize-controller and helm-controller apply.

let plane: ControlPlane;
let server: Gitea;
beforeAll(async () => {
  [{ plane }, server] = await Promise.all([flux(), gitea()]);
}, 300_000);

it('what is rendered is what the controllers apply, field by field', async () => {
  const get = ['get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}'];
  const uid = await kubectlOn(plane, get);
  await withNamespaceOn(plane, 'render', async namespace => {
    const repository = await createRepository(server, server.admin, namespace);
    const work = await WorkRepository.create(fluxFixture(namespace, repository.url, uid));
    const kubectl = (...args: string[]) => kubectlOn(plane, [...args, '-n', namespace]);
    try {
      await work.git('remote', 'add', 'origin', repository.url);
      await pushTo(server, repository, work);
      await applyOn(plane, [...onlyInCluster(namespace), ...sourceOf(namespace, repository.url)]);
      for (const name of ['root', 'settings', 'parent', 'apps', 'releases'])
        await waitFor(kubectl, `kustomization/${name}`);
      await waitFor(kubectl, 'helmrelease/api');
      const rendered = await renderedIn(work.folder);
      expect(
        rendered.map(({ application, rendered: { failure, notChecked, objects } }) => [
          application.name,
          failure,
          notChecked,
          objects.length > 0,
        ]),
      ).toEqual(
        ['root', 'settings', 'parent', 'apps', 'releases', 'api'].map(name => [
          name,
          undefined,
          [],
          true,
        ]),
      );
      const compared: string[] = [];
      for (const {
        application,
        rendered: { objects },
      } of rendered)
        for (const { value, resource } of objects) {
          const kind = resource.group ? `${resource.kind}.${resource.group}` : resource.kind;
          const text = await kubectl(
            'get',
            kind,
            resource.name,
            '-o',
            'json',
            '--show-managed-fields',
          );
          const applied = appliedBy(JSON.parse(text), application.owner.manager);
          expect([kind, resource.name, applied]).toEqual([kind, resource.name, declared(value)]);
          compared.push(`${resource.kind} ${resource.name}`);
        }
      expect(compared).toEqual(expect.arrayContaining(expectedObjects(namespace)));
    } finally {
      await kubectl('delete', 'helmrelease,kustomization', '--all', '--wait=false');
      work.remove();
    }
  });
}, 480_000);

/** What each feature leaves behind, so that none is left out of the comparison. */
function expectedObjects(namespace: string): string[] {
  return [
    'ConfigMap settings',
    'ConfigMap pre-forms-post',
    'ConfigMap pre-left-alone-post',
    'ConfigMap pre-component-post',
    'Secret pre-login-post',
    'Deployment pre-web-post',
    'Service pre-web-post',
    'ConfigMap shop-api',
    'ConfigMap shop-api-hook',
    'Deployment shop-api',
    'Secret shop-api',
    `CustomResourceDefinition things.${namespace}.example.org`,
  ];
}

async function waitFor(kubectl: (...args: string[]) => Promise<string>, what: string) {
  // It may not be there yet: a parent makes it.
  for (let round = 0; ; round++)
    try {
      await kubectl('wait', '--for=condition=Ready', '--timeout=150s', what);
      return;
    } catch (error) {
      if (round > 20 || !/not found/i.test(String(error)))
        throw new Error(`${error}\n${await kubectl('get', what, '-o', 'yaml')}`);
      await new Promise(done => setTimeout(done, 500));
    }
}

async function renderedIn(directory: string): Promise<RenderedApplication[]> {
  const host = {
    log: () => {},
    trusted: () => true,
    secret: () => undefined,
    forges: () => ({}),
    kubeconfig: () => plane.kubeconfig,
  };
  const workspace = await Workspace.open({ directory, offline: false, host });
  try {
    const [environment] = await workspace.choose(['staging']);
    if (!environment) throw new Error('no environment');
    const cluster = workspace
      .connect(environment)
      .then(answer => (answer.ok ? answer.cluster : undefined));
    return await renderApplications(workspace, environment, { trace: true, cluster });
  } finally {
    await workspace.close();
  }
}

/** As `appliedBy`: a Secret's texts are data, and what identifies an object is no field of anybody's. */
function declared(value: JsonObject): Json {
  const { apiVersion: _, kind, metadata, stringData, ...rest } = structuredClone(value);
  if (kind === 'Secret' && isObject(stringData)) {
    const encoded = Object.entries(stringData).map(([key, text]) => [
      key,
      Buffer.from(String(text)).toString('base64'),
    ]);
    rest.data = { ...(isObject(rest.data) ? rest.data : {}), ...Object.fromEntries(encoded) };
  }
  const { name: __, namespace: ___, ...about } = isObject(metadata) ? metadata : {};
  return { ...rest, metadata: about };
}
