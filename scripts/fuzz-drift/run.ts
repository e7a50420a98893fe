import { begin } from '../../src/core/drift/begin.ts';
import { compareObjects } from '../../src/core/drift/compare.ts';
import type { DriftInput } from '../../src/core/drift/input.ts';
import { differences } from '../../src/core/drift/server/difference.ts';
import { equal, without } from '../../src/core/drift/values.ts';
import type { DriftResult } from '../../src/core/model/drift.ts';
import { isObject, type JsonObject, resourceOf } from '../../src/core/model/resource.ts';
import type { ApplyVerdict, Judge } from '../../src/core/upstream/judge.ts';
import type { ControlPlane } from '../../test/servers/start.ts';
import { type Failed, failedText } from './case-text.ts';
import { chance, weighted } from './chance.ts';
import { helmWords } from './helm.ts';
import { asHelmSends } from './helm-object.ts';
import { type History, makeLive } from './history.ts';
import { mutated, unknownField } from './mutate.ts';
import { compared, kubectlWords, serverWords } from './oracle.ts';
import type { Pair } from './pair.ts';
import { concurrency, type Server } from './server.ts';
import type { Subjects } from './subjects.ts';
import { faultsOf, type Judgement, type Tally } from './tally.ts';
import { isClientSide, makeTrial, type Trial, typeIn } from './trial.ts';

export interface FuzzOptions {
  plane: ControlPlane;
  server: Server;
  judge: Judge;
  subjects: Subjects;
  pairs: number;
  seed: number;
  modes: readonly string[];
  /** Only the object with this number. */
  only?: number;
  /** Hears how far it is. */
  log?(line: string): void;
}

/** Manifests that are tried against one live object. */
const manifestsPerObject = 3;
/** Objects that are made before their pairs are compared in one batch, at most. */
const largestBatch = 360;

/** Makes pairs until there are enough, counts them, and answers those with faults. */
export async function fuzz(options: FuzzOptions, tally: Tally): Promise<Failed[]> {
  const { pairs, only } = options;
  const total = tally.row('all');
  const batch = Math.min(largestBatch, Math.ceil((pairs * 1.1) / manifestsPerObject));
  const failed: Failed[] = [];
  let refusedWhole = 0;
  let start = only ?? 0;
  let previous: Promise<Failed[]> = Promise.resolve([]);
  while (total.pairs + total.nothing < pairs || only !== undefined) {
    const numbers =
      only === undefined ? Array.from({ length: batch }, (_, i) => start + i) : [only];
    const made = await makePairs(options, numbers);
    refusedWhole += made.refused;
    const found = await previous;
    for (const each of found) options.log?.(failedText(each));
    failed.push(...found);
    options.log?.(`${total.pairs} pairs, ${failed.length} with faults`);
    previous = checkPairs(options, made.pairs, tally);
    start += batch;
    if (only !== undefined || (made.pairs.length === 0 && start > pairs + batch * 10)) break;
    if (total.pairs + total.nothing + made.pairs.length >= pairs) break;
  }
  failed.push(...(await previous));
  if (refusedWhole > 0) tally.reasons.set('objects that the server refuses whole', refusedWhole);
  return failed;
}

async function makePairs(options: FuzzOptions, numbers: readonly number[]) {
  const { seed, subjects, modes, server } = options;
  const trials = numbers.map(number => makeTrial(seed, number, subjects.all, modes));
  const pairs: Pair[] = [];
  let refused = 0;
  await inParallel(trials, concurrency, async trial => {
    const history = await makeLive(server, trial);
    if (!history) {
      refused++;
      return;
    }
    pairs.push(...(await pairsOf(server, trial, history)));
  });
  pairs.sort((a, b) => a.trial.number - b.trial.number || a.id.localeCompare(b.id));
  return { pairs, refused };
}

async function pairsOf(server: Server, trial: Trial, history: History): Promise<Pair[]> {
  const { live, managers } = history;
  const manifests = Array.from({ length: manifestsPerObject }, () => manifestOf(trial, history));
  const words = isClientSide(trial) ? [] : await serverWords(server, trial, live, manifests);
  const previous = trial.profile.mode === 'csa3' ? releasedBefore(trial, history) : undefined;
  return manifests.map((desired, index) => {
    const word = words[index] ?? { says: 'nothing', reason: 'not asked' };
    const id = `${trial.number}-${index}`;
    return { id, trial, managers, desired, live, ...(previous ? { previous } : {}), word };
  });
}

/**
 * The manifest in the release before: mostly what was applied last, at times another, as after an upgrade that
 * failed; or none, for an object that the upgrade adopts, which must say that it is of the release. What Helm would do
 * to adopted custom resources is not known here.
 */
function releasedBefore(trial: Trial, { applied, live }: History): JsonObject | undefined {
  const { random, custom } = trial;
  const isAdoptable = !custom && equal(asHelmSends(live), live);
  if (chance(random, 0.1)) return isAdoptable ? undefined : applied;
  return chance(random, 0.15) ? mutated(applied, typeIn(trial), { random, count: 1 }) : applied;
}

/** What git says now: what the owner applied last, with some changes. */
function manifestOf(trial: Trial, { applied, live }: History): JsonObject {
  const { random } = trial;
  const count = weighted(random, [
    [3, 0],
    [5, 1],
    [3, 2],
    [1, 4],
  ]);
  const base = weighted(random, [
    [8, applied],
    [1, trial.rich],
  ]);
  const manifest = mutated(base, typeIn(trial), { random, count, model: live });
  // kubectl refuses unknown fields before it asks the server, all manifests of a call together. Of what Helm sends the
  // server drops them, and we call the manifest invalid all the same.
  const isAsked = !isClientSide(trial) || !JSON.stringify(manifest).includes(unknownField);
  const sent = isAsked
    ? manifest
    : (JSON.parse(JSON.stringify(base, withoutUnknown)) as JsonObject);
  return trial.profile.mode === 'csa3' ? asHelmSends(sent) : sent;
}

function withoutUnknown(key: string, value: unknown): unknown {
  return key === unknownField ? undefined : value;
}

/** One manifest of each object at a time: kubectl and Helm tell objects apart by name. */
function rounds(pairs: readonly Pair[], mode: string): Pair[][] {
  const open = pairs.filter(({ trial }) => trial.profile.mode === mode);
  return Array.from({ length: manifestsPerObject }, (_, index) =>
    open.filter(({ id }) => id.endsWith(`-${index}`)),
  ).filter(round => round.length > 0);
}

async function askKubectl(plane: ControlPlane, pairs: readonly Pair[]): Promise<void> {
  const ask = async (round: Pair[]) => {
    const asked = round.map(({ trial, live, desired }) => ({ trial, live, manifest: desired }));
    const words = await kubectlWords(plane, asked);
    for (const [at, pair] of round.entries()) pair.word = words[at] ?? pair.word;
  };
  await Promise.all(rounds(pairs, 'csa').map(ask));
}

/** One upgrade after the other, as they are upgrades of the same release. */
async function askHelm(server: Server, pairs: readonly Pair[]): Promise<void> {
  for (const round of rounds(pairs, 'csa3')) {
    const asked = round.map(({ trial, live, desired, previous }) => ({
      trial,
      live,
      manifest: desired,
      previous,
    }));
    const words = await helmWords(server, asked);
    for (const [at, pair] of round.entries()) pair.word = words[at] ?? pair.word;
  }
}

async function checkPairs(
  { judge, subjects, plane, server }: FuzzOptions,
  pairs: Pair[],
  tally: Tally,
): Promise<Failed[]> {
  const { schemas, customTypes, target } = subjects;
  await Promise.all([askKubectl(plane, pairs), askHelm(server, pairs)]);
  const inputs = pairs.map(inputOf);
  const results = await compareObjects(inputs, { judge, schemas, target });
  const begun = await Promise.all(inputs.map(input => begin(input, schemas)));
  const open = begun.map(each => ('open' in each ? each : undefined));
  const questions = open.flatMap(each =>
    each
      ? [
          {
            ...each.open.profile,
            desired: each.open.desired,
            live: each.open.live,
            ...(each.open.input.previous ? { previous: each.open.input.previous } : {}),
            wantPredicted: true,
          },
        ]
      : [],
  );
  const verdicts = await judge.apply(questions, { target, customTypes });
  let next = 0;
  return pairs.flatMap((pair, index) => {
    const result = results[index] as DriftResult;
    const each = open[index];
    const verdict = each && verdicts[next++];
    const ours = judgementOf(pair, result, each?.proven === true, verdict);
    const faults = faultsOf(pair.word, ours);
    const { trial } = pair;
    const managers = `${pair.managers} managers`;
    const kind = trial.custom ? 'generated kinds' : trial.subject.kind;
    tally.add(['all', `mode ${trial.profile.mode}`, managers, kind], pair.word, ours, faults);
    const paths = result.paths.map(({ kind, path }) => `${kind} ${path}`).join(', ');
    const text = `we say ${result.state} (${paths}) ${result.reason ?? ''}${wrongIn(pair, verdict)}`;
    return faults.length > 0 ? [{ pair, faults, ours: text }] : [];
  });
}

function inputOf({ trial, desired, live, previous }: Pair): DriftInput {
  const resource = resourceOf(desired) ?? resourceOf(live);
  if (!resource) throw new Error(`object ${trial.number} has no identity`);
  return {
    resource,
    desired,
    live,
    owners: { said: trial.profile },
    ignore: [],
    substituted: true,
    ...(previous ? { previous } : {}),
  };
}

function judgementOf(
  { word }: Pair,
  result: DriftResult,
  proven: boolean,
  verdict: ApplyVerdict | undefined,
): Judgement {
  const refused = result.state === 'invalid' || /^The server refuses/.test(result.reason ?? '');
  const predicted = verdict?.predicted;
  const right =
    predicted && 'after' in word
      ? equal(timeless(comparedWith(word.after, predicted)), timeless(compared(predicted)))
      : undefined;
  return { state: result.state, refused, proven, predictionRight: right };
}

/** With each time of the last minutes as the same text: some defaults are the time of the request. */
function timeless(object: JsonObject): JsonObject {
  const isNow = (value: unknown) =>
    typeof value === 'string' &&
    /^\d{4}-\d\d-\d\dT[\d:]+Z$/.test(value) &&
    Math.abs(Date.now() - Date.parse(value)) < 1_800_000;
  const text = JSON.stringify(object, (_, value) => (isNow(value) ? 'now' : value));
  return JSON.parse(text) as JsonObject;
}

/**
 * The server's answer without the numbers and addresses that it took from its ranges for the new object: nobody
 * can know these, and the next dry-run has others.
 */
function comparedWith(answer: JsonObject, predicted: JsonObject): JsonObject {
  const after = compared(answer);
  if (answer.kind !== 'Service' || answer.apiVersion !== 'v1' || !isObject(after.spec))
    return after;
  const guess = isObject(predicted.spec) ? predicted.spec : {};
  const spec: JsonObject = { ...after.spec };
  for (const field of ['clusterIP', 'clusterIPs', 'healthCheckNodePort'])
    if (!Object.hasOwn(guess, field)) delete spec[field];
  const ports = Array.isArray(guess.ports) ? guess.ports : [];
  if (Array.isArray(spec.ports))
    spec.ports = spec.ports.map((port, index) => {
      const known = ports[index];
      return isObject(port) && isObject(known) && !Object.hasOwn(known, 'nodePort')
        ? without(port, 'nodePort')
        : port;
    });
  return { ...after, spec };
}

/** Where the predicted object is not the server's. */
function wrongIn({ word, trial }: Pair, verdict: ApplyVerdict | undefined): string {
  if (!verdict?.predicted || !('after' in word)) return '';
  const predicted = compared(verdict.predicted);
  const after = comparedWith(word.after, verdict.predicted);
  const sides = { live: predicted, desired: {}, type: typeIn(trial), isOurs: () => true };
  const wrong = differences(sides, after);
  const texts = wrong.map(
    ({ path, live, becomes }) =>
      `${path} ${JSON.stringify(live)} is ${JSON.stringify(becomes)} to the server`,
  );
  return texts.length > 0 ? `; predicted ${texts.join(', ')}` : '';
}

async function inParallel<T>(items: readonly T[], width: number, work: (item: T) => Promise<void>) {
  const queue = items.values();
  const worker = async () => {
    for (const item of queue) await work(item);
  };
  await Promise.all(Array.from({ length: width }, worker));
}
