import { messageOf } from '../../src/core/lib/errors.ts';
import { linesOf } from '../../src/core/lib/lines.ts';
import { RepositoryIndex } from '../../src/core/manifests/repository-index.ts';
import type { Finding } from '../../src/core/model/finding.ts';
import type { JsonObject } from '../../src/core/model/resource.ts';
import type { Judge } from '../../src/core/upstream/judge.ts';
import { validateRepository } from '../../src/core/validate/validate.ts';
import { seedOf } from '../fuzz-drift/chance.ts';
import { customType } from '../fuzz-drift/custom-types.ts';
import { Random } from '../lib/random.ts';
import { mutateText } from './mutate.ts';
import { mutateType } from './mutate-type.ts';

export interface Trials {
  /** Sound texts to begin with. */
  texts: readonly string[];
  documents: number;
  definitions: number;
  seed: number;
  judge?: Pick<Judge, 'validate'>;
}

export interface Fault {
  /** Number of the trial: the same seed makes the same. */
  trial: string;
  what: string;
  text: string;
}

export interface Outcome {
  faults: Fault[];
  findings: number;
  /** Milliseconds of computing of the slowest trial; the judge, a process of its own, not counted. */
  slowest: number;
}

/** Milliseconds of computing that one document may take, whatever else the machine does meanwhile. */
const longest = 1000;
const target = '1.36';

/**
 * Validates mutated documents and objects of mutated definitions. A fault is an error that is thrown, a second that
 * passes, or a finding that is not inside of its text.
 */
export async function fuzzDocuments(trials: Trials): Promise<Outcome> {
  const outcome: Outcome = { faults: [], findings: 0, slowest: 0 };
  for (let number = 0; number < trials.documents; number++) {
    const random = new Random(seedOf(trials.seed, number));
    const text = mutateText(random.pick(trials.texts), random, trials.texts);
    await attempt(outcome, `document ${number}`, { 'a.yaml': text }, trials.judge);
  }
  for (let number = 0; number < trials.definitions; number++) {
    const random = new Random(seedOf(trials.seed + 1, number));
    const sound = customType(trials.seed, number);
    const definition = mutateType(sound, random);
    const files = {
      'a.yaml': JSON.stringify(objectOf(sound)),
      'type.yaml': JSON.stringify(definition, undefined, 1),
    };
    await attempt(outcome, `definition ${number}`, files, trials.judge);
  }
  return outcome;
}

async function attempt(
  outcome: Outcome,
  trial: string,
  files: Record<string, string>,
  judge: Trials['judge'],
): Promise<void> {
  const started = process.cpuUsage();
  const fault = (what: string) =>
    outcome.faults.push({ trial, what, text: Object.values(files).join('\n=====\n') });
  try {
    const index = await indexOf(files);
    const { findings, notChecked } = await validateRepository({
      index,
      rendered: [],
      target,
      judge,
    });
    outcome.findings += findings.length;
    for (const finding of findings) {
      const outside = outsideOf(finding, files[finding.file] ?? '');
      if (outside) fault(`${outside}: ${JSON.stringify(finding)}`);
    }
    // What stops one document must not stop the others.
    const stopped = notChecked.find(({ place }) => place === undefined);
    if (judge && stopped) fault(`nothing was judged: ${stopped.reason}`);
  } catch (error) {
    fault(error instanceof Error ? (error.stack ?? error.message) : messageOf(error));
  }
  const took = process.cpuUsage(started).user / 1000;
  outcome.slowest = Math.max(outcome.slowest, took);
  if (took > longest) fault(`took ${Math.round(took)} ms`);
}

function outsideOf(
  { line, column, endLine, endColumn }: Finding,
  text: string,
): string | undefined {
  const lines = linesOf(text);
  const isInside = (at: number, from: number) =>
    at >= 1 && at <= lines.length && from >= 1 && from <= (lines[at - 1] ?? '').length + 1;
  if (!isInside(line, column)) return 'begins outside';
  if (!isInside(endLine, endColumn)) return 'ends outside';
  if (endLine < line || (endLine === line && endColumn < column)) return 'ends before it begins';
  return undefined;
}

function objectOf({ spec }: JsonObject): JsonObject {
  const { group, names, versions } = spec as {
    group: string;
    names: { kind: string };
    versions: { name: string }[];
  };
  return {
    apiVersion: `${group}/${versions[0]?.name}`,
    kind: names.kind,
    metadata: { name: 'a', namespace: 'default' },
    spec: { a: 1, b: ['x', 'x'], c: { d: null }, replicas: 'three' },
  };
}

function indexOf(files: Record<string, string>): Promise<RepositoryIndex> {
  return RepositoryIndex.build({
    root: '/fuzz',
    revision: 'working tree',
    files: Object.keys(files).sort(),
    read: async file => new TextEncoder().encode(files[file]),
    left: [],
  });
}
