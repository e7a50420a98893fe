import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { editYaml } from '../../../../src/core/manifests/edit/edit.ts';
import { NotEditable } from '../../../../src/core/manifests/edit/source.ts';
import { jsonOf } from '../../../../src/core/manifests/locate.ts';
import { parseManifests } from '../../../../src/core/manifests/parse.ts';
import type { Pointer } from '../../../../src/core/model/path.ts';
import { isObject, type Json, type JsonObject } from '../../../../src/core/model/resource.ts';
import { Random, writeRandomly } from './random-yaml.ts';

const runs = Number(process.env.DRIFTLINE_RUNS ?? 1500);
const seed = Number(process.env.DRIFTLINE_SEED ?? Date.now() % 1_000_000);

/** Every place in a value. */
function* places(value: Json, at: Pointer = []): Generator<Pointer> {
  if (at.length > 0) yield at;
  if (Array.isArray(value))
    for (const [index, item] of value.entries()) yield* places(item, [...at, index]);
  else if (isObject(value))
    for (const [key, item] of Object.entries(value)) yield* places(item, [...at, key]);
}

function valueAt(root: Json, pointer: Readonly<Pointer>): Json | undefined {
  return pointer.reduce<Json | undefined>(
    (value, step) =>
      typeof value === 'object' && value !== null ? (value as JsonObject)[step] : undefined,
    root,
  );
}

function withValue(root: Json, pointer: Readonly<Pointer>, value: Json): Json {
  const [step, ...rest] = pointer;
  if (step === undefined) return value;
  if (Array.isArray(root))
    return root.with(Number(step), withValue(root[Number(step)] ?? null, rest, value));
  const map = isObject(root) ? root : {};
  return { ...map, [String(step)]: withValue(map[String(step)] ?? null, rest, value) };
}

/** The lines of a text that are comments only, in their order: an edit must lose none but those inside what it takes out. */
function comments(text: string): string[] {
  return text.split('\n').flatMap(line => /#c\d+/.exec(line)?.[0] ?? []);
}

function readBack(text: string): (Json | undefined)[] {
  const { documents, problems } = parseManifests(text);
  expect(problems, text).toEqual([]);
  return documents.map(({ root }) => (root ? jsonOf(root) : undefined));
}

describe(`editing random documents (DRIFTLINE_SEED=${seed})`, () => {
  it('says what was wanted, and leaves everything else as it was', () => {
    const random = new Random(seed);
    let refused = 0;
    for (let run = 0; run < runs; run++) {
      const values = [random.map(3), random.map(3)];
      const text = writeRandomly(values, random);
      const before = readBack(text);
      expect(before, text).toEqual(values);
      const document = random.below(2);
      const root = values[document] as Json;
      const pointer = random.pick([...places(root)]);
      const value = random.chance(0.15)
        ? random.value(2)
        : random.near(valueAt(root, pointer) as Json);
      const trace = `${text}\n=== ${pointer.join('/')} := ${JSON.stringify(value)}`;
      let after: string;
      try {
        after = editYaml(text, { document, pointer, value });
      } catch (error) {
        if (!(error instanceof NotEditable)) throw new Error(`${trace}\n${(error as Error).stack}`);
        refused++;
        if (process.env.DRIFTLINE_SHOW) console.log(`${trace}\n--- ${error.message}`);
        continue;
      }
      const expected = values.with(document, withValue(root, pointer, value) as JsonObject);
      expect(readBack(after), `${trace}\n===\n${after}`).toEqual(expected);
      if (isDeepStrictEqual(valueAt(root, pointer), value)) expect(after, trace).toBe(text);
      // Another scalar in the place of a scalar changes nothing around it.
      const old = valueAt(root, pointer);
      const isScalar = (each: Json | undefined) => typeof each !== 'object' || each === null;
      if (isScalar(old) && isScalar(value))
        expect(comments(after), `${trace}\n===\n${after}`).toEqual(comments(text));
    }
    expect(refused / runs).toBeLessThan(0.02);
  });

  it('takes fields out, and nothing else', () => {
    const random = new Random(seed + 1);
    let refused = 0;
    for (let run = 0; run < runs; run++) {
      const values = [random.map(3), random.map(3)];
      const text = writeRandomly(values, random);
      expect(readBack(text), text).toEqual(values);
      const document = random.below(2);
      const root = values[document] as Json;
      const pointer = random.pick([...places(root)]);
      const trace = `${text}\n=== take out ${pointer.join('/')}`;
      let after: string;
      try {
        after = editYaml(text, { document, pointer, keeps: () => true });
      } catch (error) {
        if (!(error instanceof NotEditable)) throw new Error(`${trace}\n${(error as Error).stack}`);
        const isAll = pointer.length === 1 && Object.keys(root as JsonObject).length === 1;
        if (!isAll) refused++;
        if (process.env.DRIFTLINE_SHOW && !isAll) console.log(`${trace}\n--- ${error.message}`);
        continue;
      }
      const parent = pointer.slice(0, -1);
      const held = valueAt(root, parent) as Json;
      const step = pointer.at(-1) as string | number;
      const without = Array.isArray(held)
        ? held.toSpliced(Number(step), 1)
        : Object.fromEntries(Object.entries(held as JsonObject).filter(([key]) => key !== step));
      const expected = values.with(document, withValue(root, parent, without) as JsonObject);
      expect(readBack(after), `${trace}\n===\n${after}`).toEqual(expected);
    }
    expect(refused / runs).toBeLessThan(0.02);
  });
});
