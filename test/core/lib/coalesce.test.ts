import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Coalesce } from '../../../src/core/lib/coalesce.ts';

function recorder(durationMs = 100) {
  const log: string[] = [];
  let active = 0;
  let most = 0;
  const failed = vi.fn();
  const jobs = new Coalesce<string>({
    delayMs: 50,
    async run(key, signal) {
      active++;
      most = Math.max(most, active);
      log.push(`start ${key}`);
      await new Promise(done => setTimeout(done, durationMs));
      active--;
      log.push(`${signal.aborted ? 'stale' : 'done'} ${key}`);
      if (key === 'bad') throw new Error('it broke');
    },
    failed,
  });
  return { jobs, log, failed, most: () => most };
}

describe('coalesce', () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it('runs once for requests in quick succession, after a quiet moment', async () => {
    const { jobs, log } = recorder();
    jobs.request('a');
    await vi.advanceTimersByTimeAsync(30);
    jobs.request('a');
    await vi.advanceTimersByTimeAsync(30);
    expect(log).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(log).toEqual(['start a', 'done a']);
  });

  it('tells a run that it is overtaken, and runs again afterwards, never two at once', async () => {
    const { jobs, log, most } = recorder();
    jobs.request('a');
    await vi.advanceTimersByTimeAsync(60);
    jobs.request('a');
    jobs.request('a');
    await vi.advanceTimersByTimeAsync(1000);
    expect(log).toEqual(['start a', 'stale a', 'start a', 'done a']);
    expect(most()).toBe(1);
  });

  it('runs different keys beside each other', async () => {
    const { jobs, log, most } = recorder();
    jobs.request('a');
    jobs.request('b');
    await vi.advanceTimersByTimeAsync(1000);
    expect(log).toEqual(['start a', 'start b', 'done a', 'done b']);
    expect(most()).toBe(2);
  });

  it('says what failed, and goes on', async () => {
    const { jobs, log, failed } = recorder();
    jobs.request('bad');
    await vi.advanceTimersByTimeAsync(1000);
    expect(failed).toHaveBeenCalledWith('bad', expect.objectContaining({ message: 'it broke' }));
    jobs.request('a');
    await vi.advanceTimersByTimeAsync(1000);
    expect(log.slice(-2)).toEqual(['start a', 'done a']);
  });

  it('keeps quiet about the failure of a run that was overtaken', async () => {
    const { jobs, failed } = recorder();
    jobs.request('bad');
    await vi.advanceTimersByTimeAsync(60);
    jobs.cancel('bad');
    await vi.advanceTimersByTimeAsync(1000);
    expect(failed).not.toHaveBeenCalled();
  });

  it('forgets what is cancelled, waiting or running', async () => {
    const { jobs, log } = recorder();
    jobs.request('waiting');
    jobs.cancel('waiting');
    jobs.request('running');
    await vi.advanceTimersByTimeAsync(60);
    jobs.request('running');
    jobs.close();
    await vi.advanceTimersByTimeAsync(1000);
    expect(log).toEqual(['start running', 'stale running']);
  });
});
