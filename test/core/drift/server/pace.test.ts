import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DryRunReply } from '../../../../src/core/cluster/cluster.ts';
import { Failing, isPassing } from '../../../../src/core/drift/server/failing.ts';
import { denialOf, isMissingPermission } from '../../../../src/core/drift/server/messages.ts';
import { Pace } from '../../../../src/core/drift/server/pace.ts';

const fine: DryRunReply = { ok: true, object: {}, created: false, warnings: [] };
const refusal = (status: number, retryAfter?: number, reason = '') => ({
  ok: false as const,
  status,
  reason,
  causes: [],
  ...(retryAfter === undefined ? {} : { retryAfter }),
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a server is asked', () => {
  it('ten things at a time, and four once it was busy', async () => {
    const pace = new Pace();
    let underWay = 0;
    let widest = 0;
    const ask = () =>
      pace.ask('apps/Deployment', async () => {
        widest = Math.max(widest, ++underWay);
        await new Promise(resolve => setTimeout(resolve, 10));
        underWay--;
        return fine;
      });
    const first = Array.from({ length: 30 }, ask);
    await vi.advanceTimersByTimeAsync(100);
    await Promise.all(first);
    expect(widest).toBe(10);
    let busy = true;
    const turned = pace.ask('apps/Deployment', async () => {
      if (!busy) return fine;
      busy = false;
      return refusal(429, 1_000);
    });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await turned).toEqual(fine);
    widest = 0;
    const second = Array.from({ length: 30 }, ask);
    await vi.advanceTimersByTimeAsync(200);
    await Promise.all(second);
    expect(widest).toBe(4);
    await vi.advanceTimersByTimeAsync(60_000);
    widest = 0;
    const third = Array.from({ length: 30 }, ask);
    await vi.advanceTimersByTimeAsync(100);
    await Promise.all(third);
    expect(widest).toBe(10);
  });

  it('by nobody before the time that it named', async () => {
    const pace = new Pace();
    const asked: number[] = [];
    const start = Date.now();
    const ask = () =>
      pace.ask('apps/Deployment', async () => {
        asked.push(Date.now() - start);
        return asked.length === 1 ? refusal(503, 5_000) : fine;
      });
    const one = ask();
    await vi.advanceTimersByTimeAsync(1);
    const other = ask();
    await vi.advanceTimersByTimeAsync(4_000);
    expect(asked).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1_500);
    await Promise.all([one, other]);
    expect(asked.slice(1).every(at => at >= 5_000)).toBe(true);
  });

  it('no more for a while when it stays busy', async () => {
    const pace = new Pace();
    let asked = 0;
    const ask = () =>
      pace.ask('apps/Deployment', async () => {
        asked++;
        return refusal(429, 2_000);
      });
    const one = ask();
    await vi.advanceTimersByTimeAsync(30_000);
    expect(await one).toMatchObject({ status: 429 });
    expect(asked).toBeLessThan(15);
    const before = asked;
    expect(await ask()).toMatchObject({ status: 429 });
    expect(asked).toBe(before);
  });

  it('about few of a kind that webhooks are called for, or that was slow, and the others meanwhile', async () => {
    const pace = new Pace();
    pace.isHeavy('apps/Deployment');
    const widest: Record<string, number> = {};
    const underWay: Record<string, number> = {};
    const ask = (kind: string, time: number) =>
      pace.ask(kind, async () => {
        underWay[kind] = (underWay[kind] ?? 0) + 1;
        widest[kind] = Math.max(widest[kind] ?? 0, underWay[kind]);
        await new Promise(resolve => setTimeout(resolve, time));
        underWay[kind] -= 1;
        return fine;
      });
    const many = (kind: string, time: number) =>
      Promise.all(Array.from({ length: 30 }, () => ask(kind, time)));
    const deployments = many('apps/Deployment', 500);
    expect([pace.hasRoom('apps/Deployment'), pace.hasRoom('/Secret')]).toEqual([false, true]);
    const secrets = many('/Secret', 500);
    await vi.advanceTimersByTimeAsync(2_500);
    await secrets;
    expect(widest).toEqual({ 'apps/Deployment': 2, '/Secret': 8 });
    await vi.advanceTimersByTimeAsync(10_000);
    await deployments;
    expect(pace.hasRoom('apps/Deployment')).toBe(true);

    const slow = many('/Service', 2_000);
    await vi.advanceTimersByTimeAsync(60_000);
    await slow;
    expect(widest['/Service']).toBe(10);
    widest['/Service'] = 0;
    const again = many('/Service', 100);
    await vi.advanceTimersByTimeAsync(10_000);
    await again;
    expect(widest['/Service']).toBe(2);
    // It may be faster by then.
    await vi.advanceTimersByTimeAsync(5 * 60_000);
    const later = many('/Service', 100);
    await vi.advanceTimersByTimeAsync(1_000);
    await later;
    expect(widest['/Service']).toBe(10);
  });

  it('nothing that nobody waits for any more', async () => {
    const pace = new Pace({ parallel: 1 });
    const first = pace.ask(
      'v1/Pod',
      () => new Promise(resolve => setTimeout(() => resolve(fine), 100)),
    );
    const stop = new AbortController();
    let asked = false;
    const second = pace.ask(
      'apps/Deployment',
      async () => {
        asked = true;
        return fine;
      },
      stop.signal,
    );
    second.catch(() => {});
    stop.abort(new Error('changed'));
    await vi.advanceTimersByTimeAsync(200);
    await first;
    await expect(second).rejects.toThrow('changed');
    expect(asked).toBe(false);
  });
});

describe('a kind that fails', () => {
  it('is left alone for a while that doubles, and asked at once when it answered', () => {
    const failing = new Failing();
    failing.failed('a', 'timeout', 0);
    // One that was under way with it.
    failing.failed('a', 'timeout', 1_000);
    expect(failing.reason('a', 29_999)).toBe('timeout');
    expect(failing.reason('a', 30_000)).toBeUndefined();
    expect(failing.reason('b', 0)).toBeUndefined();
    failing.failed('a', 'timeout', 30_000);
    expect(failing.reason('a', 89_999)).toBe('timeout');
    expect(failing.nextEnd(40_000)).toBe(90_000);
    failing.answered('a');
    expect(failing.reason('a', 40_000)).toBeUndefined();
    expect(failing.nextEnd(40_000)).toBeUndefined();
  });

  it('does so for what passes, not for what is wrong with an object', () => {
    expect(isPassing(refusal(0))).toBe(true);
    expect(isPassing(refusal(504))).toBe(true);
    const webhook = 'Internal error occurred: failed calling webhook "w": timeout';
    expect(isPassing(refusal(500, undefined, webhook))).toBe(true);
    expect(isPassing(refusal(500, undefined, 'failed to create typed patch object (x)'))).toBe(
      false,
    );
    expect(isPassing(refusal(500, undefined, 'admission webhook "w" denied the request: no'))).toBe(
      false,
    );
    expect(isPassing(refusal(422, undefined, 'field is immutable'))).toBe(false);
  });
});

describe('a 403', () => {
  it('is a policy’s word or a missing permission', () => {
    const user =
      'deployments.apps "web" is forbidden: User "eve" cannot patch resource "deployments" in API group "apps" in the namespace "n"';
    expect(isMissingPermission(user)).toBe(true);
    expect(denialOf(403, user)).toBeUndefined();
    expect(denialOf(403, '')).toBeUndefined();
    for (const message of [
      'pods "web" is forbidden: violates PodSecurity "restricted:latest": privileged',
      'services "web" is forbidden: exceeded quota: none, requested: services.nodeports=1',
      'admission webhook "validate.example" denied the request: no',
    ])
      expect(denialOf(403, message)).toBe(`A policy blocks the change: ${message}`);
  });
});
