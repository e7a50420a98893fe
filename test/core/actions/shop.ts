import { onTestFinished } from 'vitest';
import type { Host } from '../../../src/core/model/host.ts';
import { Workspace } from '../../../src/core/workspace.ts';

const deployment = (image: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  namespace: shop\nspec:\n  selector:\n    matchLabels: {app: web}\n  template:\n    metadata:\n      labels: {app: web}\n    spec:\n      containers:\n      - name: app\n        image: ${image}\n`;

const overlay = (replicas: number) =>
  `resources:\n- ../../base\nreplicas:\n- name: web\n  count: ${replicas}\n`;

/** One application in two environments on one base, and another one, as layouts find them. */
export const shop = {
  'README.md': 'shop\n',
  'apps/shop/base/kustomization.yaml': 'resources:\n- deployment.yaml\n',
  'apps/shop/base/deployment.yaml': deployment('web:1'),
  'apps/shop/overlays/production/kustomization.yaml': overlay(2),
  'apps/shop/overlays/staging/kustomization.yaml': overlay(1),
  'apps/other/overlays/production/kustomization.yaml': 'resources:\n- map.yaml\n',
  'apps/other/overlays/production/map.yaml':
    'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: other\n  namespace: shop\ndata:\n  a: "1"\n',
};

export { deployment, overlay };

/** Opens a working tree, trusted unless said otherwise; it is closed when the test is finished. */
export async function open(root: string, host: Partial<Host> = {}): Promise<Workspace> {
  const workspace = await Workspace.open({
    directory: root,
    offline: true,
    host: {
      log: () => {},
      trusted: () => true,
      secret: () => undefined,
      forges: () => ({}),
      ...host,
    },
  });
  onTestFinished(() => workspace.close());
  return workspace;
}
