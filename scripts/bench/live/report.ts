import { cpus, totalmem } from 'node:os';
import { median } from '../table.ts';
import type { ColdTimes } from './cold.ts';
import { burstSize, type Growth } from './growth.ts';

/** The figures as Markdown, with the machine and the versions they are of. */
export function liveReport(cold: ColdTimes, growth: readonly Growth[], plot: string): string {
  const ours = median(cold.ours);
  const large = growth.find(({ objects }) => objects === burstSize);
  const rows = [
    ['1,000 objects of 4 kinds, 50 drifted, cold process: `driftline drift`', seconds(ours)],
    [
      'the same once more: what the server agreed to is not asked again',
      seconds(median(cold.again)),
    ],
    ['the same by `kubectl diff --server-side`', against(cold.kubectl, ours)],
    ['the same with `--concurrency=8`', against(cold.kubectlParallel, ours)],
    [
      'a process that only lists these kinds, with the same client',
      `${seconds(median(cold.lists))}; drift takes ${(ours / median(cold.lists)).toFixed(1)} times as long, ${(median(cold.again) / median(cold.lists)).toFixed(1)} times once more`,
    ],
    ...(large ? largeRows(large) : []),
  ];
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  return [
    '| what | measured |',
    '|---|---|',
    ...rows.map(row => `| ${row.join(' | ')} |`),
    '',
    `Measured by \`npm run bench live\` on ${cpus().length} × ${cpu?.model.trim()}, ${memory} GiB, Node ${process.version}, Kubernetes 1.36. [How it grows](${plot}) from 1,000 to 20,000 objects.`,
    '',
  ].join('\n');
}

function largeRows({ memory, judge, latency, burst }: Growth): string[][] {
  const rows = [
    [
      '10,000 live objects watched: memory of the language server above its idle size; of the judge',
      `${memory.toFixed(0)} MB; ${judge.toFixed(0)} MB`,
    ],
    [
      'from a change in the cluster to the changed marker, 10,000 objects',
      `p95 ${latency.p95.toFixed(0)} ms, median ${latency.median.toFixed(0)} ms`,
    ],
  ];
  if (!burst) return rows;
  const { arrived, shown, blocked, computing } = burst;
  const said = `none lost; arrived within ${seconds(arrived)}, all shown ${seconds(shown)} after the last; the extension host of VS Code was blocked for ${blocked.toFixed(0)} ms at most, and computed for ${computing.toFixed(0)} ms at a stretch`;
  return [...rows, ['1,000 events in a second, 10,000 objects', said]];
}

function against(times: readonly number[], ours: number): string {
  const theirs = median(times);
  return `${seconds(theirs)}: ${(theirs / ours).toFixed(1)} times as long as the first`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
