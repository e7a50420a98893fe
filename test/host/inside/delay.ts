import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { driftline } from './extension.ts';
import { eventually, type InsideTest } from './test.ts';

/** Milliseconds for which nothing else could run in the extension host. */
export interface Delay {
  /** On the clock: other processes may have had the processor for a part of it. */
  longest: number;
  /** Of computing at one stretch, whatever else the machine did (Linux). */
  computing: number;
}

/** How often it is looked, in milliseconds. */
const interval = 5;

/**
 * Measures how long the extension host is blocked, between the files `begin` and `end` that somebody outside makes in
 * the folder of `DRIFTLINE_DELAY`; `delay.json` there holds what was measured. The host ends after that.
 */
export const delay: readonly InsideTest[] = [
  {
    name: 'measures how long the extension host is blocked',
    run: async () => {
      const folder = process.env.DRIFTLINE_DELAY ?? '';
      await eventually('the extension to be active', driftline);
      while (!existsSync(`${folder}/begin`)) await wait(50);
      const measured = measure();
      while (!existsSync(`${folder}/end`)) await wait(50);
      writeFileSync(`${folder}/delay.json`, JSON.stringify(measured()));
    },
  },
];

/** Looks at the clocks whenever this thread comes to it; the answer ends it. */
function measure(): () => Delay {
  const most: Delay = { longest: 0, computing: 0 };
  let before = { clock: performance.now(), computed: computed() };
  const timer = setInterval(() => {
    const now = { clock: performance.now(), computed: computed() };
    most.longest = Math.max(most.longest, now.clock - before.clock - interval);
    most.computing = Math.max(most.computing, now.computed - before.computed);
    before = now;
  }, interval);
  return () => {
    clearInterval(timer);
    return most;
  };
}

/** Milliseconds that this thread had the processor. */
function computed(): number {
  return Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
}
