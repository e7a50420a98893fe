import { beforeAll, describe, expect, it } from 'vitest';
import { folderWith } from './fixtures.ts';
import { driftline } from './run.ts';

const deployment = [
  'apiVersion: apps/v1',
  'kind: Deployment',
  'metadata: { name: web }',
  'spec:',
  '  # driftline-ignore no-spread: one node only',
  '  replicas: 2',
  '  selector: { matchLabels: { app: web } }',
  '  template:',
  '    metadata: { labels: { app: web } }',
  '    spec:',
  '      containers:',
  '      - name: app',
  '        image: acme/app # driftline-ignore unpinned-image: built here',
  '        securityContext: { privileged: true } # driftline-ignore bad-enum: left over',
];
const budget = [
  'apiVersion: policy/v1',
  'kind: PodDisruptionBudget',
  'metadata: { name: web }',
  'spec: { maxUnavailable: 1, selector: { matchLabels: { app: web } } }',
];
const config = [
  'version: 1',
  'environments:',
  '- { name: test, source: { path: overlays/test }, kubernetes: "1.33" }',
  '- { name: live, source: { path: overlays/live }, kubernetes: "1.33" }',
  'validate:',
  '  rules:',
  '    no-spread: error',
  '    unpinned-image: warning',
  '    privileged-container: error',
  '    no-disruption-budget: warning',
  '  ignore:',
  '  - rule: privileged-container',
  '    paths: [base]',
  '    reason: it loads a module of the kernel',
];
const text = (lines: string[]) => `${lines.join('\n')}\n`;

describe('rules and what is left out, on the command line', () => {
  let folder: string;
  beforeAll(() => {
    folder = folderWith({
      'driftline.yaml': text(config),
      'base/web.yaml': text(deployment),
      'base/kustomization.yaml': text(['resources: [web.yaml]']),
      'overlays/test/kustomization.yaml': text(['resources: [../../base]']),
      'overlays/live/kustomization.yaml': text(['resources: [../../base, budget.yaml]']),
      'overlays/live/budget.yaml': text(budget),
    });
  });

  async function validated(...more: string[]) {
    const args = ['validate', '-C', folder, '--offline', ...more, '--format', 'json'];
    const { stdout, status } = await driftline(args);
    return { status, ...JSON.parse(stdout) };
  }

  it('finds what driftline.yaml turns on, in the environments where it is so', async () => {
    const { findings, status } = await validated();
    expect(
      findings.map(
        ({ file, line, rule, severity, environments }: Record<string, unknown>) =>
          `${file}:${line} ${severity} ${rule} ${environments}`,
      ),
    ).toEqual([
      'base/web.yaml:6 warning no-disruption-budget test',
      'base/web.yaml:14 information unused-suppression ',
    ]);
    expect(status).toBe(0);
  });

  it('counts what comments in the base and driftline.yaml leave out', async () => {
    const { suppressed } = await validated();
    expect(suppressed).toMatchObject({ error: 2, warning: 1, information: 0 });
    expect(
      suppressed.findings.map(
        ({ line, rule, by, reason }: Record<string, unknown>) => `${line} ${rule} ${by}: ${reason}`,
      ),
    ).toEqual([
      '6 no-spread comment: one node only',
      '13 unpinned-image comment: built here',
      '14 privileged-container driftline.yaml: it loads a module of the kernel',
    ]);
  });

  it('calls no comment unused where only some environments are looked at', async () => {
    const { findings } = await validated('-e', 'live');
    expect(findings).toEqual([]);
  });

  it('lists and explains rules, without a repository', async () => {
    const list = await driftline(['rules'], { cwd: '/' });
    expect(list.status).toBe(0);
    expect(list.stdout).toMatch(/^error\n {2}[a-z]/);
    expect(list.stdout).toMatch(/\n\noff\n/);
    for (const line of list.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    const one = await driftline(['rules', 'no-spread']);
    expect(one.stdout).toContain('How to mend it');
    const wrong = await driftline(['rules', 'no-spred']);
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toContain('Did you mean no-spread?');
    const { rules } = JSON.parse((await driftline(['rules', '--format', 'json'])).stdout);
    expect(rules.find(({ id }: { id: string }) => id === 'no-spread')).toMatchObject({
      level: 'off',
      title: 'Several replicas that may all run on one node',
    });
  });
});
