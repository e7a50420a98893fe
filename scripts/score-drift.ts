import { readFileSync } from 'node:fs';
import { messageOf, UserError } from '../src/core/lib/errors.ts';
import { Judge } from '../src/core/upstream/judge.ts';
import { buildUpstream } from './build-upstream.ts';
import { readCases } from './drift-cases/case-file.ts';
import { unknownKeys } from './drift-cases/case-keys.ts';
import { runCases } from './drift-cases/case-run.ts';
import { scoreCase } from './drift-cases/case-score.ts';

await buildUpstream(line => process.stderr.write(`${line}\n`));

/*
 * `npm run score:drift -- FILE`: runs a drift case file through the offline comparison and the stored
 * dry-run answers; one line per failed case, then the totals. Exits 1 when a case failed, 2 when the
 * file could not be run.
 */
const file = process.argv[2];
if (file === undefined || process.argv.length > 3) {
  console.error('Usage: npm run score:drift -- FILE');
  process.exitCode = 2;
} else {
  process.exitCode = await score(file).catch((error: unknown) => {
    console.error(error instanceof UserError ? error.message : messageOf(error));
    return 2;
  });
}

async function score(path: string): Promise<number> {
  const judge = new Judge();
  try {
    const file = readCases(readFileSync(path, 'utf8'));
    const expected = file.cases.flatMap(test =>
      unknownKeys(test).expected.map(key => `${test.id}: ${key}`),
    );
    if (expected.length > 0) console.error(`not looked at: ${expected.join(', ')}`);
    const answers = await runCases(file, judge);
    const scores = answers.map(answer => ({ id: answer.test.id, ...scoreCase(answer) }));
    const failed = scores.filter(({ faults }) => faults.length > 0);
    for (const { id, faults } of failed) console.log(`${id}: ${faults.join('; ')}`);
    const count = (right: (score: (typeof scores)[number]) => boolean) =>
      scores.filter(right).length;
    const states = count(({ stateRight }) => stateRight);
    const share = ((100 * states) / Math.max(scores.length, 1)).toFixed(1);
    console.log(`${scores.length} cases, ${failed.length} failed`);
    console.log(`final states right: ${states} (${share} %)`);
    console.log(`paths right: ${count(({ pathsRight }) => pathsRight)}`);
    console.log(`synced where the case says drifted: ${count(({ falseGreen }) => falseGreen)}`);
    return failed.length > 0 ? 1 : 0;
  } finally {
    await judge.close();
  }
}
