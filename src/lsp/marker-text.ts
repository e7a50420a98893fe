import type { MarkedDifference } from '../core/live/state.ts';
import type { Cause, DriftPath, DriftState } from '../core/model/drift.ts';
import type { Resource } from '../core/model/resource.ts';
import { causeReason, causeText, causeWords, whyText } from '../core/words/causes.ts';
import { changeText, ownersText, remarks } from '../core/words/change.ts';
import { shortPath } from '../core/words/short-path.ts';
import { asOfText, staleText } from '../core/words/stale.ts';
import { states } from '../core/words/states.ts';
import { isSecret, printable } from '../core/words/values.ts';

export interface MarkerContext {
  now: Date;
  /** The line was changed in the editor and is not saved yet. */
  edited: boolean;
}

/**
 * What stands at the end of a line, without the arrow: `production runs 5 · kubectl-scale, 3 h ago`. The worst
 * difference is told, in all environments that have the same one; of others only the number. At most 80
 * characters, nothing secret in them.
 */
export function markerText(
  differences: readonly MarkedDifference[],
  { now, edited }: MarkerContext,
): string {
  const groups = grouped(differences);
  const [first] = groups;
  if (first === undefined) return '';
  const { stale } = differences.find(each => each.stale) ?? {};
  const asOfWhen = stale === undefined ? '' : asOfText(stale, now);
  const others = groups.length > 1 ? `${groups.length - 1} more` : '';
  const tails = whyTexts(first.telling, now).map(about =>
    [about, others, asOfWhen].filter(part => part !== ''),
  );
  return fitted(first, edited ? withDesired(first.telling) : '', tails);
}

/** The difference that is told first, and that a click on the marker shows. */
export function worst(differences: readonly MarkedDifference[]): MarkedDifference | undefined {
  return [...differences].sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state))[0];
}

/** `production runs 5, the repository says 3 · kubectl-scale, 3 h ago`: one difference as a diagnostic tells it. */
export function differenceSentence(difference: MarkedDifference, now: Date): string {
  const telling = tellingOf(difference);
  const said = telling.say(subjectOf([difference.environment]), telling.value);
  const known = staleText(difference.stale, now);
  if (!('path' in telling))
    return [said, causeText(telling.cause), known].filter(part => part !== '').join(' · ');
  const { path } = telling;
  const { desired } = changeText(difference.object, path);
  const secret = isSecret(difference.object, path.path);
  const declared = path.kind === 'changed' || path.kind === 'missing';
  const says = difference.edited ? 'this makes' : 'the repository says';
  const repository = declared && !secret ? `, ${says} ${cut(desired, 200)}` : '';
  const notes = path.kind === 'order' ? [] : remarks(path, difference.object);
  const about = [whyText(path, now), causeReason(path.cause), ...notes, known];
  return [said + repository, ...about].filter(part => part !== '').join(' · ');
}

/** How one kind of difference is told; `value` is what may be shortened. */
type Telling = {
  value: string;
  say(subject: Subject, value: string): string;
} & ({ path: DriftPath; object: Resource } | { cause?: Cause });

interface Subject {
  /** `production`, `2 environments`. */
  name: string;
  /** Picks the verb: `runs`, `run`. */
  verb(singular: string, plural: string): string;
}

interface Group {
  telling: Telling;
  environments: string[];
}

const longest = 80;
const shortestValue = 12;

function grouped(differences: readonly MarkedDifference[]): Group[] {
  const sorted = [...differences].sort((a, b) => states.indexOf(a.state) - states.indexOf(b.state));
  const groups = new Map<string, Group>();
  for (const difference of sorted) {
    const telling = tellingOf(difference);
    const cause = 'path' in telling ? telling.path.cause : telling.cause;
    const key = `${telling.say(subjectOf(['it']), telling.value)} ${cause?.kind}`;
    const known = groups.get(key);
    if (!known) groups.set(key, { telling, environments: [difference.environment] });
    else if (!known.environments.includes(difference.environment))
      known.environments.push(difference.environment);
  }
  return [...groups.values()];
}

/** Why it differs, in fewer and fewer words. */
function whyTexts(telling: Telling, now: Date): [string, ...string[]] {
  if (!('path' in telling)) return [telling.cause ? causeWords[telling.cause.kind] : ''];
  const { cause, by } = telling.path;
  const shorter = cause && cause.kind !== 'changed-in-cluster' ? [causeWords[cause.kind]] : [];
  return [whyText(telling.path, now), ...(cause ? [...shorter, ownersText(by, now)] : [])];
}

/** Shortens the value first, then says less of why, then leaves that out, then cuts the end. */
function fitted({ telling, environments }: Group, more: string, tails: string[][]): string {
  const [tail = []] = tails;
  const subject = subjectOf(environments);
  const whole = (value: string, rest: string[]) =>
    [telling.say(subject, value) + more, ...rest].join(' · ');
  const text = whole(telling.value, tail);
  if (text.length <= longest) return text;
  const room = telling.value.length - (text.length - longest);
  const value = cut(telling.value, Math.max(room, shortestValue));
  const shorter = tails.map(each => whole(value, each)).find(each => each.length <= longest);
  return shorter ?? cut(whole(value, tail.slice(1)), longest);
}

/** What the text in the editor makes of it: `, this makes 4`. */
function withDesired(telling: Telling): string {
  if (!('path' in telling) || telling.path.kind !== 'changed') return '';
  if (isSecret(telling.object, telling.path.path)) return '';
  return `, this makes ${cut(ends(telling.object, telling.path).desired, 24)}`;
}

/** The last two fields of a short path, with what stands in brackets behind them. */
const lastFields = /(?:^|\.)([^.[\]]+(?:\[[^\]]*\])*(?:\.[^.[\]]+(?:\[[^\]]*\])*)?)$/;

function tellingOf({ object, path, state, reason, cause }: MarkedDifference): Telling {
  if (path === undefined)
    return { value: '', say: wholeObject(state, reason), ...(cause && { cause }) };
  const secret = isSecret(object, path.path);
  const { live } = ends(object, path);
  const field = shortPath(path.path);
  const last = lastFields.exec(field)?.[1] ?? field;
  switch (path.kind) {
    case 'missing':
      return { path, object, value: '', say: ({ name }) => `not set in ${name}` };
    case 'order':
      return {
        ...{ path, object, value: '' },
        say: ({ name, verb }) => `${name} ${verb('runs', 'run')} these in another order`,
      };
    case 'stale':
      return {
        ...{ path, object, value: secret ? '' : live },
        say: ({ name, verb }, value) =>
          `${name} also ${verb('runs', 'run')} ${last}${value === '' ? '' : `: ${value}`}`,
      };
    case 'changed':
      return {
        ...{ path, object, value: secret ? 'another value' : live },
        say: ({ name, verb }, value) =>
          `${name} ${verb('runs', 'run')} ${value}${path.equivalent ? ', which means the same' : ''}`,
      };
  }
}

function wholeObject(state: DriftState, reason: string | undefined): Telling['say'] {
  const why = reason === undefined ? '' : `: ${printable(reason)}`;
  return ({ name, verb }) => {
    if (state === 'missing') return `not running in ${name}`;
    if (state === 'invalid') return `${name} would refuse this${why}`;
    if (state === 'terminating') return `being deleted in ${name}`;
    if (state === 'prune-candidate' || state === 'orphan')
      return `${name} still ${verb('runs', 'run')} this`;
    if (state === 'drifted') return `${name} would have to recreate this${why}`;
    if (state === 'suspect') return `perhaps drifted in ${name}${why}`;
    return `not checked in ${name}${why}`;
  };
}

function subjectOf(environments: readonly string[]): Subject {
  const [only = ''] = environments;
  const several = environments.length > 1;
  return {
    name: several ? `${environments.length} environments` : printable(only),
    verb: (singular, plural) => (several ? plural : singular),
  };
}

/** Both values; of long ones that begin alike, as images of two tags do, only what differs. */
function ends(object: Resource, path: DriftPath): { desired: string; live: string } {
  const { desired, live } = changeText(object, path);
  if (path.kind !== 'changed' || /\s/.test(desired + live)) return { desired, live };
  let common = 0;
  while (common < Math.min(desired.length, live.length) && desired[common] === live[common])
    common++;
  const start = Math.max(...['/', ':', '@'].map(end => live.lastIndexOf(end, common - 1) + 1));
  if (common === 0 || live.length <= 24) return { desired, live };
  return { desired: desired.slice(start), live: live.slice(start) };
}

/** A text of at most so many characters, without its middle where it is longer. */
function cut(text: string, most: number): string {
  const characters = [...text];
  if (characters.length <= most) return text;
  const head = Math.ceil((most - 1) / 2);
  const end = characters.slice(characters.length - (most - 1 - head));
  return `${characters.slice(0, head).join('')}…${end.join('')}`;
}
