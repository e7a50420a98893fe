import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { configSchema } from '../../../src/core/environments/config/config-schema.ts';
import { checkSchema } from '../../../src/core/environments/config/schema-check.ts';
import { jsonOf } from '../../../src/core/manifests/locate.ts';
import { parseManifests } from '../../../src/core/manifests/parse.ts';
import { application, discover, named, summary } from './repository.ts';

const configMap = 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n';
const overlays = {
  'overlays/staging/kustomization.yaml': 'resources: [a.yaml]',
  'overlays/staging/a.yaml': configMap,
  'overlays/production/kustomization.yaml': 'resources: [a.yaml]',
  'overlays/production/a.yaml': configMap,
};
const withConfig = (text: string, files: Record<string, string> = overlays) =>
  discover({ ...files, 'driftline.yaml': text });

describe('driftline.yaml', () => {
  it('adds to what is discovered and keeps the rest', async () => {
    const found = await withConfig(`version: 1
environments:
- name: production
  cluster: { context: prod-eu, uid: 0a1b }
  namespace: shop
  kubernetes: "1.33"
  protected: true
  after: staging
  manager: { mode: csa, name: deployer }
  ignore:
  - { kind: Deployment, jsonPointers: [/spec/replicas] }
ignore:
- { group: apps, jsonPointers: [/metadata/labels] }
`);
    expect(found.problems).toEqual([]);
    expect(found.environments.map(({ name }) => name)).toEqual(['production', 'staging']);
    const production = named(found, 'production');
    expect(production).toMatchObject({
      cluster: { kind: 'context', context: 'prod-eu', uid: '0a1b' },
      namespace: 'shop',
      kubernetes: '1.33',
      protected: true,
      after: 'staging',
      ignore: [
        { kind: 'Deployment', pointers: ['/spec/replicas'], origin: 'driftline.yaml:11' },
        { group: 'apps', pointers: ['/metadata/labels'], origin: 'driftline.yaml:13' },
      ],
    });
    expect(summary(production)).toEqual(['production kustomize overlays/production']);
    expect(production.applications[0]?.owner).toEqual({ mode: 'csa', manager: 'deployer' });
    expect(named(found, 'staging')).toMatchObject({
      cluster: { kind: 'none' },
      ignore: [{ pointers: ['/metadata/labels'] }],
    });
  });

  it('names folders of any kind, and takes them out of what is discovered', async () => {
    const found = await withConfig(
      `version: 1
environments:
- { name: live, source: { path: ./overlays/production/ }, cluster: { snapshot: live.yaml } }
- { name: charts, source: { path: charts/api } }
- { name: files, source: { path: files } }
- name: fleet
  source: { path: clusters/a }
- name: argo
  source: { path: argo }
`,
      {
        ...overlays,
        'charts/api/Chart.yaml': 'apiVersion: v2\nname: api\nversion: 1.0.0\n',
        'charts/api/values-charts.yaml': 'a: 1\n',
        'charts/api/values-other.yaml': 'a: 1\n',
        'files/deep/a.yaml': configMap,
        'clusters/a/ks.yaml': `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: web, namespace: flux-system }
spec: { path: ./files, prune: true, interval: 1m, sourceRef: { kind: GitRepository, name: flux-system } }
`,
        'argo/app.yaml': `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: web, namespace: argocd }
spec:
  source: { repoURL: https://git.example/x/y, path: files }
  destination: { name: a, namespace: b }
`,
      },
    );
    expect(found.problems).toEqual([]);
    const all = found.environments.map(environment => [
      environment.name,
      environment.engine,
      ...summary(environment),
    ]);
    expect(all.slice(0, 5)).toEqual([
      ['live', 'apply', 'production kustomize overlays/production'],
      ['charts', 'helm', 'api helm charts/api'],
      ['files', 'apply', 'files plain files'],
      ['fleet', 'flux', 'web kustomize files'],
      ['argo', 'argocd', 'web plain files'],
    ]);
    expect(named(found, 'live').cluster).toEqual({ kind: 'snapshot', file: 'live.yaml' });
    expect(named(found, 'live').origin).toEqual({ file: 'driftline.yaml', line: 3, column: 3 });
    expect(application(named(found, 'charts'), 'api').source).toMatchObject({
      values: [{ path: 'charts/api/values-charts.yaml' }],
    });
  });

  it('takes a folder of kustomizations, charts and manifests for all of them', async () => {
    const found = await withConfig(
      'version: 1\nenvironments: [{ name: live, source: { path: live } }]\n',
      {
        'live/web/kustomization.yaml': 'resources: [a.yaml]',
        'live/web/a.yaml': configMap,
        'live/api/Chart.yaml': 'apiVersion: v2\nname: api\nversion: 1.0.0\n',
        'live/files/deep/a.yaml': configMap,
        'live/top.yaml': configMap,
        'elsewhere/a.yaml': configMap,
      },
    );
    expect(found.environments.map(environment => environment.name)).toEqual(['live']);
    expect(summary(named(found, 'live'))).toEqual([
      'web kustomize live/web',
      'api helm live/api',
      'files plain live/files',
      'live plain live',
    ]);
  });

  it('takes a single file', async () => {
    const found = await withConfig(
      'version: 1\nenvironments: [{ name: live, source: { path: all.yaml } }]\n',
      { 'all.yaml': configMap, 'other.yaml': configMap },
    );
    expect(named(found, 'live').applications[0]?.source).toEqual({
      kind: 'plain',
      path: '',
      recurse: false,
      include: 'all.yaml',
    });
  });

  it('says which files are snapshots: what runs is no source of environments', async () => {
    const kustomization = `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: live, namespace: flux-system, uid: a }
spec: { path: ./overlays/staging, sourceRef: { kind: GitRepository, name: flux-system } }
`;
    const files = {
      ...overlays,
      'live/a.yaml': kustomization,
      'live/b.json': JSON.stringify({
        apiVersion: 'v1',
        kind: 'List',
        items: [
          { apiVersion: 'driftline.dev/v1', kind: 'Snapshot', metadata: { name: 'b' } },
          {
            apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
            kind: 'Kustomization',
            metadata: { name: 'c' },
          },
        ],
      }),
    };
    const found = await withConfig(
      'version: 1\nenvironments: [{ name: staging, cluster: { snapshot: ./live/a.yaml } }]\n',
      files,
    );
    expect(found.problems).toEqual([]);
    expect(found.environments.map(({ engine }) => engine)).toEqual(['apply', 'apply']);
    expect((await discover(files)).environments.map(({ engine }) => engine)).toEqual(['flux']);
    const alone = await withConfig(
      'version: 1\nenvironments: [{ name: default, cluster: { snapshot: live.yaml } }]\n',
      { 'a.yaml': configMap, 'live.yaml': configMap },
    );
    expect(named(alone, 'default').applications[0]?.source).toMatchObject({
      exclude: '{live.yaml}',
    });
  });

  it('reports each mistake on its line, and compares nothing by half of what was meant', async () => {
    const found = await withConfig(`version: 2
environments:
- name: production
  cluster: { contex: prod }
  kubernetes: 1.30
- name: staging
  protected: maybe
- source: { path: x }
- name: nowhere
- { name: gone, source: { path: overlays/gone }, after: never }
extra: true
`);
    expect(
      found.problems.map(({ line, column, message }) => `${line}:${column} ${message}`),
    ).toEqual([
      '1:10 version must be 1',
      '4:14 environments[0].cluster.contex is not a field here; it can have context, uid and snapshot',
      '4:12 environments[0].cluster needs either context or snapshot',
      '5:15 environments[0].kubernetes must be text in quotes, not a number',
      '7:14 environments[1].protected must be true or false, not text',
      '8:3 environments[2] needs the field name',
      '11:1 extra is not a field here; it can have version, environments, ignore, validate and schemas',
      '9:9 no environment named nowhere was discovered; give it a source with a path',
      '10:33 the folder overlays/gone is not in the repository',
      '10:57 no environment is named never',
    ]);
    expect(
      found.problems.every(
        ({ file, severity }) => file === 'driftline.yaml' && severity === 'error',
      ),
    ).toBe(true);
    expect(named(found, 'production').cluster).toEqual({
      kind: 'none',
      reason: 'what driftline.yaml says about production from line 3 on has an error',
    });
  });

  it('is read as far as it can be when it is broken', async () => {
    const found = await withConfig('version: 1\nenvironments: [\n');
    expect(found.problems).toHaveLength(1);
    expect(found.environments.map(({ name }) => name).sort()).toEqual(['production', 'staging']);
  });

  it('does not reach out of the repository', async () => {
    const found = await withConfig(
      'version: 1\nenvironments: [{ name: a, source: { path: ../../etc } }]\n',
    );
    expect(found.problems.map(({ message }) => message)).toEqual([
      'the folder ../../etc is not in the repository',
    ]);
  });
});

describe('what driftline.yaml says about findings', () => {
  it('is levels by rule, and what is left out with a reason', async () => {
    const { validation, problems } = await withConfig(
      [
        'version: 1',
        'validate:',
        '  rules: { no-probes: warning, bad-enum: off, bad-range: "off" }',
        '  ignore:',
        '  - { rule: wrong-type, paths: [charts/, "apps/*/values.yaml"], reason: of the vendor }',
        '  - { rule: bad-format, reason: everywhere }',
        '',
      ].join('\n'),
    );
    expect(problems).toEqual([]);
    expect([...validation.levels]).toEqual([
      ['no-probes', 'warning'],
      ['bad-enum', 'off'],
      ['bad-range', 'off'],
    ]);
    const [first, second] = validation.ignore;
    expect(first).toMatchObject({ rules: ['wrong-type'], reason: 'of the vendor', line: 5 });
    const files = ['charts/a/b.yaml', 'chart/a.yaml', 'apps/a/values.yaml', 'apps/a/b/values.yaml'];
    expect(files.map(file => first?.matches(file))).toEqual([true, false, true, false]);
    expect(files.every(file => second?.matches(file))).toBe(true);
  });

  it('is reported where it has no reason or no such level', async () => {
    const { validation, problems } = await withConfig(
      [
        'version: 1',
        'validate:',
        '  rules: { no-probes: loud, bad-enum: false }',
        '  ignore: [{ rule: wrong-type }]',
        '',
      ].join('\n'),
    );
    expect(problems.map(({ line }) => line)).toEqual([3, 3, 4]);
    expect(validation.ignore).toEqual([]);
  });
});

describe('the schema of driftline.yaml', () => {
  it('is the file that editors are given', () => {
    const file = join(import.meta.dirname, '../../../media/driftline.schema.json');
    const text = `${JSON.stringify(configSchema, null, 2)}\n`;
    if (process.env.UPDATE) writeFileSync(file, text);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  it('means to us what it means to a JSON Schema validator', () => {
    const validate = new Ajv().compile(configSchema);
    const entries = [
      '{ name: a }',
      '{ name: "" }',
      '{ name: 1 }',
      '{ name: a, cluster: {} }',
      '{ name: a, cluster: { context: a } }',
      '{ name: a, cluster: { context: a, snapshot: b } }',
      '{ name: a, cluster: { uid: a } }',
      '{ name: a, kubernetes: "1.33.2" }',
      '{ name: a, kubernetes: "2.0" }',
      '{ name: a, manager: { mode: ssa } }',
      '{ name: a, manager: { mode: other, name: b } }',
      '{ name: a, source: { path: b, kind: c } }',
      '{ name: a, ignore: [{ jsonPointers: [spec] }] }',
      '{ name: a, ignore: [{ jsonPointers: [] }] }',
      '{ name: a, ignore: [{ jsonPointers: ["", /a/b] }] }',
      '{ name: a, ignore: [{ kind: Deployment }] }',
      '{ name: a, ignore: [{ jqPathExpressions: [.spec.replicas], jsonPointers: [/a] }] }',
      '{ name: a, ignore: [{ managedFieldsManagers: [hpa] }] }',
      '{ name: a, protected: "yes" }',
      '[]',
    ];
    const texts = [
      '{}',
      'a',
      '{ version: 1 }',
      '{ version: 1.5 }',
      '{ version: 1, environments: {} }',
    ];
    for (const entry of entries) texts.push(`{ version: 1, environments: [${entry}] }`);
    for (const text of texts) {
      const parsed = parseManifests(text);
      const root = parsed.documents[0]?.root;
      if (!root) throw new Error(text);
      const ours = checkSchema(parsed, root, configSchema).length === 0;
      expect([text, ours]).toEqual([text, validate(jsonOf(root))]);
    }
  });
});
