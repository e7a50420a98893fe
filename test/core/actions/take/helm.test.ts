import { describe, expect, it, onTestFinished } from 'vitest';
import { type Taking, takeLive } from '../../../../src/core/actions/take/take.ts';
import type { Json } from '../../../../src/core/model/resource.ts';
import { Workspace } from '../../../../src/core/workspace.ts';
import { repositoryWith } from '../../git/folders.ts';
import { shop } from '../shop.ts';

const web = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const template = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: {{ .Values.replicas }}
  paused: false # no
  template:
    metadata:
      annotations:
        level: {{ .Values.level | quote }}
        made: {{ printf "%v-x" .Values.level }}
    spec:
      containers:
      - name: app
        image: "{{ .Values.image.name }}:{{ .Values.image.tag }}"
        resources: {{- toYaml .Values.resources | nindent 10 }}
`;
const values = `replicas: 2 # how many
level: 3
image: {name: web, tag: "1.0"}
resources:
  limits:
    cpu: 100m # enough
`;
const flux = {
  'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
  'chart/values.yaml': values,
  'chart/templates/web.yaml': template,
  'apps/release.yaml': `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: web
  namespace: shop
spec:
  interval: 1m
  chart:
    spec:
      chart: ./chart
      sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}
  values:
    resources:
      limits: {memory: 1Gi} # here
`,
  'clusters/flux.yaml': `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec: {interval: 1m, url: https://example.com/x}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  interval: 1m
  path: ./apps
  sourceRef: {kind: GitRepository, name: flux-system}
`,
};

async function open(files: Record<string, string>): Promise<Workspace> {
  const workspace = await Workspace.open({
    directory: repositoryWith(files),
    offline: true,
    host: { log: () => {}, trusted: () => true, secret: () => undefined, forges: () => ({}) },
  });
  onTestFinished(() => workspace.close());
  return workspace;
}

async function take(
  workspace: Workspace,
  path: string,
  live: Json,
  name?: string,
): Promise<Taking> {
  const environments = await workspace.choose([]);
  const environment = name ?? environments[0]?.name ?? '';
  return takeLive(workspace, {
    environment,
    object: web,
    path: { path, kind: 'changed', live, by: [] },
  });
}

const limits = '.spec.template.spec.containers[name="app"].resources.limits';

describe('taking what runs into the values of a chart', () => {
  it.each<[string, string, Json, string, string]>([
    [
      'a value that passes unchanged',
      '.spec.replicas',
      5,
      'chart/values.yaml',
      'replicas: 5 # how many',
    ],
    [
      'a number that the chart makes a text',
      '.spec.template.metadata.annotations.level',
      '4',
      'chart/values.yaml',
      'level: 4',
    ],
    [
      'a part that passes as a whole',
      `${limits}.cpu`,
      '200m',
      'chart/values.yaml',
      '    cpu: 200m # enough',
    ],
    [
      'the values of a HelmRelease',
      `${limits}.memory`,
      '2Gi',
      'apps/release.yaml',
      '      limits: {memory: 2Gi} # here',
    ],
  ])('writes %s', async (_, path, live, file, line) => {
    const taking = await take(await open(flux), path, live);
    // `level` makes another annotation too.
    const also = live === '4' ? [{ fields: ['.spec.template.metadata.annotations.made'] }] : [];
    expect(taking).toMatchObject({ kind: 'edit', file, also });
    expect(taking.kind === 'edit' && taking.after.split('\n')).toContain(line);
  });

  it('writes what the template says itself', async () => {
    const taking = await take(await open(flux), '.spec.paused', true);
    expect(taking).toMatchObject({
      file: 'chart/templates/web.yaml',
      after: template.replace('paused: false #', 'paused: true #'),
    });
  });

  it.each<[string, string, Json]>([
    ['a text of several values', '.spec.template.spec.containers[name="app"].image', 'web:2'],
    ['what a function makes', '.spec.template.metadata.annotations.made', 'y-x'],
  ])('says where %s comes from', async (_, path, live) => {
    const taking = await take(await open(flux), path, live);
    expect(taking).toMatchObject({
      kind: 'elsewhere',
      place: { file: expect.stringMatching(/^chart\//) },
    });
  });
});

describe('taking what runs into a shared base', () => {
  it('says which other environments change', async () => {
    const path = '.spec.template.spec.containers[name="app"].image';
    const taking = await take(await open(shop), path, 'web:2', 'production');
    expect(taking).toMatchObject({
      kind: 'edit',
      file: 'apps/shop/base/deployment.yaml',
      also: [{ environment: 'staging', object: web, change: 'change' }],
    });
  });

  it('edits JSON, and the item of a List', async () => {
    const object = (kind: string, replicas: number) => ({
      apiVersion: 'apps/v1',
      kind,
      metadata: { name: 'web', namespace: 'shop' },
      spec: { replicas },
    });
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: [object('StatefulSet', 1), object('Deployment', 2)],
    };
    const text = JSON.stringify(list, null, 2);
    const taking = await take(
      await open({
        'apps/production/web.json': text,
        'driftline.yaml':
          'version: 1\nenvironments:\n- {name: p, source: {path: apps/production}}\n',
      }),
      '.spec.replicas',
      7,
    );
    expect(taking).toMatchObject({
      kind: 'edit',
      after: text.replace('"replicas": 2', '"replicas": 7'),
    });
  });
});
