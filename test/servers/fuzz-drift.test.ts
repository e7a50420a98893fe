import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fuzzSession } from '../../scripts/fuzz-drift/session.ts';
import { startControlPlane } from './start.ts';

// `npm run fuzz:drift` with a new seed each time: SEED=… and PAIRS=… repeat or extend it.

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000_007);
const pairs = Number(process.env.PAIRS ?? 500);
const log = (line: string) => process.stderr.write(`${line}\n`);

it('the comparison says what the server says, about random pairs of many kinds', async () => {
  log(`fuzz:drift, seed ${seed}`);
  const { plane, stop } = await startControlPlane(log, {}, { controllers: false });
  try {
    const outcome = await fuzzSession(plane, { pairs, seed });
    log(outcome.report);
    if (outcome.failed.length > 0) {
      const file = join(tmpdir(), `fuzz-drift-${seed}.yaml`);
      await writeFile(file, outcome.cases);
      log(`npm run score:drift -- ${file}`);
    }
    const { pairs: counted, refusedByBoth } = outcome.tally.row('all');
    expect(counted).toBeGreaterThan(pairs * 0.9);
    expect(refusedByBoth).toBeLessThan(counted / 2);
    // Shares that are only reached by thousands of pairs are not asked of a few hundred.
    const { faults } = outcome.tally.row('all');
    expect({ ...faults, seed }).toMatchObject({ 'false-green': 0, proof: 0 });
    expect(faults['false-alarm'], `seed ${seed}`).toBeLessThanOrEqual(2);
    expect(faults.suspect + faults.refusal, `seed ${seed}`).toBeLessThanOrEqual(6);
    expect(faults.prediction, `seed ${seed}`).toBeLessThanOrEqual(6);
  } finally {
    await stop();
  }
}, 600_000);
