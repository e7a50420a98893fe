import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ControlPlane, startControlPlane } from '../../../test/servers/start.ts';
import { median } from '../table.ts';
import { editedObjects, firstTime } from './cold.ts';
import { type EditorBurst, editorBurst } from './editor-burst.ts';
import {
  type FleetObject,
  fleetObjects,
  namespace,
  objectsPerApplication,
  writeFleet,
} from './fleet.ts';
import { Hand } from './server.ts';
import { EditorSession } from './session.ts';
import { type Latency, markerLatency, spreadObjects } from './watch.ts';

/** What one size of a fleet costs. */
export interface Growth {
  objects: number;
  /** Milliseconds of a cold `driftline drift`, median of three. */
  cold: number;
  /** Megabytes of the server process above its idle size, and of the judge. */
  memory: number;
  judge: number;
  latency: Latency;
  /** 1,000 events within a second, in VS Code; of 10,000 objects only. */
  burst?: EditorBurst;
}

/** How many changes are waited for one by one. */
const latencies = 100;
/** At this size a burst is measured, too. */
export const burstSize = 10_000;

/** Measures fleets of so many objects on one API server without controllers, the smallest first. */
export async function measureGrowth(
  folder: string,
  sizes: readonly number[],
  log: (line: string) => void,
): Promise<Growth[]> {
  const { plane, stop } = await startControlPlane(log, {}, { controllers: false });
  const hand = new Hand(plane, 16);
  try {
    await hand.createNamespace();
    const idle = await idleSize(folder, plane);
    const growth: Growth[] = [];
    let applied = 0;
    for (const objects of sizes) {
      const applications = objects / objectsPerApplication;
      await hand.apply(fleetObjects(applications).slice(applied), 'kubectl');
      // What the size before edited is as git says it again.
      await hand.apply(fleetObjects(applications).slice(0, applied), 'by-hand');
      await hand.apply(editedObjects(applications), 'by-hand', 2);
      applied = objects;
      growth.push(await measure(join(folder, String(objects)), plane, { objects, idle }));
      log(JSON.stringify(growth.at(-1)));
    }
    return growth;
  } finally {
    hand.close();
    await stop();
  }
}

async function measure(
  folder: string,
  plane: ControlPlane,
  { objects, idle }: { objects: number; idle: number },
): Promise<Growth> {
  const applications = objects / objectsPerApplication;
  await writeFleet(folder, applications);
  const cold: number[] = [];
  for (let round = 0; round < 3; round++) cold.push(await firstTime(folder, plane));
  const growth = {
    ...{ objects, cold: median(cold) },
    ...(await measureSession(folder, plane, { applications, idle })),
  };
  if (objects !== burstSize) return growth;
  return { ...growth, burst: await burst(folder, plane, applications) };
}

async function measureSession(
  folder: string,
  plane: ControlPlane,
  { applications, idle }: { applications: number; idle: number },
): Promise<Pick<Growth, 'memory' | 'judge' | 'latency'>> {
  const session = await compared(folder, plane, 50);
  try {
    const { server, judge } = await session.memory();
    const latency = await markerLatency(session, plane, applications, latencies);
    return { memory: server - idle, judge, latency };
  } finally {
    await session.stop();
  }
}

/** What the marker latencies left edited is drifted before. */
function burst(folder: string, plane: ControlPlane, applications: number): Promise<EditorBurst> {
  const objects = fleetObjects(applications).slice(0, 1000);
  const before = [...editedObjects(applications), ...spreadObjects(applications, latencies)];
  const count = (of: readonly FleetObject[]) =>
    new Set(of.map(({ kind, name }) => `${kind} ${name}`)).size;
  const drifted = { before: count(before), after: count([...before, ...objects]) };
  return editorBurst({ folder, plane, objects, edition: 7, drifted });
}

/** The server with a repository of one object, compared with the same cluster. */
async function idleSize(folder: string, plane: ControlPlane): Promise<number> {
  const small = join(folder, 'idle');
  await writeFleet(small, 0);
  await mkdir(join(small, 'apps'), { recursive: true });
  const one = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  await writeFile(join(small, 'apps', 'namespace.yaml'), JSON.stringify(one));
  const session = await compared(small, plane, 0);
  const { server } = await session.memory();
  await session.stop();
  return server;
}

async function compared(
  folder: string,
  plane: ControlPlane,
  drifted: number,
): Promise<EditorSession> {
  const session = await EditorSession.start(folder, plane.kubeconfig);
  await session.until('the comparison', () => {
    const { phase, counts } = session.state?.environments[0] ?? {};
    return phase === 'compared' && counts?.drifted === drifted;
  });
  return session;
}
