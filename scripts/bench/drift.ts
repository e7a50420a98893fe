import { compareObjects } from '../../src/core/drift/compare.ts';
import type { CompareOptions, DriftInput } from '../../src/core/drift/input.ts';
import type { DriftState, OwnerProfile } from '../../src/core/model/drift.ts';
import { createSchemas } from '../../src/core/schemas/schemas.ts';
import { Judge } from '../../src/core/upstream/judge.ts';
import { driftObjects } from './drift-objects.ts';
import { type BenchRow, type BenchTable, benchRow, median } from './table.ts';

const rounds = 7;
const target = '1.36';
const count = 1_000;
const drifted = 50;
const proven = 10_000;
const profiles: [string, OwnerProfile][] = [
  ['server-side apply', { mode: 'ssa', manager: 'kubectl' }],
  ['Flux', { mode: 'flux', manager: 'kustomize-controller' }],
  ['client-side apply', { mode: 'csa', manager: 'kubectl-client-side-apply' }],
];

/**
 * Comparing 1,000 objects of which 50 drifted, offline, live objects as a server returns them. The peer is
 * the judge asked about every object: what the proof of no change saves.
 */
export async function benchDrift(): Promise<BenchTable[]> {
  const judge = new Judge();
  const schemas = createSchemas({ version: target });
  const options: CompareOptions = { judge, schemas, target };
  try {
    const rows = [];
    for (const [what, profile] of profiles) {
      const inputs = driftObjects(profile, count, drifted);
      const ours = await perSecond(inputs, async () => {
        const results = await compareObjects(inputs, options);
        check(results.map(({ state }) => state));
      });
      const questions = inputs.map(({ desired, live = {} }) => ({ ...profile, desired, live }));
      const peer = await perSecond(inputs, () => judge.apply(questions, { target }));
      rows.push(benchRow(`${what}, ${count} objects, ${drifted} drifted`, ours, peer));
    }
    const unit = `objects per second, median of ${rounds}; higher is better`;
    return [
      { title: 'drift, offline: proof and judge / judge alone', unit, rows },
      { title: 'the proof of no change alone, one thread', unit, rows: await proofRows() },
    ];
  } finally {
    await judge.close();
  }
}

/** Objects of which none changed, desired and live in memory: nobody else is asked anything. */
async function proofRows(): Promise<BenchRow[]> {
  const schemas = createSchemas({ version: target });
  const rows: BenchRow[] = [];
  for (const [what, profile] of profiles) {
    const inputs = driftObjects(profile, proven, 0);
    const options: CompareOptions = { judge: undefined, schemas, target };
    const speed = await perSecond(inputs, async () => {
      const results = await compareObjects(inputs, options);
      if (results.some(({ state }) => state !== 'synced'))
        throw new Error('an object that did not change was not proven');
    });
    rows.push(benchRow(`${what}, ${proven} objects`, speed));
  }
  return rows;
}

/** A figure counts only when its answer is right. */
function check(states: DriftState[]): void {
  const found = states.filter(state => state === 'drifted').length;
  const synced = states.filter(state => state === 'synced').length;
  if (found !== drifted || synced !== count - drifted)
    throw new Error(`the comparison found ${found} drifted and ${synced} synced objects`);
}

async function perSecond(
  inputs: readonly DriftInput[],
  work: () => Promise<unknown>,
): Promise<number> {
  const seconds: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    await work();
    // The first round starts the program and compiles.
    if (round > 0) seconds.push((performance.now() - start) / 1000);
  }
  return Math.round(inputs.length / median(seconds));
}
