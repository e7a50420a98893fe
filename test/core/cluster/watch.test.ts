import { describe, expect, it } from 'vitest';
import type { WatchEvent } from '../../../src/core/cluster/cluster.ts';
import type { Failure } from '../../../src/core/cluster/server/failure.ts';
import { keepCurrent, type WatchSource } from '../../../src/core/cluster/server/watch.ts';
import type { JsonObject } from '../../../src/core/model/resource.ts';

const timing = { pause: 1, backoff: { base: 1, max: 4 }, settle: 20, short: 0, refusal: 60 };
const object = (resourceVersion: string): JsonObject => ({ metadata: { resourceVersion } });
const event = (type: string, resourceVersion: string) => ({
  type,
  object: object(resourceVersion),
});
type List = Awaited<ReturnType<WatchSource['list']>>;
const list = (resourceVersion: string): List => ({ ok: true, objects: [], resourceVersion });
const refused: List = { ok: false, why: 'forbidden', reason: 'no permission', status: 403 };
const reset: Failure = { ok: false, why: 'unreachable', reason: 'reset', status: 0 };
const busy: Failure = { ok: false, why: 'error', reason: 'busy', status: 429, retryAfter: 5 };
const gone: Failure = { ok: false, why: 'error', reason: 'too old', status: 410 };

type Stream = {
  events?: (JsonObject | string)[];
  end?: { ok: true; silent?: boolean } | Failure;
  shut?: true;
};

/** Runs a watch over what a server would say, until that is used up. */
function watch(lists: List[], streams: Stream[], more: Partial<typeof timing> = {}) {
  const from: string[] = [];
  const told: WatchEvent[] = [];
  return new Promise<{ from: string[]; told: WatchEvent[] }>(resolve => {
    const end = keepCurrent(
      {
        list: async () => lists.shift() ?? refused,
        changes: async (version, heard, signal) => {
          from.push(version);
          const stream = streams.shift();
          if (stream === undefined) {
            heard.opened();
            await new Promise(done => setTimeout(done, 2 * timing.settle));
            end();
            resolve({ from, told });
            await new Promise(done => signal.addEventListener('abort', done, { once: true }));
            return { ok: true };
          }
          if (!stream.shut) heard.opened();
          try {
            for (const item of stream.events ?? [])
              heard.line(typeof item === 'string' ? item : JSON.stringify(item));
          } catch {
            return reset;
          }
          return stream.end ?? { ok: true };
        },
      },
      item => told.push(item),
      { ...timing, ...more },
    );
  });
}

const types = (told: WatchEvent[]) => told.map(({ type }) => type);

describe('a watch', () => {
  it('lists, tells changes, and goes on from the last version when a stream ends', async () => {
    const { from, told } = await watch(
      [list('10')],
      [
        { events: [event('ADDED', '11'), event('MODIFIED', '12'), event('DELETED', '13')] },
        { events: [event('BOOKMARK', '20')] },
      ],
    );
    expect(from).toEqual(['10', '13', '20']);
    expect(types(told)).toEqual(['reset', 'added', 'modified', 'deleted']);
  });

  it('lists again when its version is gone, told either way', async () => {
    const error = { type: 'ERROR', object: { code: 410 } };
    const { from, told } = await watch(
      [list('10'), list('30'), list('50')],
      [{ events: [event('ADDED', '11'), error] }, { events: [], end: gone }],
    );
    expect(from).toEqual(['10', '30', '50']);
    expect(types(told)).toEqual(['reset', 'added', 'reset', 'reset']);
  });

  it('tells a failure, tries again, and starts with a list once there is an answer', async () => {
    const { from, told } = await watch([refused, refused, list('10')], []);
    expect(from).toEqual(['10']);
    expect(types(told)).toEqual(['failed', 'failed', 'reset']);
    expect(told[0]).toMatchObject({ why: 'forbidden', reason: 'no permission', refused: 'list' });
  });

  it('goes on from the last version when a stream breaks, and does not call it a failure', async () => {
    const { from, told } = await watch(
      [list('10')],
      [{ events: [event('ADDED', '11')], end: reset }, { end: { ok: true, silent: true } }],
    );
    expect(from).toEqual(['10', '11', '11']);
    expect(types(told)).toEqual(['reset', 'added']);
  });

  it('goes on from the last whole event when one is cut in half', async () => {
    const half = JSON.stringify(event('MODIFIED', '12')).slice(0, 40);
    const { from, told } = await watch([list('10')], [{ events: [event('ADDED', '11'), half] }]);
    expect(from).toEqual(['10', '11']);
    expect(types(told)).toEqual(['reset', 'added']);
  });

  it('takes no word of what is no stream of events', async () => {
    const { told } = await watch([list('10')], [{ events: ['{}'] }, { events: ['<html>'] }]);
    expect(types(told)).toEqual(['reset', 'failed', 'current']);
  });

  it('does not believe who ends every watch at once and says nothing, until one lasts', async () => {
    const streams = Array.from({ length: 4 }, () => ({}));
    const { from, told } = await watch([list('10')], streams, { short: 10 });
    expect(from).toEqual(['10', '10', '10', '10', '10']);
    expect(types(told)).toEqual(['reset', 'failed', 'current']);
    expect(told[1]).toMatchObject({ reason: expect.stringContaining('ends every watch at once') });
  });

  it('says since when it does not know what runs, and that it knows again, without a new list', async () => {
    const before = Date.now();
    const { from, told } = await watch(
      [list('10')],
      [
        { events: [event('ADDED', '11')], end: reset },
        { shut: true, end: reset },
        { shut: true, end: busy },
      ],
    );
    expect(from).toEqual(['10', '11', '11', '11']);
    expect(types(told)).toEqual(['reset', 'added', 'failed', 'failed', 'current']);
    const failed = told.filter(({ type }) => type === 'failed');
    const [first, second] = failed.map(each => Date.parse((each as { since: string }).since));
    expect(first).toBeGreaterThanOrEqual(before);
    expect(second).toBe(first);
    expect(failed[1]).toMatchObject({ why: 'error', reason: 'busy' });
    expect(failed[1]).not.toHaveProperty('refused');
  });

  it('lists anew when the server went back to an earlier state', async () => {
    const { from, told } = await watch(
      [list('100'), list('90')],
      [{ events: [event('BOOKMARK', '89')] }],
    );
    expect(from).toEqual(['100', '90']);
    expect(types(told)).toEqual(['reset', 'reset']);
  });

  it('says that it may not watch, or that the kind is gone, and lists once it is back', async () => {
    const gone404: Failure = { ok: false, why: 'not-served', reason: 'gone', status: 404 };
    const no: Failure = { ok: false, why: 'forbidden', reason: 'no', status: 403 };
    const { from, told } = await watch(
      [list('10'), list('20')],
      [
        { shut: true, end: no },
        { shut: true, end: gone404 },
      ],
    );
    expect(from).toEqual(['10', '10', '20']);
    expect(types(told)).toEqual(['reset', 'failed', 'failed', 'reset']);
    expect(told[1]).toMatchObject({ why: 'forbidden', refused: 'watch' });
    expect(told[2]).toMatchObject({ why: 'not-served', refused: 'watch' });
  });

  it('waits before it believes that it may no longer watch: a server that starts knows no rules', async () => {
    const no: Failure = { ok: false, why: 'forbidden', reason: 'no', status: 403, retryAfter: 40 };
    const shut = { shut: true as const, end: no };
    const { told } = await watch(
      [list('10')],
      [{ events: [event('ADDED', '11')] }, shut, shut, shut],
    );
    const failed = told.filter(each => each.type === 'failed').map(({ refused }) => refused);
    expect([failed.at(0), failed.at(-1)]).toEqual([undefined, 'watch']);
  });

  it('goes on after what the server says in a stream', async () => {
    const error = { type: 'ERROR', object: { code: 500, message: 'etcd is gone' } };
    const { from, told } = await watch([list('10')], [{ events: [error] }, { events: [error] }]);
    expect(from).toEqual(['10', '10', '10']);
    expect(types(told)).toEqual(['reset', 'failed', 'current']);
    expect(told[1]).toMatchObject({ reason: 'etcd is gone' });
  });

  it('tells nothing any more once it has ended', async () => {
    const told: WatchEvent[] = [];
    let answer: (value: List) => void = () => {};
    const end = keepCurrent(
      {
        list: () => new Promise<List>(resolve => (answer = resolve)),
        changes: async () => ({ ok: true }),
      },
      item => told.push(item),
      timing,
    );
    end();
    answer(list('1'));
    await new Promise(resolve => setTimeout(resolve, 20));
    expect(told).toEqual([]);
  });
});
