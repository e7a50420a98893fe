import { describe, expect, it } from 'vitest';
import { ServerClock } from '../../../src/core/cluster/server/clock.ts';
import { byOurClock } from '../../../src/core/drift/our-clock.ts';
import type { DriftResult } from '../../../src/core/model/drift.ts';

const hour = 3_600_000;
const header = (ahead: number) => new Date(Date.now() + ahead).toUTCString();

describe('the clock of a server', () => {
  it('is ours where they differ by less than a person notices, or nothing is said', () => {
    const clock = new ServerClock();
    for (const date of [header(0), header(40_000), header(-40_000), 'no date', undefined]) {
      clock.hear(date, Date.now());
      expect(clock.ahead).toBe(0);
    }
  });

  it('is known to the second, and does not tremble', () => {
    const clock = new ServerClock();
    clock.hear(header(hour), Date.now());
    const { ahead } = clock;
    expect(Math.abs(ahead - hour)).toBeLessThan(2000);
    clock.hear(header(hour + 2000), Date.now() - 300);
    expect(clock.ahead).toBe(ahead);
    expect(Math.abs(clock.now() - Date.now() - hour)).toBeLessThan(2000);
    clock.hear(header(0), Date.now());
    expect(clock.ahead).toBe(0);
  });

  it('is taken out of the times of a result', () => {
    const by = { manager: 'kubectl', operation: 'Update' as const, time: '2026-03-04T12:00:00Z' };
    const result = {
      paths: [{ path: '.spec', kind: 'changed', by: [by, { ...by, time: undefined }] }],
      extra: [{ path: '.spec', by }],
    } as unknown as DriftResult;
    expect(byOurClock(result, 0)).toBe(result);
    const { paths, extra } = byOurClock(result, hour);
    expect(paths[0]?.by.map(({ time }) => time)).toEqual(['2026-03-04T11:00:00.000Z', undefined]);
    expect(extra[0]?.by.time).toBe('2026-03-04T11:00:00.000Z');
  });
});
