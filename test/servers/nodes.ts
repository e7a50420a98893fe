import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildPart } from './build.ts';
import { applyOn, kubectlOn } from './kubectl.ts';
import { parts } from './parts.ts';
import { freePorts, type Started, startTogether } from './processes.ts';
import { asFlags, type ControlPlane } from './start.ts';

/**
 * Starts kube-scheduler and kwok with one node: Pods become Ready and Jobs complete at once, though nothing
 * runs. A Pod that must stay pending asks for a node that is not there (`nodeSelector`).
 */
export async function startNodes(
  plane: ControlPlane,
  log: (line: string) => void,
): Promise<Started<{ node: string }>> {
  const built = await buildPart(parts.kwok, log);
  const node = 'fake';
  return startTogether('nodes', async group => {
    const { scheduler } = await freePorts('scheduler');
    group.launch('kube-scheduler', plane.program, [
      'kube-scheduler',
      ...asFlags({
        kubeconfig: plane.adminConfig,
        'leader-elect': 'false',
        'bind-address': '127.0.0.1',
        'secure-port': String(scheduler),
        'cert-dir': group.at('certificates'),
        'kube-api-qps': '200',
        'kube-api-burst': '400',
      }),
    ]);
    group.launchGuarded('kwok', join(built, 'kwok'), [
      `--kubeconfig=${plane.adminConfig}`,
      '--manage-all-nodes',
      ...readdirSync(join(built, 'stages')).map(file => `--config=${join(built, 'stages', file)}`),
    ]);
    await applyOn(plane, [
      {
        apiVersion: 'v1',
        kind: 'Node',
        metadata: { name: node, annotations: { 'kwok.x-k8s.io/node': 'fake' } },
      },
    ]);
    const isReady = [
      'get',
      `node/${node}`,
      '-o',
      "jsonpath={.status.conditions[?(@.type=='Ready')].status}",
    ];
    await group.until('the node', async () => (await kubectlOn(plane, isReady)) === 'True');
    return { node };
  });
}
