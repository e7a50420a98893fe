import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Feature } from './feature.ts';

/** Milliseconds without a change after which it is quiet; after so many others it is done all the same. */
const quietMs = 2_000;
const patienceMs = 20_000;
/** Bytes that the process must have grown by. */
const worthIt = 48 * 2 ** 20;

/**
 * Gives memory back that only a burst needed, such as reading the lists of a large cluster: V8 keeps it for the next
 * one until the machine has none left. Takes a tenth of a second, when nothing happens.
 */
export const giveBack: Feature = {
  register(session) {
    const collect = collector();
    let timer: NodeJS.Timeout | undefined;
    let since = 0;
    let settled = process.memoryUsage.rss();
    const look = () => {
      timer = undefined;
      if (process.memoryUsage.rss() - settled < worthIt) return;
      collect();
      settled = process.memoryUsage.rss();
    };
    session.onChanged(() => {
      const now = Date.now();
      if (timer === undefined) since = now;
      else if (now - since > patienceMs) return;
      clearTimeout(timer);
      timer = setTimeout(look, quietMs);
      timer.unref();
    });
  },
};

interface CollectOptions {
  type: 'major';
  execution: 'sync';
  flavor: 'last-resort';
}

/** V8's own collector, which compacts and gives back what is free. */
function collector(): () => void {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as (options: CollectOptions) => void;
  return () => collect({ type: 'major', execution: 'sync', flavor: 'last-resort' });
}
