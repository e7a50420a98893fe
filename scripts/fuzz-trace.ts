import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ResidentProgram } from '../src/core/upstream/process.ts';
import { requireProgram } from '../src/core/upstream/programs.ts';
import { buildUpstream } from './build-upstream.ts';
import { fuzz, type Tally } from './fuzz-trace/run.ts';
import { Corpora, type Subject } from './fuzz-trace/subjects.ts';

/*
 * `npm run fuzz:trace -- [--trials N] [--seed S] [--only PATH] [--kind kustomization|chart] [--corpora FOLDER]`:
 * changes the text at the reported places of random rendered fields and expects exactly those fields to
 * change. Prints each failure, and the totals of kustomizations and charts. Exits 1 when a trial failed.
 */
const { values } = parseArgs({
  options: {
    trials: { type: 'string', default: '1000' },
    seed: { type: 'string' },
    only: { type: 'string' },
    kind: { type: 'string' },
    corpora: { type: 'string', default: resolve(import.meta.dirname, '../../shared/corpus') },
  },
});

await buildUpstream(line => process.stderr.write(`${line}\n`));
const seed = values.seed === undefined ? Date.now() % 1_000_000_007 : Number(values.seed);
const resident = new ResidentProgram({ program: requireProgram('renderer') });
try {
  const corpora = new Corpora(values.corpora, resident);
  console.log(`seed ${seed}`);
  const kinds = values.kind === undefined ? undefined : [values.kind as Subject['kind']];
  const { trials, only } = values;
  const tallies = await fuzz(corpora, {
    trials: Number(trials),
    seed,
    kinds,
    only,
    log: console.log,
  });
  for (const [kind, tally] of Object.entries(tallies))
    if (tally.trials > 0) console.log(tallyText(kind, tally));
  process.exitCode = Object.values(tallies).some(({ failed }) => failed > 0) ? 1 : 0;
} finally {
  await resident.close();
}

function tallyText(kind: string, { trials, proven, failed, skipped }: Tally): string {
  const count = Object.values(skipped).reduce((sum, number) => sum + number, 0);
  const share = ((100 * count) / Math.max(trials, 1)).toFixed(1);
  const reasons = Object.entries(skipped).map(([reason, number]) => `${number} ${reason}`);
  return `${kind}s: ${trials} trials, ${proven} proven, ${failed} failed, ${count} skipped (${share} %${reasons.map(reason => `; ${reason}`).join('')})`;
}
