import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { drift } from '../../src/core/actions/drift.ts';
import type { Cause, DriftResult } from '../../src/core/model/drift.ts';
import type { JsonObject } from '../../src/core/model/resource.ts';
import { Workspace } from '../../src/core/workspace.ts';
import { driftline } from '../cli/run.ts';
import { createRepository, type Gitea } from './gitea-api.ts';
import { applyOn, kubectlOn, withNamespaceOn } from './kubectl.ts';
import { until } from './processes.ts';
import { argo, flux, gitea } from './servers.ts';
import type { ControlPlane } from './start.ts';
import { configMap, manifests } from './sync-harness.ts';
import { WorkRepository } from './work-repository.ts';

// Why a field differs, with real engines: each cause once from end to end.

/** A repository with a remote, which an engine reads, and a namespace. */
interface Place {
  plane: ControlPlane;
  namespace: string;
  work: WorkRepository;
  url: string;
  kubectl(...args: string[]): Promise<string>;
  /** `settings level`: its cause; of an object as a whole `settings`. */
  causes(): Promise<Record<string, Cause | undefined>>;
}

async function withPlace(
  plane: ControlPlane,
  source: string,
  remoteOf: (name: string) => Promise<{ url: string; pushUrl: string }>,
  test: (place: Place) => Promise<void>,
): Promise<void> {
  const get = ['get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}'];
  const uid = await kubectlOn(plane, get);
  await withNamespaceOn(plane, 'cause', async namespace => {
    const { url, pushUrl } = await remoteOf(namespace);
    const config = `version: 1\nenvironments:\n- name: staging\n  source: { path: ${source} }\n  cluster: { context: admin, uid: ${uid} }\n`;
    const work = await WorkRepository.create({ 'driftline.yaml': config });
    await work.git('remote', 'add', 'origin', url);
    await work.git('remote', 'set-url', '--push', 'origin', pushUrl);
    await work.git('push', '--quiet', '-u', 'origin', 'main');
    const place: Place = {
      plane,
      namespace,
      work,
      url,
      kubectl: (...args) => kubectlOn(plane, [...args, '-n', namespace]),
      causes: async () => causesIn(await differing(plane, work)),
    };
    try {
      await test(place);
    } finally {
      work.remove();
    }
  });
}

async function differing(plane: ControlPlane, work: WorkRepository): Promise<DriftResult[]> {
  const workspace = await Workspace.open({
    directory: work.folder,
    offline: false,
    host: {
      log: () => {},
      trusted: () => true,
      secret: () => undefined,
      forges: () => ({}),
      kubeconfig: () => plane.kubeconfig,
    },
  });
  try {
    const environments = await workspace.choose(['staging']);
    const report = await drift(workspace, { environments, placeAll: false });
    if (report.failures.length > 0) throw new Error(report.failures.join('\n'));
    return report.environments.flatMap(({ results }) => results);
  } finally {
    await workspace.close();
  }
}

function causesIn(results: readonly DriftResult[]): Record<string, Cause | undefined> {
  const found = results.filter(({ state }) => state !== 'synced');
  return Object.fromEntries(
    found.flatMap(({ resource: { name }, paths, cause }) =>
      paths.length === 0
        ? [[name, cause] as const]
        : paths.map(each => [`${name} ${each.path.replace(/^.*\./, '')}`, each.cause] as const),
    ),
  );
}

const settings = (level: string) => manifests(configMap('settings', { level }));
const edit = (place: Place, name: string, level: string) =>
  place.kubectl(
    'patch',
    'configmap',
    name,
    '--field-manager=kubectl-edit',
    '-p',
    JSON.stringify({ data: { level } }),
  );

describe('with Flux', () => {
  let plane: ControlPlane;
  let server: Gitea;
  beforeAll(async () => {
    [{ plane }, server] = await Promise.all([flux(), gitea()]);
  }, 300_000);
  const remote = (name: string) => createRepository(server, server.admin, name);

  const fleetOf = ({ namespace, url }: Place): JsonObject[] => [
    {
      apiVersion: 'source.toolkit.fluxcd.io/v1',
      kind: 'GitRepository',
      metadata: { name: 'fleet', namespace },
      spec: { interval: '1s', url, ref: { branch: 'main' } },
    },
    {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'apps', namespace },
      spec: {
        interval: '1h',
        retryInterval: '1s',
        path: './apps',
        prune: true,
        targetNamespace: namespace,
        sourceRef: { kind: 'GitRepository', name: 'fleet' },
      },
    },
  ];

  async function applied(place: Place, commit: string): Promise<void> {
    await until(`${commit} to be applied`, 60_000, async () => {
      const path = '-o=jsonpath={.status.lastAppliedRevision}';
      return (await place.kubectl('get', 'kustomization', 'apps', path)).endsWith(commit);
    });
  }

  it('finds each cause', { timeout: 180_000 }, () =>
    withPlace(plane, 'clusters', remote, async place => {
      const { work } = place;
      const objects = fleetOf(place);
      const stop = await rewriting(place, 'defaulted');
      const first = await work.commit('Apps', {
        'clusters/all.yaml': manifests(...objects),
        'apps/settings.yaml': settings('info'),
        'apps/edited.yaml': manifests(configMap('edited', { level: 'info' })),
        'apps/defaulted.yaml': manifests(configMap('defaulted', { level: 'info' })),
        'apps/removed.yaml': manifests(configMap('removed', { level: 'info' })),
      });
      await work.git('push', '--quiet');
      await applyOn(plane, objects);
      await applied(place, first);
      // As long as the server writes what it wants, the next apply changes nothing: that is no drift.
      expect(await place.causes()).toEqual({});

      await stop();
      await edit(place, 'edited', 'debug');
      await place.kubectl('delete', 'configmap', 'removed');
      const inCluster = {
        'edited level': { kind: 'changed-in-cluster' },
        'defaulted level': { kind: 'default-or-webhook' },
        removed: { kind: 'changed-in-cluster', reason: 'It was deleted after Flux applied it.' },
      };
      expect(await place.causes()).toEqual(inCluster);

      await place.kubectl('patch', 'kustomization', 'apps', '--type=merge', '-p', suspended(true));
      writeFileSync(join(work.folder, 'apps/settings.yaml'), settings('warn'));
      const level = async () => (await place.causes())['settings level'];
      expect(await level()).toEqual({ kind: 'not-committed' });
      await work.commit('Warn', {});
      expect(await level()).toEqual({ kind: 'not-pushed' });
      await work.git('push', '--quiet');
      expect(await level()).toEqual({
        kind: 'not-synced',
        reason: `Kustomization ${place.namespace}/apps is suspended.`,
      });

      const unknown = { apiVersion: 'example.test/v1', kind: 'Nothing', metadata: { name: 'a' } };
      // What was pushed before may still be applied first.
      await work.commit('Fails', {
        'apps/unknown.yaml': manifests(unknown),
        'apps/settings.yaml': settings('error'),
      });
      await work.git('push', '--quiet');
      await place.kubectl('patch', 'kustomization', 'apps', '--type=merge', '-p', suspended(false));
      await until('a failure', 60_000, async () => {
        const path = '-o=jsonpath={.status.conditions[?(@.type=="Ready")].message}';
        const message = await place.kubectl('get', 'kustomization', 'apps', path);
        return message.includes('no matches for kind');
      });
      const found = await level();
      expect(found?.kind).toBe('not-synced');
      expect(found?.reason).toMatch(/^Kustomization .*apps: .*no matches for kind "Nothing"/);
    }),
  );

  it('says it on the command line, and lists only what differs for one reason', async () =>
    withPlace(plane, 'clusters', remote, async place => {
      const { work } = place;
      const objects = fleetOf(place);
      const first = await work.commit('Apps', {
        'clusters/all.yaml': manifests(...objects),
        'apps/settings.yaml': settings('info'),
        'apps/edited.yaml': manifests(configMap('edited', { level: 'info' })),
      });
      await work.git('push', '--quiet');
      await applyOn(plane, objects);
      await applied(place, first);
      await edit(place, 'edited', 'debug');
      writeFileSync(join(work.folder, 'apps/settings.yaml'), settings('warn'));
      const run = (...args: string[]) =>
        driftline(['drift', '-C', work.folder, ...args], {
          env: { KUBECONFIG: plane.kubeconfig },
        });
      const text = await run();
      expect(text.stdout).toMatch(/debug +kubectl-edit, /);
      expect(text.stdout).toContain('not committed');
      const markdown = await run('--format', 'markdown');
      expect(markdown.stdout).toContain('changed in the cluster by kubectl-edit');
      const json = await run('--format', 'json', '--cause', 'changed-in-cluster');
      const [environment] = JSON.parse(json.stdout).environments;
      expect(environment.objects).toMatchObject([
        { object: { name: 'edited' }, paths: [{ cause: { kind: 'changed-in-cluster' } }] },
      ]);
    }));
});

const suspended = (suspend: boolean) => JSON.stringify({ spec: { suspend } });

/** The API server itself writes another level into one ConfigMap, whoever applies it, until it is told to stop. */
async function rewriting({ plane, namespace }: Place, name: string): Promise<() => Promise<void>> {
  const policy = `cause-${namespace}`;
  const selected = {
    resourceRules: [
      { apiGroups: [''], apiVersions: ['v1'], operations: ['*'], resources: ['configmaps'] },
    ],
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
  };
  await applyOn(plane, [
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingAdmissionPolicy',
      metadata: { name: policy },
      spec: {
        matchConstraints: selected,
        matchConditions: [{ name: 'one', expression: `object.metadata.name == "${name}"` }],
        failurePolicy: 'Fail',
        reinvocationPolicy: 'Never',
        mutations: [
          {
            patchType: 'JSONPatch',
            jsonPatch: {
              expression: '[JSONPatch{op: "replace", path: "/data/level", value: "forced"}]',
            },
          },
        ],
      },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'MutatingAdmissionPolicyBinding',
      metadata: { name: policy },
      spec: { policyName: policy },
    },
  ]);
  const made = (...args: string[]) =>
    kubectlOn(plane, [...args, '-n', namespace, '--dry-run=server', '-ojsonpath={.data.level}']);
  // The server takes a moment to follow.
  const create = ['create', 'configmap', name, '--from-literal=level=a'];
  await until('the policy', 30_000, async () => (await made(...create)) === 'forced');
  return async () => {
    const kinds = 'mutatingadmissionpolicy,mutatingadmissionpolicybinding';
    await kubectlOn(plane, ['delete', kinds, policy]);
    const patch = ['patch', 'configmap', name, '-p', '{"data":{"level":"a"}}'];
    await until('its end', 30_000, async () => (await made(...patch)) === 'a');
  };
}

describe('with Argo CD', () => {
  let cd: Awaited<ReturnType<typeof argo>>;
  const bare = async () => {
    const folder = mkdtempSync(join(tmpdir(), 'driftline-remote-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', folder]);
    return { url: `file://${folder}`, pushUrl: folder };
  };
  beforeAll(async () => {
    cd = await argo();
  }, 300_000);

  it('says that a person has to sync, and what was changed by hand', { timeout: 120_000 }, () =>
    withPlace(cd.plane, 'argocd', bare, async place => {
      const { work, namespace, url } = place;
      const application: JsonObject = {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name: namespace, namespace: cd.namespace },
        spec: {
          project: 'default',
          source: { repoURL: url, path: 'apps', targetRevision: 'main' },
          destination: { server: cd.server, namespace },
          syncPolicy: { automated: {} },
        },
      };
      const first = await work.commit('Apps', {
        'argocd/shop.yaml': JSON.stringify(application),
        'apps/settings.yaml': settings('info'),
        'apps/edited.yaml': manifests(configMap('edited', { level: 'info' })),
      });
      await work.git('push', '--quiet');
      const named = ['-n', cd.namespace, `applications.argoproj.io/${namespace}`];
      try {
        await applyOn(cd.plane, [application]);
        await until('the first sync', 60_000, async () => {
          const path = '-o=jsonpath={.status.history[-1:].revision}';
          return (await kubectlOn(cd.plane, ['get', ...named, path])) === first;
        });
        const manual = JSON.stringify({ spec: { syncPolicy: null } });
        await kubectlOn(cd.plane, ['patch', ...named, '--type=merge', '-p', manual]);
        await edit(place, 'edited', 'debug');
        await work.commit('Warn', {
          'argocd/shop.yaml': JSON.stringify({
            ...application,
            spec: { ...(application.spec as JsonObject), syncPolicy: undefined },
          }),
          'apps/settings.yaml': settings('warn'),
        });
        await work.git('push', '--quiet');
        const causes = await place.causes();
        expect(causes['edited level']).toEqual({ kind: 'changed-in-cluster' });
        expect(causes['settings level']).toEqual({
          kind: 'not-synced',
          reason: `Application ${cd.namespace}/${namespace} has no automatic sync: it waits for a person.`,
        });
      } finally {
        await kubectlOn(cd.plane, ['delete', ...named, '--wait=false']);
      }
    }),
  );
});
