import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { commit, startRepository, takenAt } from '../demo.ts';
import { history } from './history.ts';

/*
 * Makes the snapshots of `demo/fixtures/live` from real clusters: Flux deploys the demo repository
 * to both as it grows, and people then change production by hand. Run it again when the demo
 * repository changes:
 *
 *   node scripts/demo/capture.ts STAGING-KUBECONFIG PRODUCTION-KUBECONFIG FOLDER
 *
 * Both need an empty control plane with Flux' CRDs and its source, kustomize and helm controllers,
 * whose git reads `ssh://git@git.example/shop/shop` from FOLDER (`url.FOLDER.insteadOf`); FOLDER
 * must not exist.
 */

/** What happens, and how long before the snapshot it happened as far as the demo is concerned. */
interface Phase {
  ago: string;
  happen(): Promise<unknown>;
}

const [stagingConfig = '', productionConfig = '', folder = ''] = process.argv.slice(2);
const clusters = { staging: stagingConfig, production: productionConfig };
const live = join(import.meta.dirname, 'fixtures/live');
/** Where a source-controller inside the cluster serves its artifacts. */
const artifacts = 'http://source-controller.flux-system.svc.cluster.local.';
const beforeCleanUp = history.findIndex(step => step.remove !== undefined);

const phases: Phase[] = [
  { ago: '40d', happen: () => eachCluster(bootstrap) },
  { ago: '26h', happen: advance },
  {
    ago: '3h20m',
    happen: () =>
      production(
        'patch',
        'kustomization',
        'web',
        '--namespace=flux-system',
        '--type=merge',
        '--field-manager=flux',
        '--patch={"spec":{"suspend":true}}',
      ),
  },
  { ago: '3h', happen: () => production('scale', 'deployment', 'web', '--replicas=5') },
  {
    ago: '2h50m',
    happen: () =>
      production('set', 'image', 'deployment/web', 'web=registry.example/shop/web:1.8.3-hotfix'),
  },
  {
    ago: '2h35m',
    happen: () => edit('configmap/web-config', 's/LOG_LEVEL: info/LOG_LEVEL: debug/'),
  },
  {
    ago: '2h30m',
    happen: () => edit('deployment/api', '/- name: LOG_LEVEL/{N;h;d};/- name: DATABASE_HOST/{n;G}'),
  },
  { ago: '95m', happen: () => production('delete', 'pdb', 'web') },
  {
    ago: '40m',
    happen: () =>
      production(
        'patch',
        'secret',
        'web-session',
        '--field-manager=rotate-job',
        '--type=merge',
        '--patch={"stringData":{"SESSION_KEY":"rotated-and-still-just-a-demo"}}',
      ),
  },
  { ago: '1m', happen: () => sleep(1000) },
];

const started: { real: number; shown: number }[] = [];
for (const { ago, happen } of phases) {
  await sleep(2100 - (Date.now() % 1000));
  started.push({
    real: Math.floor(Date.now() / 1000) * 1000,
    shown: Date.parse(takenAt) - duration(ago),
  });
  await happen();
}
await mkdir(live, { recursive: true });
await eachCluster(async name => {
  const text = (await snapshot(name)).replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, artifacts);
  await writeFile(join(live, `${name}.yaml`), retimed(text));
});

async function eachCluster(act: (name: keyof typeof clusters) => Promise<unknown>): Promise<void> {
  await Promise.all([act('staging'), act('production')]);
}

async function kubectl(name: keyof typeof clusters, args: string[], env = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(process.env.KUBECTL ?? 'kubectl', args, {
    env: { ...process.env, KUBECONFIG: clusters[name], ...env },
    maxBuffer: 64 << 20,
  });
  return stdout;
}

function production(...args: string[]): Promise<string> {
  const scoped = args.some(arg => arg.startsWith('--namespace'))
    ? args
    : [...args, '--namespace=shop'];
  return kubectl('production', scoped);
}

/** `kubectl edit`, with sed for an editor. */
async function edit(object: string, script: string): Promise<void> {
  await kubectl('production', ['edit', object, '--namespace=shop'], {
    KUBE_EDITOR: `sed -i -e '${script}'`,
  });
}

/** As `flux bootstrap` does it, before the maintenance page was taken out of git. */
async function bootstrap(name: keyof typeof clusters): Promise<void> {
  if (name === 'staging') {
    await mkdir(folder);
    await startRepository(folder);
    for (const step of history.slice(0, beforeCleanUp)) await commit(folder, step);
  } else await sleep(2000);
  const system = join(folder, 'clusters', name, 'flux-system');
  const apply = (file: string) =>
    kubectl(name, [
      'apply',
      '--server-side',
      '--force-conflicts',
      '--field-manager=flux',
      '-f',
      join(system, file),
    ]);
  await apply('gotk-components.yaml');
  await kubectl(name, [
    'create',
    'secret',
    'generic',
    'flux-system',
    '--namespace=flux-system',
    '--from-literal=identity=none',
  ]);
  await apply('gotk-sync.yaml');
  await ready(name);
}

async function advance(): Promise<void> {
  for (const step of history.slice(beforeCleanUp)) await commit(folder, step);
  await eachCluster(async name => {
    const asked = `reconcile.fluxcd.io/requestedAt=${new Date().toISOString()}`;
    await kubectl(name, [
      'annotate',
      '--overwrite',
      '--field-manager=flux',
      '--namespace=flux-system',
      'gitrepository/flux-system',
      asked,
    ]);
    await sleep(5000);
    await ready(name);
    await sleep(15_000);
    await ready(name);
  });
}

async function ready(name: keyof typeof clusters): Promise<void> {
  const wait = (object: string, namespace: string) =>
    kubectl(name, [
      'wait',
      '--for=condition=Ready',
      '--timeout=5s',
      `--namespace=${namespace}`,
      object,
    ]);
  for (let attempt = 1; ; attempt += 1)
    try {
      await wait('kustomization/flux-system', 'flux-system');
      await wait('kustomization/web', 'flux-system');
      await wait('helmrelease/api', 'shop');
      return;
    } catch (error) {
      if (attempt === 12) throw error;
      await sleep(3000);
    }
}

async function snapshot(name: keyof typeof clusters): Promise<string> {
  const get = (...args: string[]) =>
    kubectl(name, ['get', '--output=yaml', '--show-managed-fields', ...args]);
  const crds = [
    'gitrepositories.source',
    'helmcharts.source',
    'kustomizations.kustomize',
    'helmreleases.helm',
  ];
  const lists = [
    await get('namespaces'),
    await get('customresourcedefinitions', ...crds.map(crd => `${crd}.toolkit.fluxcd.io`)),
    await get('--namespace=flux-system', 'gitrepositories,helmcharts,kustomizations'),
    await get(
      '--namespace=shop',
      'configmaps,secrets,services,deployments,poddisruptionbudgets,helmreleases',
    ),
  ];
  return lists.join('---\n');
}

/**
 * Every time as the demo tells it: that of its phase, and as long after its beginning as it was.
 */
function retimed(text: string): string {
  return text.replaceAll(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, time => {
    const real = Date.parse(time);
    const phase = started.findLast(({ real: begin }) => begin <= real) ?? started[0];
    if (!phase) return time;
    return new Date(phase.shown + Math.max(real - phase.real, 0))
      .toISOString()
      .replace(/\.\d+/, '');
  });
}

function duration(text: string): number {
  const units: Record<string, number> = { d: 86_400_000, h: 3_600_000, m: 60_000 };
  return [...text.matchAll(/(\d+)([dhm])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ''] ?? 0),
    0,
  );
}
