import { expect, it } from 'vitest';
import { repositoryWith } from './fixtures.ts';
import { driftline } from './run.ts';
import { secretFleet } from './secret-fleet.ts';

/** As Flux writes it. */
const use = (name: string) => `$\{${name}}`;

const settings = `- apiVersion: v1
  kind: ConfigMap
  metadata: { name: settings, namespace: flux-system }
  data: { HOST: db.example }
- apiVersion: v1
  kind: Secret
  metadata: { name: sealed, namespace: flux-system }
  data: { KEY: c2VhbGVk }
`;

const files: Record<string, string> = {
  'driftline.yaml': secretFleet['driftline.yaml'] ?? '',
  'clusters/main/flux-system/gotk-sync.yaml':
    secretFleet['clusters/main/flux-system/gotk-sync.yaml'] ?? '',
  'clusters/main/apps.yaml': (secretFleet['clusters/main/apps.yaml'] ?? '')
    .replace(/---.*/s, '')
    .replace(
      '    - { kind: Secret, name: keys }',
      '    - { kind: Secret, name: sealed }\n    - { kind: ConfigMap, name: settings }\n    - { kind: ConfigMap, name: gone, optional: true }',
    ),
  'apps/app.yaml': `apiVersion: v1
kind: ConfigMap
metadata: { name: app, namespace: shop }
data: { host: "${use('HOST')}", none: "${use('NONE:-x')}" }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: other, namespace: shop }
data: { key: "${use('KEY')}" }
`,
  'live.yaml': `apiVersion: v1
kind: List
items:
${settings}- apiVersion: v1
  kind: ConfigMap
  metadata: { name: app, namespace: shop }
  data: { host: other.example, none: x }
- apiVersion: v1
  kind: ConfigMap
  metadata: { name: other, namespace: shop }
  data: { key: a }
`,
};

it('variables that only the cluster has are taken from there, if it tells them', async () => {
  const folder = repositoryWith(files);
  const { stdout } = await driftline(['-C', folder, 'drift', '--format', 'json']);
  const [environment] = JSON.parse(stdout).environments;
  const about = (name: string) =>
    environment.objects.find(({ object }: { object: { name: string } }) => object.name === name);
  expect(about('app')).toMatchObject({
    state: 'drifted',
    paths: expect.arrayContaining([
      expect.objectContaining({ path: '.data.host', desired: 'db.example', live: 'other.example' }),
    ]),
  });
  expect(about('other')).toMatchObject({
    state: 'unknown',
    reason: `${use('KEY')} may be set by Secret sealed, which the snapshot holds sealed`,
  });
  const render = await driftline(['-C', folder, 'render', '-e', 'main', '--offline']);
  expect(render.stderr).toContain('which only the cluster has');
});
