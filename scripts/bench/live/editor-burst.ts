import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openMeasuredWindow } from '../../../test/host/measured-window.ts';
import { FaultProxy, writeKubeconfig } from '../../../test/servers/fault-proxy.ts';
import type { ControlPlane } from '../../../test/servers/start.ts';
import type { FleetObject } from './fleet.ts';
import { Hand } from './server.ts';

export interface EditorBurst {
  events: number;
  /** Milliseconds within which they arrived. */
  arrived: number;
  /** Milliseconds from the last until everything was shown. */
  shown: number;
  /** The longest that VS Code's extension host was blocked, in milliseconds, and the longest that it computed. */
  blocked: number;
  computing: number;
}

export interface BurstOptions {
  /** The repository. */
  folder: string;
  plane: ControlPlane;
  /** What is edited by hand, once each, as which edition. */
  objects: readonly FleetObject[];
  edition: number;
  /** How many objects have drifted before, and in the end. */
  drifted: { before: number; after: number };
}

/**
 * Lets the events of many edits reach VS Code, with Driftline and the whole fleet in it, within a second for every
 * 1,000: an API server, its clients and an editor on one machine do not write so many in that time, so a proxy holds
 * back what the watches say until all is written. Throws where in the end it shows another count than there is.
 */
export async function editorBurst({
  folder,
  plane,
  objects,
  edition,
  drifted,
}: BurstOptions): Promise<EditorBurst> {
  const temporary = await mkdtemp(join(tmpdir(), 'driftline-burst-'));
  const proxy = await FaultProxy.before(plane);
  const hand = new Hand(plane, 16);
  try {
    const kubeconfig = join(temporary, 'kubeconfig');
    writeKubeconfig(kubeconfig, plane, proxy.url);
    const file = objects.at(-1)?.file ?? '';
    const editor = await openMeasuredWindow({ folder, file, env: { KUBECONFIG: kubeconfig } });
    try {
      await editor.window.environments();
      const says = (count: number) =>
        until(`${count} drifted`, async () => {
          const [first] = await editor.window.tree();
          const found = /([\d,]+) drifted/.exec(first?.spoken ?? '')?.[1] ?? '0';
          return first?.spoken.includes('not checked') === false && toNumber(found) === count;
        });
      await says(drifted.before);
      // The dry-runs of what drifted are over by then.
      await wait(3000);
      proxy.hold();
      await hand.apply(objects, 'by-hand', edition);
      await until('every event', async () => proxy.waiting >= objects.length);
      await editor.begin();
      const { events, milliseconds } = await proxy.release(1000);
      const last = performance.now();
      await says(drifted.after);
      const shown = performance.now() - last;
      const { longest, computing } = await editor.end();
      return { events, arrived: milliseconds, shown, blocked: longest, computing };
    } finally {
      await editor.close();
    }
  } finally {
    hand.close();
    await proxy.close();
    await rm(temporary, { recursive: true, force: true });
  }
}

async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + 120_000; performance.now() < end; await wait(50))
    if (await isSo()) return;
  throw new Error(`waited in vain for ${what}`);
}

function toNumber(text: string): number {
  return Number(text.replaceAll(',', ''));
}
