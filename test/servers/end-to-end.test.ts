import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { makeDemo } from '../../scripts/demo.ts';
import type { JsonObject } from '../../src/core/model/resource.ts';
import { driftline } from '../cli/run.ts';
import { apply, kubectl } from './plane.ts';

// The product's sentence, on a real server: deploy the demo's production as Flux does, change it by
// hand, see exactly that, deploy again, see nothing.

let repository: string;

beforeAll(async () => {
  repository = mkdtempSync(join(tmpdir(), 'driftline-demo-'));
  await makeDemo(repository);
  const uid = await kubectl(['get', 'namespace', 'kube-system', '-o', 'jsonpath={.metadata.uid}']);
  const file = join(repository, 'driftline.yaml');
  const text = readFileSync(file, 'utf8');
  const changed = text.replace(
    /\{ snapshot: live\/production\.yaml \}/,
    `{ context: admin, uid: ${uid} }`,
  );
  expect(changed).not.toBe(text);
  writeFileSync(file, changed);
});

afterAll(async () => {
  rmSync(repository, { recursive: true });
  await kubectl([
    'delete',
    'namespace',
    'shop',
    'flux-system',
    '--wait=false',
    '--ignore-not-found',
  ]);
});

const ask = (...args: string[]) =>
  driftline([...args, '-C', repository, '-e', 'production', '--format', 'json'], {
    env: { KUBECONFIG: inject('plane').kubeconfig },
  });

interface Rendered {
  application: string;
  object: { kind: string };
  value: JsonObject;
}

/** Applies what git says as the controllers of Flux do: with their names, and by force. */
async function deploy(): Promise<void> {
  const ran = await ask('render');
  const { objects } = JSON.parse(ran.stdout) as { objects: Rendered[] };
  const isFirst = ({ object }: Rendered) =>
    ['Namespace', 'CustomResourceDefinition'].includes(object.kind);
  const applied = async (some: Rendered[], manager: string) => {
    const values = some.map(({ value }) => value);
    await apply(values, '--force-conflicts', `--field-manager=${manager}`);
  };
  await applied(objects.filter(isFirst), 'kustomize-controller');
  await kubectl(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=30s']);
  const rest = objects.filter(item => !isFirst(item));
  await applied(
    rest.filter(({ application }) => application !== 'api'),
    'kustomize-controller',
  );
  const release = rest.filter(({ application }) => application === 'api');
  await applied(release.map(asHelmDoes), 'helm-controller');
}

/** Helm and helm-controller mark what they make. */
function asHelmDoes(item: Rendered): Rendered {
  const metadata = item.value.metadata as JsonObject;
  const marked = {
    ...metadata,
    namespace: 'shop',
    labels: {
      ...(metadata.labels as JsonObject),
      'app.kubernetes.io/managed-by': 'Helm',
      'helm.toolkit.fluxcd.io/name': 'api',
      'helm.toolkit.fluxcd.io/namespace': 'shop',
    },
    annotations: {
      ...(metadata.annotations as JsonObject),
      'meta.helm.sh/release-name': 'api',
      'meta.helm.sh/release-namespace': 'shop',
    },
  };
  return { ...item, value: { ...item.value, metadata: marked } };
}

interface Report {
  environments: {
    counts: Record<string, number>;
    objects: {
      object: { kind: string; name: string };
      state: string;
      paths: { path: string; kind: string; desired: unknown; live: unknown; by: object[] }[];
    }[];
  }[];
}

/** Exit code, and what is not in sync: `Kind/name state` with the changed paths. */
async function drift() {
  const ran = await ask('drift');
  const report = JSON.parse(ran.stdout || '{}') as Report;
  const [production] = report.environments ?? [];
  const found = (production?.objects ?? []).map(({ object, state, paths }) => [
    `${object.kind}/${object.name} ${state}`,
    ...paths.map(({ path, live }) => `${path} = ${JSON.stringify(live)}`),
  ]);
  return { status: ran.status, found: found.toSorted(), counts: production?.counts ?? {}, ran };
}

async function expectNone(): Promise<void> {
  const { status, found, counts, ran } = await drift();
  expect(found, ran.stderr).toEqual([]);
  expect(status).toBe(0);
  expect(counts.synced).toBeGreaterThan(15);
}

it('shows exactly what was changed by hand, and nothing before and after', async () => {
  await deploy();
  await expectNone();

  const inShop = (...args: string[]) => kubectl([...args, '--namespace', 'shop']);
  await inShop('scale', 'deployment', 'web', '--replicas=5');
  await inShop('set', 'image', 'deployment/web', 'web=registry.example/shop/web:hotfix');
  await inShop('patch', 'configmap', 'web-config', '-p', '{"data":{"LOG_LEVEL":"debug"}}');
  await inShop('patch', 'service', 'api', '-p', '{"spec":{"sessionAffinity":"ClientIP"}}');
  await inShop('label', 'deployment', 'api', 'team=shop');
  await inShop('delete', 'poddisruptionbudget', 'web');
  const secret = { stringData: { SESSION_KEY: 'somebody-changed-it' } };
  await inShop('patch', 'secret', 'web-session', '-p', JSON.stringify(secret));
  const { status, found, ran } = await drift();
  expect(status).toBe(1);
  expect(found).toEqual([
    ['ConfigMap/web-config drifted', '.data.LOG_LEVEL = "debug"'],
    [
      'Deployment/web drifted',
      '.spec.replicas = 5',
      '.spec.template.spec.containers[name="web"].image = "registry.example/shop/web:hotfix"',
    ],
    ['PodDisruptionBudget/web missing'],
    ['Secret/web-session drifted', '.data.SESSION_KEY = "••• (changed)"'],
  ]);
  expect(`${ran.stdout}${ran.stderr}`).not.toContain('somebody-changed-it');

  await deploy();
  await expectNone();
});

it('finds the same drift in a snapshot of it', async () => {
  await kubectl(['scale', 'deployment', 'web', '--replicas=7', '--namespace', 'shop']);
  const file = join(repository, 'live', 'now.json');
  const taken = await driftline(['snapshot', '-C', repository, '-e', 'production', '-o', file], {
    env: { KUBECONFIG: inject('plane').kubeconfig },
  });
  expect(taken.status, taken.stderr).toBe(0);
  expect(readFileSync(file, 'utf8')).not.toContain(
    Buffer.from('not-a-secret-just-a-demo').toString('base64'),
  );
  const onServer = await drift();
  const settings = join(repository, 'driftline.yaml');
  const text = readFileSync(settings, 'utf8');
  writeFileSync(settings, text.replace(/\{ context: admin.*\}/, '{ snapshot: live/now.json }'));
  const offline = await drift();
  expect(offline.found).toEqual(onServer.found);
  expect(offline.found).toEqual([['Deployment/web drifted', '.spec.replicas = 7']]);
  expect(offline.status).toBe(1);
});
