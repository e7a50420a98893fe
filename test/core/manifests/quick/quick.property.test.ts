import { describe, expect, it } from 'vitest';
import { readDocument } from '../../../../src/core/manifests/parse.ts';
import { codesOf, readQuickly } from '../../../../src/core/manifests/text/quick/read-quickly.ts';
import { splitDocuments } from '../../../../src/core/manifests/text/split.ts';
import { TextMaker } from './random-text.ts';

const runs = Number(process.env.DRIFTLINE_RUNS ?? 6000);
const seed = Number(process.env.DRIFTLINE_SEED ?? Date.now() % 1_000_000);

/** How many documents of a text the quick reader takes; each must be read as the other reader does. */
function compare(text: string): { documents: number; taken: number } {
  const chunks = splitDocuments(text);
  let taken = 0;
  for (const chunk of chunks) {
    const quick = readQuickly(text, codesOf(text), chunk);
    if (!quick) continue;
    taken++;
    const expected = readDocument(text, chunk);
    if (JSON.stringify({ ...quick, defects: [] }) !== JSON.stringify(expected))
      expect({ ...quick, defects: [] }, JSON.stringify(text)).toEqual(expected);
  }
  return { documents: chunks.length, taken };
}

describe(`the quick reader (DRIFTLINE_SEED=${seed})`, () => {
  it('reads random YAML as the other reader does, or gives it up', { timeout: 3_600_000 }, () => {
    const maker = new TextMaker(seed);
    const sum = { documents: 0, taken: 0 };
    for (let run = 0; run < runs; run++) {
      const { documents, taken } = compare(maker.file());
      sum.documents += documents;
      sum.taken += taken;
    }
    // Neither all nor nothing of it is what manifests are like.
    expect(sum.taken / sum.documents).toBeGreaterThan(0.15);
    expect(sum.taken / sum.documents).toBeLessThan(0.85);
  });

  it('reads nonsense as the other reader does, or gives it up', { timeout: 3_600_000 }, () => {
    const maker = new TextMaker(seed + 1);
    for (let run = 0; run < runs; run++) compare(maker.nonsense());
  });
});
