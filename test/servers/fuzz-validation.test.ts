import { expect, it } from 'vitest';
import { fuzzSession } from '../../scripts/fuzz-validation/session.ts';
import { writeUnlisted } from '../../scripts/fuzz-validation/unlisted-file.ts';
import { startControlPlane } from './start.ts';

// `npm run fuzz:validation` with a new seed each time: SEED=… and COUNT=… repeat or extend it.

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000_007);
const mutations = Number(process.env.COUNT ?? 3000);
const log = (line: string) => process.stderr.write(`${line}\n`);

it('validation says what the server says, about every fixture and random mutations', async () => {
  log(`fuzz:validation, seed ${seed}`);
  const flags = { 'allow-privileged': 'true' };
  const { plane, stop } = await startControlPlane(log, flags, { controllers: false });
  try {
    const report = await fuzzSession(plane, { mutations, seed });
    log(report.text());
    // A seed that nobody tried may show what is not listed yet; `npm run fuzz:validation` fails for it.
    const file = writeUnlisted(report, seed);
    if (file) log(`The objects whose differences are not listed are in ${file}.`);
    expect(report.kinds.size).toBeGreaterThan(60);
    expect(Math.min(report.accepted, report.refused)).toBeGreaterThan(report.asked / 5);
    expect(report.share, `seed ${seed}`).toBeGreaterThanOrEqual(0.998);
  } finally {
    await stop();
  }
}, 300_000);
