import { expect, inject, it } from 'vitest';
import { openCluster } from '../../src/core/cluster/open.ts';
import { kubectl } from './plane.ts';

it('reads version', async () => {
  const plane = inject('plane');
  const a = await openCluster(
    { kind: 'context', context: 'admin' },
    {
      root: '/nowhere',
      host: { log: () => {}, trusted: () => false, secret: () => undefined },
      env: { KUBECONFIG: plane.kubeconfig },
    },
  );
  console.log(a.ok ? a.cluster.identity : a.reason);
  if (!a.ok) return;
  const d = await a.cluster.discovery();
  console.log(d.ok && d.resources.length, d.ok && d.resources.find(r => r.kind === 'Deployment'));
  if (!d.ok) return;
  const t = d.resources.find(r => r.kind === 'ClusterRole')!;
  const s = performance.now();
  const l = await a.cluster.list(t, '');
  console.log(l.ok && l.objects.length, performance.now() - s, l.ok && l.resourceVersion);
  expect(await kubectl(['version'])).toContain('1.36.4');
});
