import { expect, it } from 'vitest';
import { growthPlot } from '../scripts/bench/live/plot.ts';
import { liveReport } from '../scripts/bench/live/report.ts';

const growth = [1000, 10_000].map(objects => ({
  ...{ objects, cold: objects / 2, memory: objects / 100, judge: 70 },
  latency: { median: 20, p95: 40, count: 100 },
}));
const cold = { ours: [250], again: [200], kubectl: [5000], kubectlParallel: [3000], lists: [100] };

it('plots every size in every chart, within it', () => {
  const points = [...growthPlot(growth).matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)];
  expect(points).toHaveLength(6);
  for (const [, x, y] of points) {
    expect(Number(x)).toBeLessThanOrEqual(320);
    expect(Number(y)).toBeGreaterThanOrEqual(0);
    expect(Number(y)).toBeLessThanOrEqual(200);
  }
});

it('reports how many times as long the others take, and the size that was asked for', () => {
  const report = liveReport(cold, growth, 'media/bench/growth.svg');
  expect(report).toContain('5.00 s: 20.0 times as long as the first');
  expect(report).toContain('0.10 s; drift takes 2.5 times as long, 2.0 times once more');
  expect(report).toContain('100 MB; 70 MB');
  expect(report).toContain('p95 40 ms');
});
