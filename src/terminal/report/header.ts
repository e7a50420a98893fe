import type { DriftState } from '../../core/model/drift.ts';
import type { EngineId } from '../../core/model/environment.ts';
import { type Style, styleFor } from '../style.ts';
import { minuteText } from './age.ts';
import { pad, shortenMiddle, textWidth, wrapParts } from './columns.ts';
import { countStates, spoken, states } from './states.ts';
import type { EnvironmentDrift, TextOptions } from './types.ts';
import { printable } from './values.ts';

/** An environment's name, what it is compared with and at which revision, and below that its counts. */
export function driftHeader(
  environment: EnvironmentDrift,
  column: number,
  options: TextOptions,
): string[] {
  const style = styleFor(options.colour);
  const counts = countStates([environment]);
  const said = counted.filter(state => counts[state] > 0);
  const facts = [
    ...clusterFacts(environment),
    engineNames[environment.engine],
    revisionText(environment),
  ];
  const words = said.map(state => `${counts[state]} ${spoken[state].word}`);
  const lines = wrapParts(
    words.length > 0 ? words : ['nothing to compare'],
    '   ',
    options.width - column,
  );
  return [
    ...factLines(environment.name, facts, column, options),
    ...lines.map(line => ' '.repeat(column) + paintCounts(line, style)),
  ];
}

/** Narrower cannot be read in columns; wider, the eye loses the line. */
export function layoutWidth(width: number): number {
  return Math.min(Math.max(width, 40), 100);
}

/** `Flux`, as the engines write themselves. */
export const engineNames: Record<EngineId, string> = {
  flux: 'Flux',
  argocd: 'Argo CD',
  helm: 'Helm',
  apply: 'kubectl apply',
  none: 'no engine',
};

/** Where headers begin after the environments' names; a longer name has its own line. */
export function nameColumn(named: readonly { name: string }[]): number {
  const widths = named.map(({ name }) => textWidth(printable(name))).filter(width => width <= 20);
  return Math.max(8, ...widths) + 3;
}

/** An environment's name with facts beside it, wrapped between the facts. */
export function factLines(
  name: string,
  facts: readonly string[],
  column: number,
  options: TextOptions,
): string[] {
  const style = styleFor(options.colour);
  const lines = wrapParts(facts.map(printable), ' · ', options.width - column);
  const safe = shortenMiddle(printable(name), options.width);
  const beside = textWidth(safe) <= column - 2;
  const [first = '', ...more] = lines;
  const rest = (beside ? more : lines).map(line => ' '.repeat(column) + line);
  return [beside ? style.bold(pad(safe, column)) + first : style.bold(safe), ...rest];
}

/** In the order of interest, what is fine first: the eye reads the rest as the exception. */
const counted: readonly DriftState[] = ['synced', ...states.filter(state => state !== 'synced')];

function paintCounts(line: string, style: Style): string {
  return line
    .split('   ')
    .map(part => {
      const state = states.find(state => part.endsWith(` ${spoken[state].word}`));
      return state === undefined ? style.yellow(part) : style[spoken[state].colour](part);
    })
    .join('   ');
}

function clusterFacts({ cluster }: EnvironmentDrift): string[] {
  const { context, server, snapshot } = cluster;
  if (snapshot !== undefined) {
    const taken = snapshot.takenAt === undefined ? '' : ` of ${minuteText(snapshot.takenAt)}`;
    return [`snapshot ${snapshot.file}${taken}`];
  }
  const name = context ?? server;
  return [name ?? 'no cluster'];
}

function revisionText({ revision, branch, deployed }: EnvironmentDrift): string {
  const read =
    branch === undefined ? shortRevision(revision) : `${branch}@${shortRevision(revision)}`;
  if (deployed === undefined) return read;
  const behind = deployed.behind ? ` (${deployed.behind} behind)` : '';
  return `${read}, deployed ${shortRevision(deployed.revision)}${behind}`;
}

/** Commit ids as git abbreviates them; anything else, such as `working tree`, as it is. */
function shortRevision(revision: string): string {
  return /^[0-9a-f]{40,64}$/.test(revision) ? revision.slice(0, 7) : revision;
}
