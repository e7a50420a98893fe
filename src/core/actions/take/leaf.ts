import { isDeepStrictEqual } from 'node:util';
import { lineEnd, readSource, splice } from '../../manifests/edit/source.ts';
import { isScalar, type Scalar, scalarText } from '../../manifests/edit/value-text.ts';
import { offsetAt } from '../../manifests/locate.ts';
import { parseManifests } from '../../manifests/parse.ts';
import type { ScalarNode } from '../../manifests/syntax.ts';
import type { Provenance } from '../../model/rendered.ts';
import type { Json } from '../../model/resource.ts';
import type { Place } from '../../model/source.ts';
import {
  type Candidate,
  type CandidateInput,
  type Elsewhere,
  isLeaf,
  keepsIn,
  tried,
  unknownPlace,
} from './attempt.ts';
import { imageEntry } from './images.ts';
import { moved, readAt, type Spot, spotAt, written } from './spot.ts';
import type { Goal } from './wanted.ts';

export async function changedLeaf(input: CandidateInput): Promise<Candidate[] | Elsewhere> {
  const { object, goal } = input;
  const place = object.locate(goal.pointer);
  const text = await input.textOf(place.file);
  if (text === undefined || place.how === 'unknown') return unknownPlace(place);
  if (place.how === 'template')
    return { reason: 'A template makes this value, so no line holds it.', place };
  const variable = await substituted(input, place, text);
  if (variable) return variable;
  return tried(place, text, () => leafTexts(input, place, text));
}

const renaming = new Set(['namePrefix', 'nameSuffix', 'namespace']);

function leafTexts(input: CandidateInput, place: Place, text: string): string[] | Elsewhere {
  const { goal } = input;
  const { value } = goal;
  if (text === goal.present && typeof value === 'string') return [value];
  const spot = /\.(ya?ml|json)$/.test(place.file) ? spotAt(text, place, isLeaf) : undefined;
  if (!spot) return plainTexts(text, place, goal);
  const key = spot.pointer.at(-1);
  const isOwn = input.isKustomization(place.file) && !spot.within;
  if (isOwn && spot.pointer.length === 1 && renaming.has(String(key)))
    return {
      reason: `${key} of this file makes this value; another one would rename every object.`,
      place,
    };
  if (value === undefined) return [written(spot, { keeps: keepsIn(input, spot) })];
  const present = readAt(spot);
  const images = isOwn && spot.pointer[0] === 'images' ? entryOf(spot, value) : undefined;
  if (images) return [images];
  const texts =
    present === undefined
      ? []
      : sameValue(present, goal).map(each => written(spot, { value: each }));
  if (texts.length > 0) return texts;
  return { reason: 'This line holds only a part of what makes the value.', place };
}

/** An entry of `images` says name, tag and digest in fields of their own. */
function entryOf(spot: Spot, live: Json): string | undefined {
  const entry = moved(spot, spot.pointer.slice(0, 2));
  const value = typeof live === 'string' ? imageEntry(readAt(entry), live) : undefined;
  return value && written(entry, { value });
}

/** What a text says that is the rendered value, a conversion of it, or has it as its one part (`KEY=value`). */
function sameValue(present: Json, { present: rendered, value }: Goal): Json[] {
  if (value === undefined) return [];
  if (isDeepStrictEqual(present, rendered)) return [value];
  if (!isScalar(present) || !isScalar(rendered) || !isScalar(value)) return [];
  if (String(present) === String(rendered)) return [likeBefore(present, value)];
  if (typeof present !== 'string' || typeof rendered !== 'string') return [];
  const literal = /^([^=]+=)(["']?)([\s\S]*)\2$/.exec(present);
  if (!literal || literal[3] !== rendered || /[\r\n]/.test(String(value))) return [];
  return [`${literal[1]}${literal[2]}${value}${literal[2]}`];
}

/** Where a template turns a number into a text, the file says the number all the same. */
function likeBefore(present: Json, value: Json): Json {
  if (typeof present === 'string') return String(value);
  const node = scalarNode(String(value));
  return node && String(node.value) === String(value) ? node.value : value;
}

/** A file that is a value as a whole, a line of a file of variables, or a template that says the value itself. */
function plainTexts(text: string, place: Place, { present, value }: Goal): string[] | Elsewhere {
  const nowhere = { reason: 'What makes this value cannot be edited by itself.', place };
  if (!isScalar(present) || !isScalar(value)) return nowhere;
  const offset = offsetAt(parseManifests(text), place.line, place.column);
  const rest = text.slice(offset, lineEnd(text, offset));
  const written = /\.(ya?ml|tpl)$/.test(place.file) ? inTemplate(rest, present, value) : undefined;
  if (written !== undefined) return [splice(text, offset, offset + rest.length, written)];
  const isLine = rest.trimEnd() === present && typeof value === 'string' && !/[\r\n]/.test(value);
  return isLine ? [splice(text, offset, offset + rest.length, value)] : nowhere;
}

/** The rest of a template's line with another value; only where nothing but a comment stands beside it. */
function inTemplate(rest: string, present: Scalar, value: Scalar): string | undefined {
  const [, token = '', comment = ''] =
    /^("(?:[^"\\{]|\\.)*"|'[^'{]*'|[^\s"'{#][^\s{#]*)(\s+#.*|\s*)$/.exec(rest) ?? [];
  const before = scalarNode(token);
  if (!before || before.value !== present) return undefined;
  const style = readSource(`v: ${token}\n`, 0).style;
  return scalarText(value, style, { flow: false, before: before.style }) + comment;
}

function scalarNode(text: string): ScalarNode | undefined {
  const root = parseManifests(`v: ${text}\n`).documents[0]?.root;
  const node = root?.kind === 'map' ? root.entries[0]?.node : undefined;
  return node?.kind === 'scalar' ? node : undefined;
}

/** Of a value that is a Flux variable as a whole, the line that sets the variable. */
async function substituted(
  input: CandidateInput,
  place: Provenance,
  text: string,
): Promise<Candidate[] | Elsewhere | undefined> {
  const step = place.via.map(via => /^(.+):(\d+) postBuild (.+)$/.exec(via)).find(found => found);
  if (!step) return undefined;
  const [, file = '', line = '1', names = ''] = step;
  const spot = spotAt(text, place, isLeaf);
  const value = spot && readAt(spot);
  const variable =
    typeof value === 'string' ? /^\$\{(\w+)(?::?[-=][^}]*)?\}$/.exec(value)?.[1] : undefined;
  const at = { file, line: Number(line), column: 1 };
  if (variable === undefined)
    return {
      reason: `Variables (${names}) make a part of this value; they are set elsewhere.`,
      place: at,
    };
  const source = await input.textOf(file);
  const there = source === undefined ? undefined : onLine(source, at.line, variable);
  if (source === undefined || !there || input.goal.value === undefined)
    return { reason: `The variable ${variable} makes this value.`, place: at };
  return tried({ ...at, file }, source, () =>
    sameValue(readAt(there) ?? null, input.goal).map(each =>
      written(there, { value: typeof each === 'string' ? each : String(each) }),
    ),
  );
}

/** The value of a key that stands on a line. */
function onLine(text: string, line: number, key: string): Spot | undefined {
  const start = text.split('\n')[line - 1] ?? '';
  const columns = [...start].map((_, at) => at + 1);
  return columns
    .map(column => spotAt(text, { line, column }, isLeaf))
    .find(spot => spot?.pointer.at(-1) === key);
}
