import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readCases } from '../../../scripts/drift-cases/case-file.ts';
import { runCases } from '../../../scripts/drift-cases/case-run.ts';
import { scoreCase } from '../../../scripts/drift-cases/case-score.ts';
import { Judge } from '../../../src/core/upstream/judge.ts';

const folder = join(import.meta.dirname, 'cases');
const judge = new Judge();
afterAll(() => judge.close());

describe.each(readdirSync(folder))('the cases of %s', file => {
  const read = readCases(readFileSync(join(folder, file), 'utf8'));

  it('are all answered right', async () => {
    const answers = await runCases(read, judge);
    const faults = answers.flatMap(answer =>
      scoreCase(answer).faults.map(fault => `${answer.test.id}: ${fault}`),
    );
    expect(faults).toEqual([]);
  });

  it('have names of their own', () => {
    const names = read.cases.map(({ id }) => id);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});
