import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { driftline } from '../cli/run.ts';
import { applyOn, kubectlOn } from './kubectl.ts';
import { type StartedPlane, startControlPlane } from './start.ts';
import { configMap, manifests } from './sync-harness.ts';
import { WorkRepository } from './work-repository.ts';

// The audit log of a real API server: who changed what in the cluster is told by name.

const namespace = 'shop';
const logs = mkdtempSync(join(tmpdir(), 'driftline-audit-'));
const file = join(logs, 'audit.log');
let started: StartedPlane;
let work: WorkRepository;

beforeAll(async () => {
  const policy = join(logs, 'policy.yaml');
  writeFileSync(
    policy,
    'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{ level: Metadata }]\n',
  );
  const flags = { 'audit-log-path': file, 'audit-policy-file': policy };
  started = await startControlPlane(() => {}, flags, { controllers: false });
  work = await WorkRepository.create({
    'driftline.yaml': `version: 1
environments:
- name: production
  source: { path: app }
  namespace: ${namespace}
  cluster: { context: admin }
`,
    'app/all.yaml': manifests(
      configMap('settings', { level: 'info', kept: 'a' }),
      configMap('other', { level: 'info', kept: 'a' }),
      configMap('third', { level: 'info', kept: 'a' }),
    ),
  });
});
afterAll(async () => {
  work?.remove();
  await started?.stop();
  rmSync(logs, { recursive: true });
});

it('names who changed an object, and how', async () => {
  const { plane } = started;
  const run = (...args: string[]) => kubectlOn(plane, [...args, '-n', namespace]);
  await applyOn(plane, [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }]);
  const declared = ['settings', 'other', 'third'].map(name =>
    configMap(name, { level: 'info', kept: 'a' }, namespace),
  );
  await applyOn(plane, declared, '--server-side', '--field-manager=driftline');
  // Times in managedFields are of whole seconds.
  await wait(1100);
  const patch = ['--type=merge', '-p', '{"data":{"level":"debug"}}'];
  const edit = (name: string, ...more: string[]) =>
    run('patch', 'configmap', name, ...patch, ...more);
  await edit('settings', '--field-manager=kubectl-edit');
  await edit('other', '--as=alice', '--as-group=system:masters');
  const asked = async (...more: string[]) => {
    const { stdout, stderr } = await driftline(
      ['drift', '-C', work.folder, '--format', 'json', ...more],
      { env: { KUBECONFIG: plane.kubeconfig } },
    );
    expect(stderr).toBe('');
    const { environments } = JSON.parse(stdout);
    return Object.fromEntries(
      environments[0].objects.map(
        ({ object, paths }: { object: { name: string }; paths: { cause?: object }[] }) => [
          object.name,
          paths[0]?.cause,
        ],
      ),
    );
  };
  const kind = 'changed-in-cluster';
  expect(await asked()).toEqual({ settings: { kind }, other: { kind } });
  const at = String.raw`at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\.$`;
  // The dry-runs of the first time stand in the log, too.
  expect(await asked('--audit-log', `admin=${file}`)).toEqual({
    settings: {
      kind,
      reason: expect.stringMatching(`^Audit log: admin patched it with kubectl/\\S+ ${at}`),
    },
    other: {
      kind,
      reason: expect.stringMatching(
        `^Audit log: alice \\(as whom admin acted\\) patched it with kubectl/\\S+ ${at}`,
      ),
    },
  });
  // Of another context's cluster it says nothing.
  expect(await asked('--audit-log', `viewer=${file}`)).toEqual({
    settings: { kind },
    other: { kind },
  });
}, 60_000);
