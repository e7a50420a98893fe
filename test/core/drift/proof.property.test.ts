import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { provenUnchanged } from '../../../src/core/drift/proof.ts';
import { jsonOf } from '../../../src/core/manifests/locate.ts';
import { parseManifests } from '../../../src/core/manifests/parse.ts';
import { isObject, type JsonObject, resourceOf } from '../../../src/core/model/resource.ts';
import { createSchemas } from '../../../src/core/schemas/schemas.ts';
import type { FieldType } from '../../../src/core/schemas/type.ts';
import { type ApplyVerdict, Judge } from '../../../src/core/upstream/judge.ts';
import { type Pair, randomPair } from './random-pair.ts';

/** As many as there is time for, on a machine that others use, too; at least one batch. */
const pairCount = Number(process.env.PAIRS ?? 8_000);
const batchSize = 500;
const seconds = 60;
/** Another one is tried with `SEED=… vitest run test/core/drift`. */
const seed = Number(process.env.SEED ?? 20261121);

const file = join(import.meta.dirname, 'fixtures/kinds.yaml');
const kinds = parseManifests(readFileSync(file, 'utf8')).documents.flatMap(({ root }) => {
  const value = root && jsonOf(root);
  return isObject(value) ? [value] : [];
});
const customTypes = kinds.filter(({ kind }) => kind === 'CustomResourceDefinition');
const schemas = createSchemas({ version: '1.36', crds: customTypes });
const types = new Map(kinds.map(rich => [String(rich.kind), typeOf(rich)]));

function typeOf(object: JsonObject): FieldType {
  const resource = resourceOf(object);
  const found = resource && schemas.lookup(resource);
  if (!found?.found) throw new Error(`no type for ${object.kind}`);
  return found.kind.type;
}

const pairs = fc
  .record({ seed: fc.noBias(fc.integer()), kind: fc.nat(kinds.length - 1) })
  .map(({ seed, kind }) => {
    const rich = kinds[kind] as JsonObject;
    return randomPair(seed, rich, typeOf(rich));
  });

const judge = new Judge();
afterAll(() => judge.close());

function ask(batch: readonly Pair[]): Promise<ApplyVerdict[]> {
  const questions = batch.map(({ seed: _, profile, ...sides }) => ({ ...profile, ...sides }));
  return judge.apply(questions, { target: '1.36', customTypes });
}

/** Pairs that the proof settles and the judge does not call equal, and how much was proven. */
async function check(batch: readonly Pair[]) {
  const verdicts = await ask(batch);
  const proven = batch.map(pair =>
    provenUnchanged({
      ...pair,
      type: types.get(String(pair.live.kind)) as FieldType,
      builtin: pair.live.kind !== 'Widget',
    }),
  );
  const wrong = batch.filter((_, index) => proven[index] && !verdicts[index]?.equal);
  // A live object that is not valid itself, as no server would hold it, is refused and says nothing.
  const all = await ask(wrong.map(pair => ({ ...pair, ...strangersApply(pair.live, pair.live) })));
  const none = await ask(wrong.map(pair => ({ ...pair, ...strangersApply(pair.live, {}) })));
  const refuted = wrong.filter((_, index) => all[index]?.equal && none[index]?.equal);
  return {
    refuted,
    proven: proven.filter(Boolean).length - wrong.length,
    equal: verdicts.filter(verdict => verdict.equal).length,
    impossible: wrong.length - refuted.length,
  };
}

/** Somebody new applies to a live object. */
function strangersApply(live: JsonObject, fields: JsonObject): Pick<Pair, 'desired' | 'profile'> {
  const { apiVersion = '', kind = '', metadata = {} } = live;
  const { name = '', namespace = '' } = metadata as JsonObject;
  return {
    desired: {
      ...fields,
      apiVersion,
      kind,
      metadata: namespace === '' ? { name } : { name, namespace },
    },
    profile: { mode: 'ssa', manager: 'stranger' },
  };
}

describe('the proof of no change', () => {
  it('calls nothing unchanged that the judge calls changed, and settles most of what is unchanged', async () => {
    const all = fc.sample(pairs, { numRuns: pairCount, seed });
    let proven = 0;
    let equal = 0;
    let impossible = 0;
    let done = 0;
    const until = Date.now() + seconds * 1_000;
    for (let start = 0; start < all.length && Date.now() < until; start += batchSize) {
      const checked = await check(all.slice(start, start + batchSize));
      const found = checked.refuted.map(pair => `${pair.live.kind} of seed ${pair.seed}`);
      expect(found).toEqual([]);
      done += batchSize;
      proven += checked.proven;
      equal += checked.equal;
      impossible += checked.impossible;
    }
    expect(proven).toBeGreaterThan(done / 5);
    expect(proven).toBeGreaterThan(equal / 2);
    expect(impossible).toBeLessThan(proven / 3);
  }, 300_000);
});
