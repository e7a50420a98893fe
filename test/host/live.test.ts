import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFailed, test } from 'vitest';
import { fleetObjects, writeFleet } from '../../scripts/bench/live/fleet.ts';
import { Hand } from '../../scripts/bench/live/server.ts';
import { FaultProxy, writeKubeconfig } from '../servers/fault-proxy.ts';
import { type StartedPlane, startControlPlane } from '../servers/start.ts';
import { type MeasuredWindow, openMeasuredWindow } from './measured-window.ts';

// A live cluster of 1,000 objects in the real editor.

const applications = 100;
const file = 'apps/app-97.yaml';
/** The ten objects of that file. */
const looksAt = fleetObjects(applications).filter(each => each.file === file);

let folder: string;
let started: StartedPlane;
let proxy: FaultProxy;
let hand: Hand;
let editor: MeasuredWindow;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'driftline-live-'));
  started = await startControlPlane(() => {}, {}, { controllers: false });
  hand = new Hand(started.plane, 16);
  await hand.createNamespace();
  await hand.apply(fleetObjects(applications), 'kubectl');
  await hand.apply(fleetObjects(applications).slice(-400), 'by-hand', 2);
  await writeFleet(join(folder, 'fleet'), applications);
  proxy = await FaultProxy.before(started.plane);
  const kubeconfig = join(folder, 'kubeconfig');
  writeKubeconfig(kubeconfig, started.plane, proxy.url);
  editor = await openMeasuredWindow({
    folder: join(folder, 'fleet'),
    file,
    env: { KUBECONFIG: kubeconfig },
  });
});

afterAll(async () => {
  await editor?.close();
  hand?.close();
  await proxy?.close();
  await started?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** As a screen reader says it. */
const environment = () => editor.window.tree().then(([first]) => first?.spoken ?? '');

test('what the person looks at is asked about first', async () => {
  onTestFailed(() => editor.window.screenshot('dist/screenshots/failed/visible.png'));
  await editor.window.environments();
  await expect.poll(environment, { timeout: 60_000 }).toMatch(/\b400 drifted/);
  const tried = () =>
    proxy.asked
      .filter(({ method, query }) => method === 'PATCH' && query.get('dryRun') === 'All')
      .map(({ path }) => path.split('/').slice(-2).join('/'));
  await expect.poll(() => new Set(tried()).size, { timeout: 60_000 }).toBe(400);
  // Sixteen are prepared at a time, each as long as it takes.
  const first = new Set(tried().slice(0, 32));
  const others = looksAt.filter(({ kind, name }) => !first.has(`${kind.toLowerCase()}s/${name}`));
  expect(others).toEqual([]);
});

test('a thousand events within a second are all shown', async () => {
  onTestFailed(() => editor.window.screenshot('dist/screenshots/failed/live.png'));
  proxy.hold();
  await hand.apply(fleetObjects(applications), 'by-hand', 3);
  await expect.poll(() => proxy.waiting, { timeout: 20_000 }).toBe(1000);
  expect(await environment()).toMatch(/\b400 drifted/);
  await editor.begin();
  const start = performance.now();
  const { events, milliseconds } = await proxy.release(1000);
  expect(events).toBe(1000);
  await expect.poll(environment, { timeout: 60_000 }).toMatch(/\b1,?000 drifted/);
  const shown = performance.now() - start;
  const markers = async () =>
    (await editor.window.markers()).map(({ marker }) => marker).join('\n');
  await expect.poll(markers, { timeout: 20_000 }).toMatch(/debug-3/);
  expect(await markers()).not.toMatch(/debug-2/);
  const { longest, computing } = await editor.end();
  process.stderr.write(
    `1,000 events within ${milliseconds.toFixed(0)} ms, all shown ${(shown - milliseconds).toFixed(0)} ms after the last; the extension host was blocked for ${longest.toFixed(0)} ms at most, ${computing.toFixed(0)} ms of it computing\n`,
  );
});
