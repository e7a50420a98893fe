import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { fuzz } from '../../scripts/fuzz-trace/run.ts';
import { Corpora } from '../../scripts/fuzz-trace/subjects.ts';
import { ResidentProgram } from '../../src/core/upstream/process.ts';
import { requireProgram } from '../../src/core/upstream/programs.ts';

// Proof by change, with a new seed each time; `npm run fuzz:trace -- --seed S` repeats one.
const corpora = resolve(import.meta.dirname, '../../../shared/corpus');

describe.skipIf(!existsSync(corpora) && !process.env.CI)('places of the corpora', () => {
  const resident = new ResidentProgram({ program: requireProgram('renderer') });
  afterAll(() => resident.close());

  it('are the cause of the field, and of nothing else', async () => {
    const files = new Corpora(corpora, resident);
    const seed = Date.now() % 1_000_000_007;
    const lines: string[] = [];
    const tallies = await fuzz(files, {
      trials: 300,
      seed,
      log: line => lines.push(line),
    });
    console.log(`npm run fuzz:trace -- --trials 300 --seed ${seed}`, tallies);
    expect(lines).toEqual([]);
    const all = Object.values(tallies);
    const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0);
    expect(tallies.kustomization.trials).toBeGreaterThan(100);
    expect(sum(all.map(({ proven }) => proven))).toBeGreaterThan(270);
    expect(sum(all.flatMap(({ skipped }) => Object.values(skipped)))).toBeLessThan(25);
  }, 300_000);
});
