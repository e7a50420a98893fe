import { afterAll, beforeAll, expect, it } from 'vitest';
import { applyOn, kubectlOn, withNamespaceOn } from './kubectl.ts';
import { until } from './processes.ts';
import { argo } from './servers.ts';
import { WorkRepository } from './work-repository.ts';

// That the servers themselves work: what else fails then is ours.
let cd: Awaited<ReturnType<typeof argo>>;
let repository: WorkRepository;
beforeAll(async () => {
  cd = await argo();
  const labels = { app: 'web' };
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'web', image: 'registry.example/web:1' }] },
      },
    },
  };
  repository = await WorkRepository.create({ 'app/web.yaml': JSON.stringify(deployment) });
});
afterAll(() => repository.remove());

it('Argo CD syncs an application, which becomes healthy', async () => {
  await withNamespaceOn(cd.plane, 'argo', async namespace => {
    await applyOn(cd.plane, [
      {
        apiVersion: 'argoproj.io/v1alpha1',
        kind: 'Application',
        metadata: { name: namespace, namespace: cd.namespace },
        spec: {
          project: 'default',
          source: { repoURL: `file://${repository.folder}`, path: 'app', targetRevision: 'main' },
          destination: { server: cd.server, namespace },
        },
      },
    ]);
    const application = ['--namespace', cd.namespace, `applications.argoproj.io/${namespace}`];
    const says = (sync: string, health: string) =>
      until(`${sync} and ${health}`, 30_000, async () => {
        const status = '-ojsonpath={.status.sync.status} {.status.health.status}';
        return (await kubectlOn(cd.plane, ['get', ...application, status])) === `${sync} ${health}`;
      });
    await says('OutOfSync', 'Missing');
    const operation = JSON.stringify({ operation: { sync: { revision: 'main' } } });
    await kubectlOn(cd.plane, ['patch', ...application, '--type=merge', '--patch', operation]);
    await says('Synced', 'Healthy');
    const response = await fetch(`${cd.url}/api/v1/applications/${namespace}`);
    const known = (await response.json()) as { status: { sync: { status: string } } };
    expect(known.status.sync.status).toBe('Synced');
    await kubectlOn(cd.plane, ['delete', ...application]);
  });
});
