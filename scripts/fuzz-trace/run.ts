import { pointerText } from '../../src/core/render/locate.ts';
import { Random } from '../lib/random.ts';
import { exactReading, scalarsOf } from './check.ts';
import { judgeTrial, type Tried, titleOf, type Verdict } from './judge-trial.ts';
import { mutationOf } from './mutate.ts';
import type { Answer, Corpora, Subject } from './subjects.ts';

export interface FuzzOptions {
  trials: number;
  seed: number;
  /** Only these. */
  kinds?: readonly Subject['kind'][];
  /** Only folders whose path holds this. */
  only?: string;
  /** Hears of each failure as it happens. */
  log(line: string): void;
}

/** What came of the trials of one kind of source. */
export interface Tally {
  trials: number;
  proven: number;
  /** Reasons with their numbers. */
  skipped: Record<string, number>;
  failed: number;
}

/** Trials with one traced build: tracing costs more than a render. */
const trialsPerBuild = 6;

/**
 * Proof by change: text at the place of a rendered scalar marked `exact` is changed, and exactly that field
 * must change. Folders are taken at random, of each a random object, of that a random field.
 */
export async function fuzz(
  corpora: Corpora,
  { trials, seed, kinds, only = '', log }: FuzzOptions,
): Promise<Record<Subject['kind'], Tally>> {
  const random = new Random(seed);
  const tallies = { kustomization: newTally(), chart: newTally() };
  const subjects = corpora.subjects.filter(
    ({ kind, path }) => path.includes(only) && (kinds === undefined || kinds.includes(kind)),
  );
  for (let done = 0, idle = 0; done < trials && idle < subjects.length * 10 + 100; idle++) {
    const subject = pickSubject(subjects, random);
    if (!subject) break;
    const before = await corpora.trace(subject);
    if (before.failure !== undefined || before.objects.length === 0) continue;
    for (let trial = 0; trial < trialsPerBuild && done < trials; trial++) {
      const tried = pickField(before, random);
      if (!tried) break;
      const verdict = await tryField(corpora, subject, before, tried, random);
      const tally = tallies[subject.kind];
      count(tally, verdict);
      done++;
      idle = 0;
      if (verdict.result !== 'failed') continue;
      const { pointer, object, place } = tried;
      log(
        `FAILED (seed ${seed}) ${subject.kind} ${subject.path}: ${titleOf(object.value)} ${pointerText(pointer)}`,
      );
      log(`  changed at ${place.file}:${place.line}:${place.column}, via ${place.via.join(' > ')}`);
      for (const fault of verdict.faults.slice(0, 5)) log(`  ${fault}`);
    }
  }
  return tallies;
}

/** A third of the trials are charts': there are far fewer of them. */
function pickSubject(subjects: readonly Subject[], random: Random): Subject | undefined {
  const charts = subjects.filter(({ kind }) => kind === 'chart');
  const others = subjects.filter(({ kind }) => kind === 'kustomization');
  const chosen =
    others.length === 0 || (charts.length > 0 && random.below(3) === 0) ? charts : others;
  return chosen.length > 0 ? random.pick(chosen) : undefined;
}

/** A random exact scalar of a random object; what objects are found by is taken seldom. */
function pickField(before: Answer, random: Random): Tried | undefined {
  for (let attempt = 0; attempt < 50; attempt++) {
    const object = random.pick(before.objects);
    if (!object.locate) continue;
    const { pointer, value } = random.pick(scalarsOf(object.value)) ?? {};
    if (!pointer || value === undefined || value === null) continue;
    // Helm reads these to know what to do with the object.
    if (String(pointer[2]).startsWith('helm.sh/')) continue;
    const seldom = ['kind', 'apiVersion', 'name'].includes(String(pointer.at(-1)));
    if (seldom && random.below(10) > 0) continue;
    const place = object.locate(pointer);
    if (place.how === 'exact') return { object, pointer, value, place };
  }
  return undefined;
}

async function tryField(
  corpora: Corpora,
  subject: Subject,
  before: Answer,
  tried: Tried,
  random: Random,
): Promise<Verdict> {
  const { place, object, pointer, value } = tried;
  const file = corpora.written(place.file);
  const reading = exactReading(
    { object: object.value, pointer, value },
    file.at(place.line, place.column),
  );
  if (!reading)
    return { result: 'failed', faults: [`${JSON.stringify(value)} does not stand there`] };
  const mutation = mutationOf(file.text, reading, random);
  if (!mutation) return { result: 'skipped', reason: 'nothing to change in it' };
  const after = await corpora.renderWith(subject, place.file, mutation.text);
  return judgeTrial(before, after, tried, mutation);
}

function newTally(): Tally {
  return { trials: 0, proven: 0, skipped: {}, failed: 0 };
}

function count(tally: Tally, verdict: Verdict): void {
  tally.trials++;
  if (verdict.result === 'proven') tally.proven++;
  else if (verdict.result === 'failed') tally.failed++;
  else tally.skipped[verdict.reason] = (tally.skipped[verdict.reason] ?? 0) + 1;
}
