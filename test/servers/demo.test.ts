import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { makeDemo } from '../../scripts/demo.ts';
import type { JsonObject } from '../../src/core/model/resource.ts';
import { driftline } from '../cli/run.ts';
import { apply, kubectl } from './plane.ts';

// The whole walk on a real API server: apply the demo, edit it by hand, see exactly that, revert, see none.

const { kubeconfig } = inject('plane');
const folder = mkdtempSync(join(tmpdir(), 'driftline-demo-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let repository: string;

interface Rendered {
  application: string;
  object: { kind: string; namespace: string; name: string };
  value: JsonObject;
}

interface Drifted {
  object: { kind: string; namespace: string; name: string };
  state: string;
  reason?: string;
  paths: {
    path: string;
    kind: string;
    desired: unknown;
    live: unknown;
    by: { manager: string; operation: string }[];
    source: { file: string; line: number };
  }[];
}

const cli = (...args: string[]) =>
  driftline([...args, '-C', repository, '-e', 'production'], { env: { KUBECONFIG: kubeconfig } });

/** Everything that is not in sync, and the exit code. */
async function drift(): Promise<{ status: number | null; objects: Drifted[]; synced: number }> {
  const ran = await cli('drift', '--format', 'json');
  if (ran.stdout === '') throw new Error(ran.stderr);
  const [production] = JSON.parse(ran.stdout).environments;
  return { status: ran.status, objects: production.objects, synced: production.counts.synced };
}

const named = ({ object, state }: Drifted) => `${object.kind} ${object.name} ${state}`;

beforeAll(async () => {
  ({ repository } = await makeDemo(folder));
  const config = join(repository, 'driftline.yaml');
  const { metadata } = JSON.parse(await kubectl(['get', 'namespace', 'kube-system', '-o', 'json']));
  const cluster = `cluster: { context: admin, uid: ${metadata.uid} }`;
  writeFileSync(
    config,
    readFileSync(config, 'utf8').replace('cluster: { snapshot: live/production.yaml }', cluster),
  );
  const rendered = await cli('render', '--format', 'json');
  if (rendered.stdout === '') throw new Error(rendered.stderr);
  const objects = JSON.parse(rendered.stdout).objects as Rendered[];
  const isFirst = ({ object }: Rendered) =>
    object.kind === 'CustomResourceDefinition' || object.kind === 'Namespace';
  await applyAll(objects.filter(isFirst));
  await kubectl(['wait', '--for=condition=Established', '--timeout=30s', 'crd', '--all']);
  await applyAll(objects.filter(object => !isFirst(object)));
});

/** As Flux' two controllers apply them. */
async function applyAll(objects: Rendered[]): Promise<void> {
  const byManager = Map.groupBy(objects, ({ application }) =>
    application === 'api' ? 'helm-controller' : 'kustomize-controller',
  );
  for (const [manager, group] of byManager)
    await apply(group.map(withNamespace), `--field-manager=${manager}`, '--force-conflicts');
}

function withNamespace({ object, value }: Rendered): JsonObject {
  if (object.namespace === '') return value;
  return { ...value, metadata: { ...(value.metadata as JsonObject), namespace: object.namespace } };
}

describe('the demo on a real kube-apiserver', () => {
  it('is in sync right after it was applied', async () => {
    const { status, objects, synced } = await drift();
    expect(objects.map(named)).toEqual([]);
    expect(synced).toBeGreaterThan(10);
    expect(status).toBe(0);
  });

  it('shows exactly what was edited by hand, by whom and on which line; reverted, nothing', async () => {
    const web = ['-n', 'shop', 'deployment/web'];
    await kubectl(['scale', ...web, '--replicas=7']);
    await kubectl(['set', 'image', ...web, 'web=registry.example/shop/web:hotfix']);
    const patch = '{"data":{"LOG_LEVEL":"trace"}}';
    const manager = '--field-manager=kubectl-edit';
    await kubectl(['patch', '-n', 'shop', 'configmap/web-config', '-p', patch, manager]);
    await kubectl(['delete', '-n', 'shop', 'poddisruptionbudget/web']);

    const { status, objects } = await drift();
    expect(status).toBe(1);
    expect(objects.map(named).sort()).toEqual([
      'ConfigMap web-config drifted',
      'Deployment web drifted',
      'PodDisruptionBudget web missing',
    ]);
    const deployment = objects.find(({ object }) => object.kind === 'Deployment');
    expect(deployment?.paths.map(({ path, live }) => [path, live])).toEqual([
      ['.spec.replicas', 7],
      ['.spec.template.spec.containers[name="web"].image', 'registry.example/shop/web:hotfix'],
    ]);
    expect(deployment?.paths[1]?.by[0]?.manager).toBe('kubectl-set');
    const overlay = 'apps/web/overlays/production';
    expect(deployment?.paths.map(({ source }) => source.file)).toEqual([
      `${overlay}/replicas.yaml`,
      `${overlay}/kustomization.yaml`,
    ]);
    const config = objects.find(({ object }) => object.kind === 'ConfigMap');
    expect(config?.paths).toMatchObject([
      {
        path: '.data.LOG_LEVEL',
        kind: 'changed',
        live: 'trace',
        by: [{ manager: 'kubectl-edit' }],
      },
    ]);

    const rendered = JSON.parse((await cli('render', '--format', 'json')).stdout);
    await applyAll(rendered.objects.filter((each: Rendered) => each.application === 'web'));
    expect(await drift()).toMatchObject({ status: 0, objects: [] });
  });

  it('compares nothing when the context leads to another cluster than the pinned one', async () => {
    const config = join(repository, 'driftline.yaml');
    const text = readFileSync(config, 'utf8');
    writeFileSync(config, text.replace(/uid: \S+/, 'uid: 00000000-0000-0000-0000-000000000000'));
    const ran = await cli('drift');
    writeFileSync(config, text);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain('00000000-0000-0000-0000-000000000000');
    expect(ran.stdout).not.toContain('missing');
  });

  it('says the same from a snapshot that it takes', async () => {
    const taken = await cli('snapshot', '-o', join(repository, 'live', 'taken.json'));
    expect(taken.status).toBe(0);
    const config = join(repository, 'driftline.yaml');
    const text = readFileSync(config, 'utf8');
    writeFileSync(
      config,
      text.replace(/cluster: \{ context[^}]*\}/, 'cluster: { snapshot: live/taken.json }'),
    );
    const { status, objects, synced } = await drift();
    writeFileSync(config, text);
    expect(objects.map(named)).toEqual([]);
    expect(synced).toBeGreaterThan(10);
    expect(status).toBe(0);
    const saved = readFileSync(join(repository, 'live', 'taken.json'), 'utf8');
    const secret = await kubectl(['get', '-n', 'shop', 'secret/web-session', '-o', 'json']);
    for (const value of Object.values(JSON.parse(secret).data)) expect(saved).not.toContain(value);
  });
});
