import { setTimeout as wait } from 'node:timers/promises';
import type { ControlPlane } from '../../../test/servers/start.ts';
import { percentile } from '../table.ts';
import { type FleetObject, fleetObjects } from './fleet.ts';
import { Hand } from './server.ts';
import type { EditorSession } from './session.ts';

/** Milliseconds from the answer to a patch to the changed marker. */
export interface Latency {
  median: number;
  p95: number;
  count: number;
}

/** The objects that `markerLatency` edits, spread over the fleet: all kinds in turn. */
export function spreadObjects(applications: number, count: number): FleetObject[] {
  const objects = fleetObjects(applications);
  // An application's objects are a multiple of ten.
  const step = Math.floor(objects.length / count) + 1;
  return Array.from(
    { length: count },
    (_, index) => objects[(index * step) % objects.length] as FleetObject,
  );
}

/** Edits objects one after the other, spread over the fleet, and waits for each marker. */
export async function markerLatency(
  session: EditorSession,
  plane: ControlPlane,
  applications: number,
  count: number,
): Promise<Latency> {
  const chosen = spreadObjects(applications, count);
  const files = [...new Set(chosen.map(({ file }) => file))];
  for (const file of files) await session.open(file);
  await wait(1000);
  const hand = new Hand(plane, 1);
  const times: number[] = [];
  for (const [index, object] of chosen.entries()) {
    const edition = 100 + index;
    const before = session.markers(object.file);
    await hand.applyOne(object, 'by-hand', edition);
    const start = performance.now();
    const isMarked = () => {
      const markers = session.markers(object.file);
      // A marker says of a list only that it is another one.
      return (
        markers !== before && (object.kind === 'Role' || markers.includes(saidOf(object, edition)))
      );
    };
    await session.until(`the marker of ${object.kind} ${object.name}`, isMarked, 20_000);
    times.push(performance.now() - start);
  }
  hand.close();
  return { median: percentile(times, 50), p95: percentile(times, 95), count };
}

/** What a marker says of an edited object: of an image only what differs. */
function saidOf({ kind }: FleetObject, edition: number): string {
  const said = {
    ConfigMap: `debug-${edition}`,
    Deployment: `1.${edition}`,
    Service: String(8079 + edition),
    Role: `*${edition}`,
  };
  return said[kind];
}
