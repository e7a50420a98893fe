import type { DriftPath, Owner } from '../core/model/drift.ts';
import { type Resource, resourceText } from '../core/model/resource.ts';
import { ageText } from '../core/words/age.ts';
import { causeText } from '../core/words/causes.ts';
import { remarks } from '../core/words/change.ts';
import { table } from '../core/words/markdown.ts';
import { shortPath } from '../core/words/short-path.ts';
import { staleText } from '../core/words/stale.ts';
import { isSecret, masked, maskPath, printable, valueText } from '../core/words/values.ts';
import { chainText } from './chain-text.ts';
import { removeTitle, takeTitle } from './difference-titles.ts';
import type { FieldIn, LineField } from './line-fields.ts';
import { codeSpan, commandLink, plainText } from './markdown.ts';
import { placeLink } from './place-link.ts';
import {
  commands,
  type OfApplication,
  type OfField,
  type OfObject,
  type OfRendered,
} from './protocol.ts';
import type { OpenFile, Session } from './session/session.ts';

export interface HoverAt {
  open: OpenFile;
  /** 1-based. */
  line: number;
  session: Session;
}

/** A field as each environment has it: what the repository makes of it, what runs, and how it comes about. */
export function fieldText(field: LineField, at: HoverAt): string {
  const { object, path, environments } = field;
  const title = `**${codeSpan(shortPath(path))}** of ${plainText(object.kind)} ${codeSpan(nameOf(object))}`;
  const row = (name: string, cell: (each: FieldIn) => string) => [name, ...environments.map(cell)];
  const differs = environments.some(({ difference }) => difference !== undefined);
  const rows = [
    row('repository', each => repositoryCell(field, each, at)),
    row('running', each => [runningCell(field, each), staleCell(each)].filter(Boolean).join(' ')),
    ...(differs ? differenceRows(field) : []).filter(cells =>
      cells.slice(1).some(cell => cell !== '–'),
    ),
  ];
  const head = ['', ...environments.map(({ name }) => plainText(printable(name)))];
  const links = at.session.client.ours ? [linksOf(field, at)] : [];
  const way = chainText(environments, { ...at.open, line: at.line });
  // What can be done comes before what may be long: a hover shows its beginning.
  return [title, leftAligned(table(head, rows)), ...links, way]
    .filter(part => part !== '')
    .join('\n\n');
}

/** Editors put the names of the environments in the middle of their columns otherwise. */
function leftAligned(markdown: string): string {
  return markdown.replace(/^(\|(?: --- \|)+)$/m, line => line.replaceAll('---', ':--'));
}

/** `2 more fields of 3 objects`: what else a line decides. */
export function othersText(fields: readonly LineField[]): string {
  const objects = new Set(fields.map(({ object }) => resourceText(object)));
  const names = [...objects].slice(0, 3).map(name => plainText(printable(name)));
  const rest = objects.size > names.length ? ` and ${objects.size - names.length} more` : '';
  return `Also decides fields of ${names.join(', ')}${rest}.`;
}

function nameOf({ namespace, name }: LineField['object']): string {
  return printable(namespace === '' ? name : `${namespace}/${name}`);
}

/** `3 (this line)`, `2 (staging/replicas.yaml:7)`. */
function repositoryCell(
  { object, path }: LineField,
  { rendered, difference }: FieldIn,
  { open, line }: HoverAt,
): string {
  if (!rendered) return difference?.kind === 'stale' ? 'nothing' : '–';
  const hidden = rendered.hidden || isSecret(object, path);
  const value = hidden ? masked : short(valueText(rendered.value));
  const here = rendered.place.file === open.file && rendered.place.line === line;
  const where = here ? 'this line' : placeLink(open.repository, rendered.place);
  return `${codeSpan(value)} (${where})`;
}

function runningCell(
  { object, path }: LineField,
  { rendered, difference, compared }: FieldIn,
): string {
  if (!compared) return 'not checked';
  const hidden = rendered?.hidden || isSecret(object, path);
  if (difference) {
    const { live } = maskPath(object, difference);
    if (live === undefined) return '**not set**';
    const text = hidden && !isSecret(object, path) ? masked : short(valueText(live));
    return `**${codeSpan(text)}**`;
  }
  if (!rendered) return '–';
  return codeSpan(hidden ? masked : short(valueText(rendered.value)));
}

/** `(as of 12:03, the server …)` */
function staleCell({ stale, compared }: FieldIn): string {
  return stale && compared ? plainText(`(${printable(staleText(stale, new Date()))})`) : '';
}

/** What comes of the difference, who made it, why it is there, and who says so; a row that says nothing is left out. */
function differenceRows({ object, environments }: LineField): string[][] {
  const row = (name: string, cell: (difference: DriftPath, each: FieldIn) => string) => [
    name,
    ...environments.map(each => (each.difference && cell(each.difference, each)) || '–'),
  ];
  return [
    row('becomes', path => becomesCell(object, path)),
    row('changed by', ({ by }) => plainText(by.map(ownerText).join('; '))),
    row('why', path => plainText(whyParts(object, path).join(' · '))),
    row('confirmed by', (_, { confirmed = '' }) => plainText(confirmed)),
  ];
}

/** What the next apply makes of what the repository no longer says. */
function becomesCell(object: Resource, path: DriftPath): string {
  if (path.kind !== 'stale') return '';
  const { becomes } = maskPath(object, path);
  return becomes === undefined ? 'nothing' : codeSpan(short(valueText(becomes)));
}

/** `kubectl-scale · Update · scale · 3 h ago`. */
function ownerText({ manager, operation, subresource, time }: Owner): string {
  const age = time === undefined ? undefined : ageText(time, new Date());
  const parts = [printable(manager), operation, subresource && printable(subresource), age];
  return parts.filter(part => part !== undefined && part !== '').join(' · ');
}

function whyParts(object: Resource, path: DriftPath): string[] {
  const told = remarks(path, object).filter(remark => !/^(to be removed$|becomes )/.test(remark));
  return [causeText(path.cause), path.suggests?.because ?? '', ...told].filter(part => part !== '');
}

/** `Compare · Take 5 into this file · Restore by Sync… · Ignore This Difference`, and below `Open Rendered · Where Is This Used?` */
function linksOf(field: LineField, { open, line }: HoverAt): string {
  const { object, path, environments, reached } = field;
  const { uri } = open.document;
  const shown = environments.find(({ name, rendered }) => rendered && reached.includes(name));
  const rendered = shown && ({ environment: shown.name, object, path } satisfies OfRendered);
  const ways = [
    ...(rendered ? [commandLink('Open Rendered', commands.openRendered, rendered)] : []),
    commandLink('Where Is This Used?', commands.whereUsed, { uri, line: line - 1 }),
  ];
  // Two lines of one paragraph: first what changes something, then where it leads.
  return [differenceLinks(field), ways]
    .flatMap(links => (links.length > 0 ? [links.join(' · ')] : []))
    .join('  \n');
}

/** What can be done in the first environment that differs; its name goes with it where others differ too. */
function differenceLinks({ object, environments }: LineField): string[] {
  const [found, ...others] = environments.filter(({ difference }) => difference !== undefined);
  if (!found?.difference) return [];
  const within = others.length > 0 ? `${plainText(printable(found.name))}: ` : '';
  const { name: environment, application, difference } = found;
  const target: OfObject = { environment, object };
  const field: OfField = { ...target, path: difference.path };
  const taken = takeTitle(object, difference);
  const removed = removeTitle(difference);
  return [
    within + commandLink('Compare', commands.compare, target),
    ...(taken === undefined ? [] : [commandLink(taken, commands.take, field)]),
    ...(removed === undefined ? [] : [commandLink(removed, commands.remove, field)]),
    commandLink('Restore by Sync…', commands.sync, {
      environment,
      application,
    } satisfies OfApplication),
    commandLink('Ignore This Difference', commands.ignore, field),
  ];
}

/** One line of a table has room for so much. */
function short(text: string): string {
  const shown = printable(text);
  return shown.length <= 120 ? shown : `${shown.slice(0, 119)}…`;
}
