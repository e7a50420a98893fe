import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readCases } from '../../../scripts/drift-cases/case-file.ts';
import { unknownKeys } from '../../../scripts/drift-cases/case-keys.ts';
import { runCases } from '../../../scripts/drift-cases/case-run.ts';
import { scoreCase } from '../../../scripts/drift-cases/case-score.ts';
import { Judge } from '../../../src/core/upstream/judge.ts';

const file = join(import.meta.dirname, '../../../../shared/drift/drift-cases.yaml');
const judge = new Judge();
afterAll(() => judge.close());

describe.skipIf(!existsSync(file) && !process.env.CI)('the drift cases of real servers', () => {
  it('are all answered right', async () => {
    const answers = await runCases(readCases(readFileSync(file, 'utf8')), judge);
    expect(answers.length).toBeGreaterThan(200);
    const faults = answers.flatMap(answer =>
      scoreCase(answer).faults.map(fault => `${answer.test.id}: ${fault}`),
    );
    expect(faults).toEqual([]);
  });
});

describe('scoring a case', () => {
  const text = (expected: string) => `
version: 1
server: kube-apiserver v1.36.2
count: 1
cases:
- id: one
  group: config
  why: a value was edited
  owner: {tool: any-ssa, manager: mgr, mode: ssa}
  desired: {apiVersion: v1, kind: ConfigMap, metadata: {name: cm, namespace: demo}, data: {a: '1'}}
  live: {apiVersion: v1, kind: ConfigMap, metadata: {name: cm, namespace: demo}, data: {a: '2'}}
  expect: ${expected}
  oracle: {result: reading}
`;
  const score = async (expected: string) => {
    const [answer] = await runCases(readCases(text(expected)), judge);
    if (!answer) throw new Error('no answer');
    return scoreCase(answer);
  };

  it('finds nothing wrong with the right answer', async () => {
    const right = await score(
      "{state: drifted, local: drifted, paths: [{path: .data.a, kind: changed, desired: '1', live: '2'}]}",
    );
    expect(right).toMatchObject({ faults: [], stateRight: true, pathsRight: true });
  });

  it('says what it does not understand in a case, which then is not right', async () => {
    const file = readCases(text('{state: drifted, paths: [{path: .data.a, kind: changed}], x: 1}'));
    const [first] = file.cases;
    if (!first) throw new Error('no case');
    const odd = { ...first, options: { dryRun: { allowed: true, body: {} } } } as typeof first;
    const [answer] = await runCases({ ...file, cases: [odd] }, judge);
    if (!answer) throw new Error('no answer');
    expect(scoreCase(answer).faults).toEqual(['options.dryRun.body is not understood here']);
    expect(unknownKeys(odd).expected).toEqual(['expect.x']);
  });

  it('names additions of others that are not told', async () => {
    const extra = await score(
      '{state: drifted, paths: [{path: .data.a, kind: changed}], extra: [{path: .data.z, by: kubectl, operation: Update}]}',
    );
    expect(extra.faults).toEqual(['no extra .data.z kubectl Update']);
  });

  it('names a wrong state, a missing path and one too many', async () => {
    const state = await score('{state: synced, local: synced, paths: []}');
    expect(state.stateRight).toBe(false);
    expect(state.faults.join()).toContain('state is drifted, not synced');
    const paths = await score(
      '{state: drifted, local: drifted, paths: [{path: .data.b, kind: missing}]}',
    );
    expect(paths.faults).toEqual(['no path .data.b missing', 'unexpected path .data.a changed']);
  });
});
