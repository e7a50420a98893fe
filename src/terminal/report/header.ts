import type { EnvironmentDrift } from '../../core/actions/reports.ts';
import type { DriftState } from '../../core/model/drift.ts';
import { minuteText } from '../../core/words/age.ts';
import { engineNames, shortRevision } from '../../core/words/names.ts';
import { countShown, countWords, states } from '../../core/words/states.ts';
import { type Style, styleFor } from '../style.ts';
import { wrapParts } from './columns.ts';
import { factLines } from './layout.ts';
import { spoken } from './states.ts';
import type { TextOptions } from './text-options.ts';

/** An environment's name, what it is compared with and at which revision, and below that its counts. */
export function driftHeader(
  environment: EnvironmentDrift,
  column: number,
  options: TextOptions,
): string[] {
  const style = styleFor(options.colour);
  const words = stateCounts(environment);
  const lines = wrapParts(
    words.length > 0 ? words : ['nothing to compare'],
    countGap,
    options.width - column,
  );
  return [
    ...factLines(environment.name, driftFacts(environment), column, options),
    ...lines.map(line => ' '.repeat(column) + paintCounts(line, style)),
  ];
}

/** What an environment is compared with, by whom it is deployed, and at which revision. */
export function driftFacts(environment: EnvironmentDrift): string[] {
  return [clusterFact(environment), engineNames[environment.engine], revisionText(environment)];
}

/** `41 in sync`, `3 drifted`: what is fine first, the rest is read as the exception. */
export function stateCounts(environment: EnvironmentDrift): string[] {
  const counts = countShown([environment]);
  const order: DriftState[] = ['synced', ...states.filter(state => state !== 'synced')];
  return countWords(counts, order);
}

const countGap = '   ';

function paintCounts(line: string, style: Style): string {
  return line
    .split(countGap)
    .map(part => {
      const state = states.find(state => part.endsWith(` ${spoken(state).word}`));
      return state === undefined ? style.yellow(part) : style[spoken(state).colour](part);
    })
    .join(countGap);
}

function clusterFact({ cluster }: EnvironmentDrift): string {
  const { context, server, snapshot } = cluster;
  if (snapshot !== undefined) {
    const taken = snapshot.takenAt === undefined ? '' : ` of ${minuteText(snapshot.takenAt)}`;
    return `snapshot ${snapshot.file}${taken}`;
  }
  return context ?? server ?? 'no cluster';
}

function revisionText({ revision, branch, deployed }: EnvironmentDrift): string {
  const commit = shortRevision(revision);
  const named = commit === revision ? `${branch}, ${revision}` : `${branch}@${commit}`;
  const read = branch === undefined ? commit : named;
  if (deployed === undefined) return read;
  const behind = deployed.behind ? ` (${deployed.behind} behind)` : '';
  return `${read}, deployed ${shortRevision(deployed.revision)}${behind}`;
}
