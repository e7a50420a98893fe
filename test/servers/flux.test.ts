import { afterAll, beforeAll, expect, it } from 'vitest';
import { createRepository, pushTo } from './gitea-api.ts';
import { applyOn, kubectlOn, withNamespaceOn } from './kubectl.ts';
import { until } from './processes.ts';
import { flux, gitea } from './servers.ts';
import type { ControlPlane } from './start.ts';
import { WorkRepository } from './work-repository.ts';

// That the servers themselves work: what else fails then is ours.
let plane: ControlPlane;
let work: WorkRepository;
let push: () => Promise<void>;
let url: string;
beforeAll(async () => {
  ({ plane } = await flux());
  work = await WorkRepository.create({ 'app/settings.yaml': settings('first') });
  const server = await gitea();
  const repository = await createRepository(server, server.admin, 'fleet');
  url = repository.url;
  push = () => pushTo(server, repository, work);
});
afterAll(() => work.remove());

function settings(value: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings' },
    data: { value },
  });
}

it('Flux applies what the repository says, again after a push', async () => {
  await push();
  await withNamespaceOn(plane, 'flux', async namespace => {
    const metadata = { name: 'app', namespace };
    await applyOn(plane, [
      {
        apiVersion: 'source.toolkit.fluxcd.io/v1',
        kind: 'GitRepository',
        metadata,
        spec: { interval: '1h', url, ref: { branch: 'main' } },
      },
      {
        apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
        kind: 'Kustomization',
        metadata,
        spec: {
          interval: '1h',
          path: './app',
          prune: true,
          targetNamespace: namespace,
          sourceRef: { kind: 'GitRepository', name: 'app' },
        },
      },
    ]);
    const inNamespace = ['--namespace', namespace];
    await kubectlOn(plane, [
      ...['wait', '--for=condition=Ready', '--timeout=30s', ...inNamespace],
      'kustomization/app',
    ]);
    const value = () =>
      kubectlOn(plane, [
        ...['get', 'configmap/settings', ...inNamespace],
        ...['-o', 'jsonpath={.data.value}'],
      ]);
    expect(await value()).toBe('first');

    await work.commit('Change', { 'app/settings.yaml': settings('second') });
    await push();
    await kubectlOn(plane, [
      ...['annotate', 'gitrepository/app', ...inNamespace],
      'reconcile.fluxcd.io/requestedAt=now',
    ]);
    await until('the second value', 30_000, async () => (await value()) === 'second');
  });
});
