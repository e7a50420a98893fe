import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as wait } from 'node:timers/promises';
import type { ControlPlane } from '../../../test/servers/start.ts';
import { run } from '../../lib/run.ts';
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

export interface Burst {
  events: number;
  /** Milliseconds in which they were sent. */
  sent: number;
  /** Milliseconds from the last until everything was shown. */
  shown: number;
  /** The longest that the client's process was blocked, in milliseconds. */
  blocked: number;
}

/** Edits objects one after the other, spread over the fleet, and waits for each marker. */
export async function markerLatency(
  session: EditorSession,
  plane: ControlPlane,
  applications: number,
  count: number,
): Promise<Latency> {
  const objects = fleetObjects(applications);
  // All kinds in turn, as an application's objects are a multiple of ten.
  const step = Math.floor(objects.length / count) + 1;
  const chosen = Array.from(
    { length: count },
    (_, index) => objects[(index * step) % objects.length] as FleetObject,
  );
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
function saidOf({ kind, name }: FleetObject, edition: number): string {
  return kind === 'Deployment' ? `1.${edition}` : shownOf({ kind, name }, edition);
}

/** What stands in the paths of an edited object. */
function shownOf({ kind, name }: Pick<FleetObject, 'kind' | 'name'>, edition: number): string {
  const said = {
    ConfigMap: `debug-${edition}`,
    Deployment: `${name}:1.${edition}`,
    Service: String(8079 + edition),
    Role: `*${edition}`,
  };
  return said[kind];
}

/**
 * Edits the first objects of a fleet, once each, as fast as the server takes it but no more than 1,000 a second.
 * Throws where in the end any of them is shown otherwise than it is.
 */
export async function burst(
  session: EditorSession,
  plane: ControlPlane,
  applications: number,
  count: number,
): Promise<Burst> {
  const edition = 7;
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  const generator = join(import.meta.dirname, 'generator.ts');
  const args = [JSON.stringify(plane), applications, count, edition, 1000].map(String);
  const { output, status, error } = await run(process.execPath, [generator, ...args]);
  if (status !== 0) throw new Error(error);
  const last = performance.now();
  const wanted = new Map(
    fleetObjects(applications)
      .slice(0, count)
      .map(object => [`${object.kind} ${object.name}`, shownOf(object, edition)]),
  );
  await session.until('every event', () => missing(session, wanted).length === 0, 180_000);
  const shown = performance.now() - last;
  delay.disable();
  return { events: count, sent: Number(output), shown, blocked: delay.max / 1e6 };
}

/** Objects that are not shown as they were edited. */
function missing(session: EditorSession, wanted: ReadonlyMap<string, string>): string[] {
  const left = new Map(wanted);
  for (const { applications } of session.state?.environments ?? [])
    for (const { objects } of applications)
      for (const { resource, state, paths } of objects) {
        const key = `${resource.kind} ${resource.name}`;
        const text = left.get(key);
        if (text !== undefined && state === 'drifted' && JSON.stringify(paths).includes(text))
          left.delete(key);
      }
  return [...left.keys()];
}
