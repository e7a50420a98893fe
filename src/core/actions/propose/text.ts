import type { DriftPath } from '../../model/drift.ts';
import type { NotChecked } from '../../model/finding.ts';
import { resourceKey, resourceText } from '../../model/resource.ts';
import { placeText } from '../../model/source.ts';
import { ownersText } from '../../words/change.ts';
import { bounded, code, folded, plain, table } from '../../words/markdown.ts';
import { shortPath } from '../../words/short-path.ts';
import { quantity } from '../../words/states.ts';
import { printable } from '../../words/values.ts';
import type { Effect, ObjectEffect } from '../effect/effect.ts';
import { fieldWords } from '../effect/text.ts';
import type { ChangedFile } from '../plans.ts';
import type { EnvironmentChange, ObjectChange } from './changes.ts';
import { objectDiff } from './diff.ts';

/**
 * `production: change Deployment shop/web`; the number of several objects or environments. Where no object
 * changes, the files: `change README.md`.
 */
export function proposalTitle(
  changes: readonly EnvironmentChange[],
  files: readonly string[],
): string {
  const changing = changes.filter(({ objects }) => objects.length > 0);
  const objects = changing.flatMap(each => each.objects);
  const [first] = objects;
  if (first === undefined) return shortTitle(`change ${oneOrCount(files, 'file')}`);
  const verbs = new Set(objects.map(({ change }) => change));
  const verb = verbs.size === 1 ? first.change : 'change';
  const names = [...new Set(objects.map(({ resource }) => resourceText(resource)))];
  const environments = changing.map(({ environment }) => environment);
  const where =
    environments.length > 3
      ? quantity(environments.length, 'environment')
      : environments.join(', ');
  return shortTitle(`${where}: ${verb} ${oneOrCount(names, 'object')}`);
}

/** The first sentence of the text: which files the change is made in, and who reads them. */
export function proposalWhy(files: readonly ChangedFile[]): string {
  const shown = files.slice(0, 3).map(({ path }) => code(short(path)));
  const more = files.length - shown.length;
  const all = more > 0 ? [...shown, quantity(more, 'more file')] : shown;
  const readers = [...new Set(files.flatMap(({ environments }) => environments))];
  const names =
    readers.length > 5 ? quantity(readers.length, 'environment') : list(readers.map(plain));
  const read =
    readers.length === 0
      ? 'no environment reads'
      : `${names} ${readers.length === 1 ? 'reads' : 'read'}`;
  return `Changes ${list(all)}, which ${read}.`;
}

/**
 * The text of a pull request: one sentence why; per environment the objects that change (with `effect` their fields,
 * and what somebody changed there in the cluster) and, folded, the masked diff of what is rendered; what could not be
 * checked. Where that is longer than forges take, the last diffs are
 * left out, and it says so.
 */
export function proposalBody(
  why: string,
  changes: readonly EnvironmentChange[],
  effect: Effect = { environments: [] },
): string {
  const changing = changes.filter(({ objects }) => objects.length > 0);
  const notChecked = changes.flatMap(each => each.notChecked);
  const head = [why, ...(changing.length === 0 ? [nothingChanges(notChecked)] : [])];
  const blockOf = remembered(diffBlock);
  return bounded(rows => {
    const tables = changing.map(change => tableOf(change, effect, Math.min(rows, mostRows)));
    const tail = notCheckedBlock(notChecked, Math.min(rows, mostRows));
    const left = room - sizeOf([...head, ...tables, ...tail]);
    const diffs = fittingDiffs(changing, blockOf, left);
    const blocks = tables.flatMap((table, index) => [table, ...(diffs[index] ?? [])]);
    return `${[...head, ...blocks, ...tail].join('\n\n')}\n`;
  });
}

/** Bytes that diffs may fill a text up to: a little less than `bounded` allows. */
const room = 64_000;
/** Rows of a table: diffs say more than the rest of a longer one. */
const mostRows = 100;

function list(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

function oneOrCount(names: readonly string[], noun: string): string {
  return names.length === 1 && names[0] !== undefined ? names[0] : quantity(names.length, noun);
}

/** Forges take 255 characters. */
function shortTitle(text: string): string {
  const line = printable(text);
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}

function nothingChanges(notChecked: readonly NotChecked[]): string {
  return notChecked.length === 0
    ? 'No rendered object of any environment changes.'
    : 'No object that could be rendered changes.';
}

function tableOf(change: EnvironmentChange, effect: Effect, most: number): string {
  const { environment, protected: isProtected, objects } = change;
  const effects = new Map(
    effect.environments
      .find(each => each.environment === environment)
      ?.objects.map(each => [resourceKey(each.object), each]),
  );
  const shown = objects.slice(0, most).map(object => {
    const known = effects.get(resourceKey(object.resource));
    return { object, known, edits: known?.liveEdits ?? [] };
  });
  const isEdited = shown.some(({ edits }) => edits.length > 0);
  const rows = shown.map(({ object, known, edits }) => [
    code(nameOf(object.resource)),
    changeCell(object, known),
    ...(isEdited ? [edits.map(editCell).join('; ')] : []),
  ]);
  const head = ['object', 'change', ...(isEdited ? ['would overwrite a live edit'] : [])];
  const more = objects.length - shown.length;
  return [
    `### ${plain(short(environment))}${isProtected ? ' (protected)' : ''}`,
    ...(rows.length > 0 ? [table(head, rows)] : []),
    ...(more > 0 ? [`… and ${quantity(more, 'more object')}.`] : []),
  ].join('\n\n');
}

/** The fields where they are few, else how many: the diff has them all. */
function changeCell({ change }: ObjectChange, effect: ObjectEffect | undefined): string {
  const { fields = [] } = effect ?? {};
  if (fields.length === 0) return change;
  if (fields.length > mostFields) return `change ${quantity(fields.length, 'field')}`;
  return fields
    .map(field => code(short(`${shortPath(field.path)} ${fieldWords(field)}`)))
    .join('; ');
}

const mostFields = 3;

/** `spec.replicas by kubectl-scale, 2026-03-04 09:00 UTC`. */
function editCell({ path, by }: DriftPath): string {
  return `${code(short(shortPath(path)))} by ${plain(short(ownersText(by)))}`;
}

/** For each environment its folded diffs, as many as fit. */
function fittingDiffs(
  changing: readonly EnvironmentChange[],
  blockOf: (object: ObjectChange) => string,
  left: number,
): string[][] {
  let remaining = left;
  return changing.map(({ environment, objects }) => {
    const shown: string[] = [];
    for (const object of objects) {
      const text = blockOf(object);
      const size = sizeOf([text]);
      if (size > remaining) break;
      remaining -= size;
      shown.push(text);
    }
    const missing = objects.length - shown.length;
    const note =
      missing > 0
        ? [`The diff of ${quantity(missing, 'object')} is left out: too long for here.`]
        : [];
    // What is after the first that does not fit is left out too: a reader knows where the text ends.
    if (missing > 0) remaining = 0;
    if (shown.length === 0) return note;
    const title = `rendered diff of ${plain(short(environment))}`;
    return [folded(title, [...shown, ...note].join('\n\n'))];
  });
}

/** Shorter versions of a text have the same diffs, and a long one takes time. */
function remembered(make: (object: ObjectChange) => string): (object: ObjectChange) => string {
  const made = new Map<ObjectChange, string>();
  return object => {
    const text = made.get(object) ?? make(object);
    made.set(object, text);
    return text;
  };
}

function diffBlock(object: ObjectChange): string {
  const name = code(nameOf(object.resource));
  const lines = objectDiff(object);
  if (lines === undefined) return `${name}: too much differs for a diff.`;
  if (lines.length === 0) return `${name}: only secret values or the order of fields differ.`;
  // A manifest may hold Markdown with fences of its own.
  const longest = lines.reduce((most, line) => Math.max(most, longestRun(line)), 2);
  const fence = '`'.repeat(longest + 1);
  return `${name}\n\n${fence}diff\n${lines.join('\n')}\n${fence}`;
}

function longestRun(line: string): number {
  return (line.match(/`+/g) ?? []).reduce((most, run) => Math.max(most, run.length), 0);
}

function notCheckedBlock(notChecked: readonly NotChecked[], most: number): string[] {
  if (notChecked.length === 0) return [];
  const shown = notChecked.slice(0, most).map(notCheckedLine);
  const more = notChecked.length - shown.length;
  return ['### Not checked', [...shown, ...(more > 0 ? [`- … and ${more} more`] : [])].join('\n')];
}

function notCheckedLine({ environment, object, reason, place }: NotChecked): string {
  const subject = [environment, object && nameOf(object)].filter(text => text !== undefined);
  const start = subject.length === 0 ? '' : `${plain(short(subject.join(', ')))}: `;
  return `- ${start}${plain(short(reason))}${place ? ` (${code(short(placeText(place)))})` : ''}`;
}

function nameOf(resource: ObjectChange['resource']): string {
  return short(resourceText(resource));
}

/** Bounded, so that no name and no program's output fills the text by itself. */
function short(text: string): string {
  const line = printable(text);
  return line.length > 300 ? `${line.slice(0, 299)}…` : line;
}

/** In bytes, which are never fewer than characters. */
function sizeOf(blocks: readonly string[]): number {
  return blocks.reduce((sum, block) => sum + Buffer.byteLength(block) + 2, 0);
}
