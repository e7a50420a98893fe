import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type ControlPlane, startControlPlane } from '../../test/servers/start.ts';
import { buildAll } from '../build.ts';
import { type ColdTimes, coldTimes, editedObjects, kubectl } from './live/cold.ts';
import { fleetObjects, namespace, perApplication, writeFleet } from './live/fleet.ts';
import { burstSize, type Growth, measureGrowth } from './live/growth.ts';
import { growthPlot } from './live/plot.ts';
import { liveReport } from './live/report.ts';
import { Hand } from './live/server.ts';
import { type BenchTable, benchRow, median } from './table.ts';

const rounds = 5;
const applications = 100;
const sizes = [1000, 2000, 5000, burstSize, 20_000];
const root = resolve(import.meta.dirname, '../..');
const plot = 'media/bench/growth.svg';

/**
 * Live clusters of real size, on a real API server: a cold `driftline drift` beside `kubectl diff --server-side` and
 * beside a process that only lists, then a session of the editor over fleets that grow. Writes the table into the
 * README and the plot beside it. Throws when anybody finds other than what was edited.
 */
export async function benchLive(
  log: (line: string) => void = line => process.stderr.write(`${line}\n`),
): Promise<BenchTable[]> {
  await buildAll(log);
  const folder = await mkdtemp(join(tmpdir(), 'driftline-bench-'));
  try {
    const cold = await measureCold(join(folder, 'cold'), log);
    const growth = await measureGrowth(folder, sizes, log);
    await mkdir(join(root, 'media/bench'), { recursive: true });
    await writeFile(join(root, plot), growthPlot(growth));
    await writeReport(liveReport(cold, growth, plot));
    return tables(cold, growth);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function measureCold(folder: string, log: (line: string) => void): Promise<ColdTimes> {
  const { plane, stop } = await startControlPlane(log);
  try {
    const hand = new Hand(plane);
    await hand.createNamespace();
    await hand.apply(fleetObjects(applications), 'kubectl');
    await hand.apply(editedObjects(applications), 'by-hand', 2);
    hand.close();
    await writeFleet(folder, applications);
    await settle(plane);
    log('Applied 1,000 objects and edited 50.');
    return await coldTimes(folder, plane, rounds);
  } finally {
    await stop();
  }
}

/** The controllers make a Pod of every Deployment, which nobody schedules; then it is quiet. */
async function settle(plane: ControlPlane): Promise<void> {
  const pods = ['get', 'pods', '--namespace', namespace, '--output', 'name'];
  const expected = applications * perApplication.Deployment;
  for (let attempt = 0; attempt < 120; attempt++) {
    const { output } = await kubectl(plane, pods);
    if (output.trim().split('\n').length >= expected) break;
    await wait(500);
  }
  await wait(3000);
}

function tables(cold: ColdTimes, growth: readonly Growth[]): BenchTable[] {
  const ours = median(cold.ours);
  const unit = `milliseconds, median of ${rounds}`;
  const what = '1,000 objects, 50 drifted';
  return [
    {
      title: 'driftline drift / kubectl diff --server-side --force-conflicts',
      unit,
      rows: [
        benchRow(what, ours, median(cold.kubectl)),
        benchRow(`${what}, once more`, median(cold.again), median(cold.kubectl)),
        benchRow(`${what}, --concurrency=8`, ours, median(cold.kubectlParallel)),
      ],
    },
    {
      title: 'driftline drift / the bare lists',
      unit,
      rows: [
        benchRow(what, ours, median(cold.lists)),
        benchRow(`${what}, once more`, median(cold.again), median(cold.lists)),
      ],
    },
    {
      title: 'an editor’s session over a live cluster',
      unit: 'megabytes above idle; milliseconds',
      rows: growth.flatMap(({ objects, memory, latency, cold: time }) => [
        benchRow(`${objects} objects: memory`, memory),
        benchRow(`${objects} objects: event to marker, p95`, latency.p95),
        benchRow(`${objects} objects: driftline drift, cold`, time),
      ]),
    },
  ];
}

/** Puts the report between its marks in the README; prints it where there are none. */
async function writeReport(report: string): Promise<void> {
  const file = join(root, 'README.md');
  const text = await readFile(file, 'utf8');
  const marks = /(<!-- bench:live -->\n)[\s\S]*?(<!-- \/bench:live -->)/;
  if (marks.test(text)) await writeFile(file, text.replace(marks, `$1${report}$2`));
  else process.stdout.write(`${report}\n`);
}
