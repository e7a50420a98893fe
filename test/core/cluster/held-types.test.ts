import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DiscoveryAnswer } from '../../../src/core/cluster/cluster.ts';
import { HeldTypes } from '../../../src/core/cluster/held-types.ts';

const type = (kind: string) => ({
  group: 'example.dev',
  version: 'v1',
  kind,
  resource: `${kind.toLowerCase()}s`,
  namespaced: true,
  verbs: ['list'],
});
const gone: DiscoveryAnswer = { ok: false, reason: 'no answer' };

let served: DiscoveryAnswer;
let asked: boolean[];
let changes: number;
let types: HeldTypes;

beforeEach(() => {
  vi.useFakeTimers();
  served = { ok: true, resources: [type('Gauge')] };
  asked = [];
  changes = 0;
  types = new HeldTypes(
    async how => {
      asked.push(how?.fresh === true);
      return served;
    },
    () => changes++,
  );
});
afterEach(() => {
  types.close();
  vi.useRealTimers();
});

const kinds = (answer: DiscoveryAnswer) =>
  answer.ok ? answer.resources.map(({ kind }) => kind) : answer.reason;

describe('types held current', () => {
  it('are asked for once by all, and then again and again', async () => {
    await Promise.all([types.answer(), types.answer()]);
    await types.answer();
    expect(asked).toEqual([false]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(asked.length).toBeGreaterThanOrEqual(2);
    expect(asked.length).toBeLessThanOrEqual(4);
    expect(changes).toBe(0);
  });

  it('tell when others are served, and not when the same are sent again', async () => {
    await types.answer();
    served = { ok: true, resources: [type('Gauge')] };
    await vi.advanceTimersByTimeAsync(30_000);
    expect(changes).toBe(0);
    served = { ok: true, resources: [type('Gauge'), type('Valve')] };
    await vi.advanceTimersByTimeAsync(30_000);
    expect(changes).toBe(1);
    expect(kinds(await types.answer())).toEqual(['Gauge', 'Valve']);
  });

  it('are looked at as soon as one of them is gone', async () => {
    await types.answer();
    served = { ok: true, resources: [] };
    types.look();
    expect(kinds(await types.answer())).toEqual([]);
    expect(asked).toEqual([false, true]);
    expect(changes).toBe(1);
  });

  it('stand while the server does not answer, and say since when', async () => {
    await types.answer();
    const since = new Date().toISOString();
    served = gone;
    await vi.advanceTimersByTimeAsync(90_000);
    expect(types.stale).toEqual({ since, reason: 'no answer' });
    expect(await types.answer()).toMatchObject({ ok: true, stale: { since } });
    expect(changes).toBe(1);
    served = { ok: true, resources: [type('Gauge')] };
    await vi.advanceTimersByTimeAsync(30_000);
    expect(types.stale).toBeUndefined();
    expect(changes).toBe(2);
  });

  it('that were never had are told as soon as they are', async () => {
    served = gone;
    expect(kinds(await types.answer())).toBe('no answer');
    served = { ok: true, resources: [type('Gauge')] };
    await vi.advanceTimersByTimeAsync(30_000);
    expect(changes).toBe(1);
  });

  it('are asked for every time while the server does not know them all', async () => {
    served = { ok: true, resources: [], incomplete: 'one is silent' };
    await types.answer();
    served = { ok: true, resources: [type('Gauge')] };
    expect(kinds(await types.answer())).toEqual(['Gauge']);
  });
});
