import { describe, expect, it } from 'vitest';
import { validate } from '../../../src/core/actions/validate.ts';
import type { Finding } from '../../../src/core/model/finding.ts';
import { open } from '../actions/shop.ts';
import { folderWith } from '../git/folders.ts';

async function findingsOf(files: Record<string, string>): Promise<Finding[]> {
  const workspace = await open(folderWith(files));
  const environments = await workspace.choose([]);
  const { findings } = await validate(workspace, { environments, paths: [] });
  return findings.filter(({ severity }) => severity !== 'information');
}

async function told(files: Record<string, string>): Promise<string[]> {
  return (await findingsOf(files)).map(
    ({ file, line, column, rule }) => `${file}:${line}:${column} ${rule}`,
  );
}

const chart = 'apiVersion: v2\nname: web\nversion: 1.0.0\n';
const map = (value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ .Release.Name }}\ndata:\n  a: ${value}\n`;

describe('Chart.yaml', () => {
  it.each([
    ['name: web\nversion: 1.0.0', 'web/Chart.yaml:1:1 missing-required'],
    ['apiVersion: v2\nversion: 1.0.0', 'web/Chart.yaml:1:1 missing-required'],
    ['apiVersion: v4\nname: web\nversion: 1.0.0', 'web/Chart.yaml:1:13 chart-file'],
    ['apiVersion: v2\nname: web\nversion: one', 'web/Chart.yaml:3:10 chart-file'],
    [`${chart}type: app`, 'web/Chart.yaml:4:7 chart-file'],
    [`${chart}keywords: a`, 'web/Chart.yaml:4:11 wrong-type'],
    [`${chart}depencencies: []`, 'web/Chart.yaml:4:1 unknown-field'],
    [`${chart}dependencies: [{version: 1.0.0}]`, 'web/Chart.yaml:4:17 missing-required'],
    [
      'apiVersion: v1\nname: web\nversion: 1.0.0\ndependencies: [{name: a}]',
      'web/Chart.yaml:4:1 chart-file',
    ],
    [`${chart}dependencies:\n- {name: a}\n- {name: a}`, 'web/Chart.yaml:6:10 chart-file'],
  ])('%s', async (text, place) => {
    const files = {
      'web/Chart.yaml': `${text}\n`,
      'web/values.yaml': '',
      'web/templates/a.yaml': '',
    };
    expect(await told(files)).toEqual([place]);
  });

  it('may have everything that Helm reads', async () => {
    const text = `${chart}appVersion: 1.16
description: a
type: application
home: https://example.org
sources: [https://example.org]
keywords: [a]
maintainers: [{ name: a, email: a@example.org, url: https://example.org }]
icon: https://example.org/a.png
kubeVersion: ">=1.25"
deprecated: false
annotations: { a: b }
`;
    expect(await told({ 'web/Chart.yaml': text, 'web/templates/a.yaml': map('b') })).toEqual([]);
    expect(await told({ 'docs/Chart.yaml': 'title: of a song\n' })).toEqual([]);
  });
});

describe('a template', () => {
  it('is told every mistake, where it is', async () => {
    const files = {
      'web/Chart.yaml': chart,
      'web/templates/a.yaml': `${map('{{ include "web.labels" . }}')}  b: {{ quoted .Values.a }}\n`,
      'web/templates/b.yaml': '{{- range .Values.list }}\na: b\n',
      'web/templates/c.yaml': map('{{ .Values.no.such }}'),
      'web/templates/d.yaml': `${map('b')}    {{ "c: d" }}\n`,
      'web/templates/e.yaml': map('{{ if }}b{{ end }}'),
    };
    expect(await told(files)).toEqual([
      'web/templates/a.yaml:6:17 undefined-template',
      'web/templates/a.yaml:7:9 template-syntax',
      'web/templates/b.yaml:1:1 template-syntax',
      'web/templates/c.yaml:6:16 template-error',
      'web/templates/d.yaml:7:5 template-output',
      'web/templates/e.yaml:6:3 template-syntax',
    ]);
  });

  it('of a chart that nobody deploys may ask for values', async () => {
    const files = {
      'web/Chart.yaml': chart,
      'web/templates/a.yaml': map('{{ required "say a" .Values.a }}'),
    };
    expect(await told(files)).toEqual([]);
  });

  it('is judged with the values of its environments', async () => {
    const release = (values: string) => `apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: { name: web, namespace: shop }
spec:
  interval: 1m
  chart:
    spec:
      chart: ./charts/web
      sourceRef: { kind: GitRepository, name: flux-system, namespace: flux-system }
  values:
    ${values}
`;
    const files = (values: string) => ({
      'clusters/production/flux-system/gotk-sync.yaml': `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: { name: flux-system, namespace: flux-system }
spec: { interval: 1m, url: https://git.example/shop.git }
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: { name: flux-system, namespace: flux-system }
spec:
  interval: 10m
  path: ./clusters/production
  prune: true
  sourceRef: { kind: GitRepository, name: flux-system }
`,
      'clusters/production/web.yaml': release(values),
      'charts/web/Chart.yaml': chart,
      'charts/web/values.schema.json':
        '{"type": "object", "properties": {"a": {"type": "object"}, "b": {"type": "integer"}}}',
      'charts/web/templates/a.yaml': map('{{ required "say c" .Values.a.c | quote }}'),
    });
    expect(await told(files('a: {c: d}'))).toEqual([]);
    const [refused, ...rest] = await findingsOf(files('a: {}'));
    expect(rest).toEqual([]);
    expect(refused).toMatchObject({
      file: 'charts/web/templates/a.yaml',
      line: 6,
      rule: 'chart-refuses',
      environments: ['production'],
    });
    expect(await told(files('b: one'))).toEqual([
      'clusters/production/web.yaml:11:8 values-schema',
    ]);
  });
});

describe('values', () => {
  it('are told all that the schema refuses', async () => {
    const files = {
      'web/Chart.yaml': chart,
      'web/values.schema.json': JSON.stringify({
        type: 'object',
        required: ['name'],
        properties: {
          replicas: { type: 'integer', minimum: 1 },
          service: { type: 'object', additionalProperties: false, properties: { port: {} } },
        },
      }),
      'web/values.yaml': 'replicas: 0\nservice:\n  prot: 80\n',
      'web/templates/a.yaml': map('b'),
    };
    const found = await findingsOf(files);
    expect(found.map(({ line, message }) => `${line} ${message}`)).toEqual([
      '1 name is required: values.schema.json says so.',
      '1 replicas is not what values.schema.json allows: minimum: got 0, want 1.',
      '3 values.schema.json knows no prot here (additional property service.prot); did you mean port?',
    ]);
    files['web/values.yaml'] = 'name: a\nreplicas: 2\nservice:\n  port: 80\n';
    expect(await told(files)).toEqual([]);
  });
});
