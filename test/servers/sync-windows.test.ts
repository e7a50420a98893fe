import { setTimeout as wait } from 'node:timers/promises';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { deniedByWindow } from '../../src/core/engines/argocd/sync-windows.ts';
import type { JsonObject } from '../../src/core/model/resource.ts';
import { applyOn, kubectlOn } from './kubectl.ts';
import { argo } from './servers.ts';

// That sync windows are read as Argo CD reads them: its API server is asked whether a person may sync.

let cd: Awaited<ReturnType<typeof argo>>;
beforeAll(async () => {
  cd = await argo();
}, 300_000);

const now = new Date();
const minute = ['0', '*', '*/5', '0,30', '10-40', '5/10', '59', String(now.getUTCMinutes())];
const hour = ['*', '*/2', '0', '22', '8-17', '0,12', String(now.getUTCHours())];
const day = ['*', '*', '*', '1', '1-15', '*/3', '?', '31', String(now.getUTCDate())];
const month = ['*', '*', '*', 'JAN', 'nov', '1-6', String(now.getUTCMonth() + 1)];
const weekday = ['*', '*', '*', 'MON-FRI', '0', 'sat,sun', '?', String(now.getUTCDay())];
const zones = ['', 'UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Nowhere/Land'];
const globs = [['*'], ['sh*'], ['other'], ['{shop,x}-*'], ['s?op-*'], ['[!s]*'], ['x', '*-eu'], []];

const schedule = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .tuple(...[minute, hour, day, month, weekday].map(list => fc.constantFrom(...list)))
      .map(fields => fields.join(' ')),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '0 9 * *',
      'at dawn',
      '60 * * * *',
      '@daily',
      '0 9 * * 7',
      '0 9 L * *',
    ),
  },
);
const window = fc.record(
  {
    kind: fc.constantFrom('allow', 'deny'),
    schedule,
    duration: fc.constantFrom('1m', '30m', '1h30m', '12h', '24h', '72h', '2.5h', '740h'),
    applications: fc.constantFrom(...globs),
    manualSync: fc.boolean(),
    namespaces: fc.constantFrom(...globs),
    clusters: fc.constantFrom(['https://*'], ['in-cluster']),
    andOperator: fc.boolean(),
    timeZone: fc.constantFrom(...zones),
  },
  { requiredKeys: ['kind', 'schedule', 'duration', 'applications'] },
);

it('sync windows let a person sync exactly where Argo CD says so', async () => {
  const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
  const drawn = fc.sample(fc.array(window, { minLength: 1, maxLength: 3 }), { seed, numRuns: 60 });
  const cases = drawn.map((windows, index) => {
    const name = `shop-${index}-eu`;
    const metadata = { name, namespace: cd.namespace };
    return { name, ...objectsOf(metadata, windows as unknown as JsonObject[]) };
  });
  await applyOn(
    cd.plane,
    cases.flatMap(({ project, application }) => [project, application]),
  );
  const different: string[] = [];
  const found = { allowed: 0, denied: 0, invalid: 0 };
  const asked = cases.map(async ({ name, project, application }) => {
    const ours = () => verdictOf(deniedByWindow(project, application, new Date()));
    const before = ours();
    const theirs = await askArgo(name);
    found[theirs] += 1;
    // A window that opened or closed in between proves nothing.
    if (before === ours() && before !== theirs)
      different.push(`${theirs}, not ${before}: ${JSON.stringify(project.spec.syncWindows)}`);
  });
  await Promise.all(asked);
  expect(different, `seed ${seed}`).toEqual([]);
  expect(Math.min(...Object.values(found)), JSON.stringify(found)).toBeGreaterThan(0);
  const names = cases.map(({ name }) => name);
  const deletion = ['delete', '-n', cd.namespace, '--wait=false'];
  await kubectlOn(cd.plane, [...deletion, 'applications.argoproj.io', ...names]);
  await kubectlOn(cd.plane, [...deletion, 'appprojects.argoproj.io', ...names]);
}, 180_000);

type Verdict = 'allowed' | 'denied' | 'invalid';

function verdictOf(denied: string | undefined): Verdict {
  if (denied === undefined) return 'allowed';
  return denied.includes('cannot be read') ? 'invalid' : 'denied';
}

async function askArgo(name: string): Promise<Verdict> {
  for (const deadline = Date.now() + 20_000; ; await wait(50)) {
    const response = await fetch(`${cd.url}/api/v1/applications/${name}/syncwindows`);
    const answer = (await response.json()) as { canSync?: boolean; message?: string };
    if (answer.message?.includes('invalid sync windows')) return 'invalid';
    if (response.ok) return answer.canSync === true ? 'allowed' : 'denied';
    // It has not heard of the objects yet.
    if (Date.now() > deadline || !/not found|permission denied/.test(answer.message ?? ''))
      throw new Error(`${name}: ${answer.message}`);
  }
}

function objectsOf(metadata: { name: string; namespace: string }, syncWindows: JsonObject[]) {
  const apiVersion = 'argoproj.io/v1alpha1';
  const destination = { server: cd.server, namespace: 'shop-ns-eu' };
  // Nobody compares it.
  const annotations = { 'argocd.argoproj.io/skip-reconcile': 'true' };
  return {
    project: {
      apiVersion,
      kind: 'AppProject',
      metadata,
      spec: {
        sourceRepos: ['*'],
        destinations: [{ namespace: '*', server: '*' }],
        syncWindows,
      },
    },
    application: {
      apiVersion,
      kind: 'Application',
      metadata: { ...metadata, annotations },
      spec: {
        project: metadata.name,
        source: { repoURL: 'https://git.example.test/shop', path: 'app' },
        destination,
      },
    },
  };
}
