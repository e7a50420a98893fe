import { cpus, totalmem } from 'node:os';
import { buildPart, toolsDirectory } from '../test/servers/build.ts';
import { parts } from '../test/servers/parts.ts';
import { benchActivate } from './bench/activate.ts';
import { benchCompletion } from './bench/completion.ts';
import { benchDrift } from './bench/drift.ts';
import { benchKeystroke } from './bench/keystroke.ts';
import { benchLive } from './bench/live.ts';
import { benchPackageSize } from './bench/package-size.ts';
import { benchRender } from './bench/render.ts';
import { benchScan } from './bench/scan.ts';
import type { BenchTable } from './bench/table.ts';
import { benchValidate } from './bench/validate.ts';
import { buildAll } from './build.ts';

/** Each measures ours beside the peer on the same work in one run. */
const benches: Record<string, () => Promise<BenchTable | BenchTable[]>> = {
  scan: () => benchScan(),
  render: () => benchRender(),
  validate: () => benchValidate(),
  drift: () => benchDrift(),
  live: () => benchLive(),
  keystroke: () => benchKeystroke(),
  completion: () => benchCompletion(),
  activate: () => benchActivate(),
  package: () => benchPackageSize(),
};

/** `npm run bench [NAME ...]`: prints the tables and the machine. */
async function main(names: readonly string[]): Promise<void> {
  const unknown = names.filter(name => !(name in benches));
  if (unknown.length > 0) {
    process.stderr.write(
      `There is no bench ${unknown.join(', ')}; there are: ${Object.keys(benches).join(', ')}\n`,
    );
    process.exitCode = 2;
    return;
  }
  await buildAll(say);
  for (const part of [parts.kube, parts.tools]) await buildPart(part, say);
  process.env.DRIFTLINE_TOOLS = toolsDirectory();
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  say(`${cpus().length} × ${cpu?.model.trim()}, ${memory} GiB, Node ${process.version}\n`);
  for (const [name, bench] of Object.entries(benches))
    if (names.length === 0 || names.includes(name))
      for (const table of [await bench()].flat()) say(tableText(table));
}

function tableText({ title, unit, rows }: BenchTable): string {
  const cells = rows.map(({ what, ours, peer, ratio }) => [
    what,
    figure(ours),
    peer === undefined ? '' : figure(peer),
    ratio === undefined ? '' : `${figure(ratio)}×`,
  ]);
  const all = [['', 'ours', 'peer', 'ratio'], ...cells];
  const widths = [0, 1, 2, 3].map(at => Math.max(...all.map(row => row[at]?.length ?? 0)));
  const line = (row: string[]) =>
    row.map((cell, at) =>
      at === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[at] ?? 0),
    );
  const body = all.map(row => `  ${line(row).join('  ')}`.trimEnd());
  return `${title} (${unit})\n${body.join('\n')}\n`;
}

/** Three figures that matter. */
function figure(value: number): string {
  if (value >= 100) return Math.round(value).toLocaleString('en');
  return value.toPrecision(3);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

await main(process.argv.slice(2));
