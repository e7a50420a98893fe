import { describe, expect, it } from 'vitest';
import { LiveEdits } from '../../../src/core/actions/reach/live-edits.ts';
import { type FileReach, fileReach, type Reach } from '../../../src/core/actions/reach/reach.ts';
import { renderApplications } from '../../../src/core/actions/rendering.ts';
import { trace } from '../../../src/core/actions/trace.ts';
import type { Workspace } from '../../../src/core/workspace.ts';
import { folderWith } from '../git/folders.ts';
import { open } from './shop.ts';

const files = {
  'apps/web/base/kustomization.yaml': 'resources:\n- web.yaml\n- settings.yaml\n',
  'apps/web/base/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 1
  # a comment
  selector:
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: app
        image: web:1
`,
  'apps/web/base/settings.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: shop
data:
  long: |
    one

    # no comment
    two
  short: a
`,
  'apps/web/overlays/production/kustomization.yaml': `resources:
- ../../base
components:
- ../../component
patches:
- path: replicas.yaml
- target: {kind: Deployment}
  patch: |-
    - op: replace
      path: /spec/template/spec/containers/0/name
      value: main
images:
- name: web
  newTag: "2"
configMapGenerator:
- name: flags
  literals:
  - a=b
`,
  'apps/web/overlays/production/replicas.yaml': `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  replicas: 3
`,
  'apps/web/component/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
- path: paused.yaml
  target: {kind: Deployment}
`,
  'apps/web/component/paused.yaml': '- op: add\n  path: /spec/paused\n  value: true\n',
  'apps/web/overlays/staging/kustomization.yaml': 'resources:\n- ../../base\n',
  'apps/web/unused.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: unused\n',
};

const flux = (kind: string, rest: string) =>
  `apiVersion: ${kind === 'GitRepository' ? 'source' : 'kustomize'}.toolkit.fluxcd.io/v1\nkind: ${kind}\n${rest}`;
const kustomization = (name: string, path: string) =>
  flux(
    'Kustomization',
    `metadata:\n  name: ${name}\n  namespace: flux-system\nspec:\n  interval: 10m\n  path: ${path}\n  prune: true\n  sourceRef:\n    kind: GitRepository\n    name: flux-system\n`,
  );
const source = flux(
  'GitRepository',
  'metadata:\n  name: flux-system\n  namespace: flux-system\nspec:\n  interval: 1m\n  url: https://git.example/shop.git\n',
);
const release = (spec: string) =>
  `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: api\n  namespace: shop\nspec:\n${spec}`;

/** A release whose values an overlay patches, and which Flux deploys. */
const released = {
  'clusters/production/flux-system/gotk-sync.yaml': `${source}---\n${kustomization('flux-system', './clusters/production')}`,
  'clusters/production/apps.yaml': kustomization('apps', './apps/production'),
  'apps/base/kustomization.yaml': 'resources:\n- release.yaml\n',
  'apps/base/release.yaml': release(
    '  interval: 10m\n  chart:\n    spec:\n      chart: ./chart\n      sourceRef:\n        kind: GitRepository\n        name: flux-system\n        namespace: flux-system\n  values:\n    port: 80\n',
  ),
  'apps/production/kustomization.yaml': 'resources:\n- ../base\npatches:\n- path: patch.yaml\n',
  'apps/production/patch.yaml': release('  values:\n    port: 8080\n'),
  'chart/Chart.yaml': 'apiVersion: v2\nname: api\nversion: 1.0.0\n',
  'chart/values.yaml': 'port: 80\n',
  'chart/templates/service.yaml':
    'apiVersion: v1\nkind: Service\nmetadata:\n  name: {{ .Release.Name }}\nspec:\n  ports:\n  - port: {{ .Values.port }}\n',
};

async function reachOf(workspace: Workspace, file: string, edits = new LiveEdits()) {
  const { environments } = await workspace.discovery();
  const traced = await Promise.all(
    environments.map(async environment => ({
      environment,
      applications: await renderApplications(workspace, environment, { trace: true }),
      schemas: workspace.schemas(undefined, []),
    })),
  );
  return fileReach(file, workspace.index, traced, edits);
}

const spoken = ({ environment, object, path, how }: Reach) =>
  `${environment}: ${object.kind}/${object.name} ${path}${how === 'decides' ? '' : ` (${how})`}`;

/** What each line of a file reaches, those that reach nothing left out. */
const said = (reach: FileReach, line: number) => reach.at(line).map(spoken).sort();

describe('the reach of a line', () => {
  const base = 'apps/web/base';
  const production = 'apps/web/overlays/production';

  it('is the field that it decides, in every environment that does not say otherwise', async () => {
    const workspace = await open(folderWith(files));
    const reach = await reachOf(workspace, `${base}/web.yaml`);
    expect(said(reach, 2)).toEqual([
      'production: Deployment/web .kind',
      'staging: Deployment/web .kind',
    ]);
    expect(said(reach, 7)).toEqual(['staging: Deployment/web .spec.replicas']);
    expect(reach.at(7)[0]?.object.namespace).toBe('shop');
    const replicas = await reachOf(workspace, `${production}/replicas.yaml`);
    expect(said(replicas, 7)).toEqual(['production: Deployment/web .spec.replicas']);
  });

  it('is found from the key above, from every line of a long value, and from a patch as a whole', async () => {
    const workspace = await open(folderWith(files));
    const settings = await reachOf(workspace, `${base}/settings.yaml`);
    const long = [
      'production: ConfigMap/settings .data.long',
      'staging: ConfigMap/settings .data.long',
    ];
    for (const line of [7, 8, 9, 10, 11])
      expect(said(settings, line), `line ${line}`).toEqual(long);
    expect(said(settings, 6)).toHaveLength(4);
    const replicas = await reachOf(workspace, `${production}/replicas.yaml`);
    for (const line of [3, 4, 6])
      expect(said(replicas, line)).toContain('production: Deployment/web .spec.replicas');
  });

  it('of a line that names files is what comes through them', async () => {
    const workspace = await open(folderWith(files));
    const reach = await reachOf(workspace, `${production}/kustomization.yaml`);
    const whole = [
      'production: ConfigMap/settings  (takes part)',
      'production: Deployment/web  (takes part)',
    ];
    expect(said(reach, 2)).toEqual(whole);
    expect(said(reach, 1)).toEqual(whole);
    expect(said(reach, 4)).toEqual(['production: Deployment/web .spec.paused (takes part)']);
    expect(said(reach, 6)).toContain('production: Deployment/web .spec.replicas (takes part)');
    const name = 'production: Deployment/web .spec.template.spec.containers[0].name';
    for (const line of [8, 9, 10, 11]) expect(said(reach, line), `line ${line}`).toEqual([name]);
    const image = 'production: Deployment/web .spec.template.spec.containers[0].image';
    for (const line of [12, 13, 14]) expect(said(reach, line), `line ${line}`).toContain(image);
    for (const line of [16, 18]) expect(said(reach, line).join()).toContain('ConfigMap/flags-');
    const resources = await reachOf(workspace, `${base}/kustomization.yaml`);
    expect(said(resources, 3)).toEqual([
      'production: ConfigMap/settings  (takes part)',
      'staging: ConfigMap/settings  (takes part)',
    ]);
    const component = await reachOf(workspace, 'apps/web/component/paused.yaml');
    for (const line of [1, 2, 3])
      expect(said(component, line)).toEqual(['production: Deployment/web .spec.paused']);
  });

  it('of a file that a ConfigMap holds is its value, from every line', async () => {
    const generator = `${files['apps/web/overlays/production/kustomization.yaml']}  files:\n  - settings.yaml\n  - app.conf\n`;
    const input = {
      'apps/web/overlays/production/kustomization.yaml': generator,
      'apps/web/overlays/production/settings.yaml': 'a: 1\n# a comment\nb:\n  c: 2\n',
      'apps/web/overlays/production/app.conf': 'one\ntwo\n',
    };
    const workspace = await open(folderWith({ ...files, ...input }));
    for (const name of ['settings.yaml', 'app.conf']) {
      const reach = await reachOf(workspace, `apps/web/overlays/production/${name}`);
      for (const line of [1, 2])
        expect(said(reach, line)).toEqual([
          expect.stringMatching(/^production: ConfigMap\/flags-\w+ \.data\["/),
        ]);
    }
    const settings = await reachOf(workspace, 'apps/web/overlays/production/settings.yaml');
    expect(settings.at(4)).toHaveLength(1);
    expect(settings.at(9)).toEqual([]);
  });

  it('of a value that a template asks for is what its answer prints, where no other value counts', async () => {
    const asked = {
      ...released,
      'chart/values.yaml': 'port: 80\nmap:\n  enabled: true\nother:\n  enabled: true\n',
      'chart/templates/map.yaml':
        '{{- if and .Values.map.enabled .Values.other.enabled }}\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: map\n{{- end }}\n',
      'apps/production/patch.yaml': release('  values:\n    other:\n      enabled: true\n'),
    };
    const values = await reachOf(await open(folderWith(asked)), 'chart/values.yaml');
    expect(said(values, 3)).toContain('production: ConfigMap/map .kind (takes part)');
    expect(said(values, 5)).toEqual([]);
  });

  it('goes through what Flux deploys: a path, a patched value, a whole release', async () => {
    const workspace = await open(folderWith(released));
    const apps = await reachOf(workspace, 'clusters/production/apps.yaml');
    const deployed = ['HelmRelease/api  (takes part)', 'Service/api  (takes part)'];
    const path = ['Kustomization/apps .spec.path', ...deployed].map(each => `production: ${each}`);
    expect(said(apps, 8).sort()).toEqual([path[1], path[0], path[2]]);
    const patch = await reachOf(workspace, 'apps/production/patch.yaml');
    expect(said(patch, 8)).toEqual([
      'production: HelmRelease/api .spec.values.port',
      'production: Service/api .spec.ports[0].port',
    ]);
    const base = await reachOf(workspace, 'apps/base/kustomization.yaml');
    expect(said(base, 2)).toEqual(deployed.map(each => `production: ${each}`));
    const release = await reachOf(workspace, 'apps/base/release.yaml');
    expect(said(release, 10)).toEqual([
      'production: HelmRelease/api .spec.chart.spec.chart',
      'production: Service/api  (takes part)',
    ]);
  });

  it('says why it is nothing', async () => {
    const workspace = await open(folderWith(files));
    const web = await reachOf(workspace, `${base}/web.yaml`);
    expect(web.why(2)).toBeUndefined();
    expect(web.why(8)).toBe('The line is a comment.');
    expect(web.why(99)).toBe('The file has 18 lines only.');
    const unused = await reachOf(workspace, 'apps/web/unused.yaml');
    expect(unused.at(4)).toEqual([]);
    expect(unused.why(4)).toBe('No environment reads the file.');
  });

  it('counts objects and environments for each line', async () => {
    const workspace = await open(folderWith(files));
    const reach = await reachOf(workspace, `${base}/web.yaml`);
    const counts = new Map(reach.counts().map(each => [each.line, each]));
    expect(counts.get(7)).toEqual({ line: 7, objects: 1, environments: ['staging'], liveEdits: 0 });
    expect(counts.get(4)?.objects).toBe(2);
    expect(counts.get(8)).toBeUndefined();
  });

  it('knows what somebody changed in the cluster, and not what the engine has yet to apply', async () => {
    const workspace = await open(folderWith(files));
    const { environments } = await workspace.discovery();
    const production = environments.find(({ name }) => name === 'production');
    if (!production) throw new Error('no production');
    const resource = {
      group: 'apps',
      version: 'v1',
      kind: 'Deployment',
      namespace: 'shop',
      name: 'web',
    };
    const result = {
      ...{ resource, state: 'drifted' as const, extra: [], notes: [], confirmed: 'local' as const },
      paths: [
        {
          ...{
            path: '.spec.template.spec.containers[name="main"].image',
            kind: 'changed' as const,
          },
          ...{ desired: 'web:2', live: 'web:hotfix' },
          by: [
            { manager: 'kubectl-set', operation: 'Update' as const, time: '2026-03-04T09:00:00Z' },
          ],
        },
        {
          ...{ path: '.spec.replicas', kind: 'changed' as const, desired: 3, live: 2 },
          by: [
            {
              manager: production.applications[0]?.owner.manager ?? '',
              operation: 'Update' as const,
            },
          ],
        },
      ],
    };
    const edits = new LiveEdits();
    edits.add(production, [result]);
    const reach = await reachOf(
      workspace,
      'apps/web/overlays/production/kustomization.yaml',
      edits,
    );
    expect(reach.at(14)[0]?.liveEdit).toMatchObject({
      live: 'web:hotfix',
      by: [{ manager: 'kubectl-set' }],
    });
    expect(reach.counts().find(({ line }) => line === 2)).toMatchObject({
      objects: 2,
      liveEdits: 1,
    });
    const replicas = await reachOf(workspace, 'apps/web/overlays/production/replicas.yaml', edits);
    expect(replicas.at(7)[0]?.liveEdit).toBeUndefined();
  });
});

describe('tracing a line', () => {
  it('asks for nothing but what the file may reach, and says what is not compared', async () => {
    const workspace = await open(folderWith(files));
    const { environments } = await workspace.discovery();
    const report = await trace(workspace, environments, {
      kind: 'line',
      file: 'apps/web/base/web.yaml',
      line: 7,
    });
    expect(report).toMatchObject({
      kind: 'reaches',
      reaches: [{ environment: 'staging', path: '.spec.replicas' }],
    });
  });
});
