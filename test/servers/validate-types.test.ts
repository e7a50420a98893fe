import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { driftline } from '../cli/run.ts';
import { apply, kubectl } from './plane.ts';
import { until } from './processes.ts';

// Objects are checked by the types of the cluster that they are for, also by what it said the last time.

const { kubeconfig } = inject('plane');
const folder = mkdtempSync(join(tmpdir(), 'driftline-types-of-'));
const repository = join(folder, 'repository');
const group = 'asked.driftline.test';

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `meters.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind: 'Meter', plural: 'meters', singular: 'meter', listKind: 'MeterList' },
    versions: [
      {
        name: 'v2',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  unit: { type: 'string' },
                  low: { type: 'integer' },
                  high: { type: 'integer' },
                },
                'x-kubernetes-validations': [
                  { rule: 'self.low <= self.high', message: 'low must not be above high' },
                ],
              },
            },
          },
        },
      },
    ],
  },
};

const meter = (version: string, spec: string) => `apiVersion: ${group}/${version}
kind: Meter
metadata:
  name: gas
  namespace: default
spec:
${spec}
`;
const files: Record<string, string> = {
  'driftline.yaml': `version: 1
environments:
  - name: edge
    source: { path: edge }
    cluster: { context: admin }
  - name: shelf
    source: { path: shelf }
`,
  'base/kustomization.yaml': 'resources: [meter.yaml]\n',
  'base/meter.yaml': meter('v2', '  unit: m3\n  low: 9\n  high: 3\n  colour: red'),
  'edge/kustomization.yaml': 'resources: [../base]\n',
  'shelf/kustomization.yaml': 'resources: [../base]\n',
};

interface Report {
  findings: { file: string; line: number; rule: string; message: string; environments: string[] }[];
  checkedBy: { environment: string; from: string; kubernetes: string; reason?: string }[];
  notChecked: { reason: string; environment?: string }[];
}

async function validate(...args: string[]): Promise<Report> {
  const env = { KUBECONFIG: kubeconfig, XDG_CACHE_HOME: join(folder, 'cache') };
  const ran = await driftline(['validate', '-C', repository, '--format', 'json', ...args], { env });
  if (ran.stdout === '') throw new Error(ran.stderr);
  return JSON.parse(ran.stdout) as Report;
}

const told = ({ findings }: Report) =>
  findings.map(({ file, line, rule, environments }) => `${file}:${line} ${rule} ${environments}`);

beforeAll(async () => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(repository, path)), { recursive: true });
    writeFileSync(join(repository, path), text);
  }
  await apply([definition]);
  await until('the meters', 30_000, async () =>
    (await kubectl(['get', '--raw', `/apis/${group}`]).catch(() => '')).includes('v2'),
  );
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await kubectl(['delete', 'crd', `meters.${group}`, '--wait=false']);
});

it('knows nothing of them before the cluster was asked', async () => {
  const report = await validate('--offline');
  expect(told(report)).toEqual([]);
  expect(report.notChecked.map(({ reason }) => reason)).toContain(
    `no schema for ${group}/v2 Meter`,
  );
  expect(report.checkedBy).toMatchObject([
    { environment: 'edge', from: 'newest', reason: expect.stringContaining('offline') },
    { environment: 'shelf', from: 'newest' },
  ]);
});

const wrong = ['base/meter.yaml:6 invalid-value edge', 'base/meter.yaml:10 unknown-field edge'];

it('tells what the cluster of an environment would refuse, for that environment', async () => {
  const report = await validate();
  expect(told(report)).toEqual(wrong);
  expect(report.findings[0]?.message).toContain('low must not be above high');
  expect(report.checkedBy).toMatchObject([
    { environment: 'edge', from: 'cluster', kubernetes: expect.stringMatching(/^1\.\d+$/) },
    { environment: 'shelf', from: 'newest' },
  ]);
  // The other environment has no cluster to ask: there it is not checked.
  expect(report.notChecked).toMatchObject([{ environment: 'shelf' }]);
});

it('says the same without the cluster afterwards, and by what', async () => {
  const report = await validate('--offline');
  expect(told(report)).toEqual(wrong);
  expect(report.checkedBy[0]).toMatchObject({
    environment: 'edge',
    from: 'kept',
    asked: expect.stringMatching(/^\d{4}-/),
    reason: expect.stringContaining('offline'),
  });
});

it('tells a version that the cluster does not serve', async () => {
  writeFileSync(join(repository, 'base/meter.yaml'), meter('v1', '  unit: m3'));
  const report = await validate();
  expect(told(report)).toEqual(['base/meter.yaml:1 unknown-kind edge']);
  expect(report.findings[0]?.message).toContain(`use ${group}/v2`);
});

it('imports all of a cluster, for repositories that name none', async () => {
  const env = { KUBECONFIG: kubeconfig, XDG_CACHE_HOME: join(folder, 'other-cache') };
  const other = join(folder, 'other');
  mkdirSync(other);
  writeFileSync(join(other, 'meter.yaml'), meter('v2', '  unit: 3'));
  const args = ['-C', other, '--format', 'json'];
  const imported = await driftline(['schemas', 'import', '--context', 'admin', ...args], { env });
  expect(JSON.parse(imported.stdout).imported).toContainEqual({
    apiVersion: `${group}/v2`,
    kind: 'Meter',
  });
  const ran = await driftline(['validate', '--offline', ...args], { env });
  expect(told(JSON.parse(ran.stdout) as Report)).toEqual([
    expect.stringContaining('meter.yaml:7 wrong-type'),
  ]);
});
