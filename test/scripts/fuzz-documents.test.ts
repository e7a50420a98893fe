import { describe, expect, it } from 'vitest';
import { fuzzDocuments } from '../../scripts/fuzz-documents/run.ts';
import { soundTexts } from '../../scripts/fuzz-documents/texts.ts';
import { Judge } from '../../src/core/upstream/judge.ts';
import { programPath } from '../../src/core/upstream/programs.ts';

// `npm run fuzz:documents` with a new seed each time: DRIFTLINE_SEED=… repeats one.
const seed = Number(process.env.DRIFTLINE_SEED ?? Date.now() % 1_000_000_007);

describe.skipIf(!programPath('judge') && !process.env.CI)(`any document, seed ${seed}`, () => {
  it('is validated without an error being thrown, within a second, with places inside of it', async () => {
    const judge = new Judge();
    try {
      const texts = soundTexts();
      const outcome = await fuzzDocuments({
        ...{ texts, documents: 2000, definitions: 150, seed, judge },
      });
      expect(outcome.faults).toEqual([]);
      // Mutations that spoil nothing would prove nothing.
      expect(outcome.findings).toBeGreaterThan(500);
    } finally {
      await judge.close();
    }
  }, 120_000);
});
