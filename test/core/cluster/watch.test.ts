import { describe, expect, it } from 'vitest';
import type { ListAnswer, WatchEvent } from '../../../src/core/cluster/cluster.ts';
import type { Failure } from '../../../src/core/cluster/server/failure.ts';
import { keepCurrent } from '../../../src/core/cluster/server/watch.ts';
import type { JsonObject } from '../../../src/core/model/resource.ts';

const timing = { pause: 1, backoff: { base: 1, max: 4 } };
const object = (resourceVersion: string): JsonObject => ({ metadata: { resourceVersion } });
const event = (type: string, resourceVersion: string) => ({
  type,
  object: object(resourceVersion),
});
const list = (resourceVersion: string): ListAnswer => ({ ok: true, objects: [], resourceVersion });
const refused: ListAnswer = { ok: false, why: 'forbidden', reason: 'no permission' };
const reset: Failure = { ok: false, why: 'unreachable', reason: 'reset', status: 0 };
const gone: Failure = { ok: false, why: 'error', reason: 'too old', status: 410 };

type Stream = { events: JsonObject[]; end?: { ok: true } | Failure };

/** Runs a watch over what a server would say, until that is used up. */
function watch(lists: ListAnswer[], streams: Stream[]) {
  const from: string[] = [];
  const told: WatchEvent[] = [];
  return new Promise<{ from: string[]; told: WatchEvent[] }>(resolve => {
    const end = keepCurrent(
      {
        list: async () => lists.shift() ?? refused,
        changes: async (version, onEvent, signal) => {
          from.push(version);
          const stream = streams.shift();
          if (stream === undefined) {
            end();
            resolve({ from, told });
            await new Promise(done => signal.addEventListener('abort', done, { once: true }));
            return { ok: true };
          }
          for (const item of stream.events) onEvent(item);
          return stream.end ?? { ok: true };
        },
      },
      item => told.push(item),
      timing,
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

  it('tells a failure, tries again, and starts anew with a list', async () => {
    const { from, told } = await watch(
      [refused, refused, list('10'), list('20')],
      [{ events: [event('ADDED', '11')], end: reset }],
    );
    expect(from).toEqual(['10', '20']);
    expect(types(told)).toEqual(['failed', 'failed', 'reset', 'added', 'failed', 'reset']);
    expect(told[0]).toEqual({ type: 'failed', reason: 'no permission' });
  });

  it('tells what the server says in a stream', async () => {
    const error = { type: 'ERROR', object: { code: 500, message: 'etcd is gone' } };
    const { told } = await watch([list('10'), list('11')], [{ events: [error] }]);
    expect(told[1]).toEqual({ type: 'failed', reason: 'etcd is gone' });
  });

  it('tells nothing any more once it has ended', async () => {
    const told: WatchEvent[] = [];
    let answer: (value: ListAnswer) => void = () => {};
    const end = keepCurrent(
      {
        list: () => new Promise(resolve => (answer = resolve)),
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
