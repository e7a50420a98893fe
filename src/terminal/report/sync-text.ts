import type { SyncChange, SyncOutcome, SyncPlan } from '../../core/actions/plans.ts';
import type { DriftPath } from '../../core/model/drift.ts';
import { type Resource, resourceText } from '../../core/model/resource.ts';
import { changeText, ownersText } from '../../core/words/change.ts';
import { engineNames } from '../../core/words/names.ts';
import { shortPaths } from '../../core/words/short-path.ts';
import { quantity } from '../../core/words/states.ts';
import { isSecret, masked, printable, valueText } from '../../core/words/values.ts';
import { type Style, styleFor } from '../style.ts';
import { justify, pad, shortenMiddle, textWidth, widest, wrapParts } from './columns.ts';
import { sentenceLines } from './drift-object.ts';
import { factLines, layoutWidth, nameColumn } from './layout.ts';
import { notCheckedLines } from './not-checked.ts';
import { shortenPair } from './shorten-pair.ts';
import type { TextOptions } from './text-options.ts';

/** What a verb would do, for eyes: what runs → what will run, the counts last. */
export function syncPlanText(plan: SyncPlan, options: TextOptions): string {
  const laid = { ...options, width: layoutWidth(options.width) };
  const column = nameColumn([{ name: plan.environment }]);
  const blocks = [
    factLines(plan.environment, planFacts(plan), column, laid),
    refusedApplications(plan, laid),
    plan.changes.flatMap(change => changeLines(change, fieldColumn(plan, laid), laid)),
    notCheckedLines([], plan.notChecked, laid),
    wrapParts(planTotals(plan), ' · ', laid.width).map(styleFor(options.colour).bold),
  ];
  return textOf(blocks);
}

/** What came of it, an application at a time, the counts last. */
export function syncOutcomeText(
  { applications }: SyncOutcome,
  elapsed: string,
  options: TextOptions,
): string {
  const laid = { ...options, width: layoutWidth(options.width) };
  const style = styleFor(options.colour);
  const lines = applications.flatMap(({ name, kind, message }) => [
    ...twoEnds(name, kind === 'succeeded' ? 'done' : kind, style[outcomeColours[kind]], laid),
    ...sentenceLines([message], laid),
  ]);
  const count = (kind: keyof typeof outcomeColours, word: string) => {
    const many = applications.filter(each => each.kind === kind).length;
    return many > 0 ? [`${many} ${word}`] : [];
  };
  const counts = [
    ...count('failed', 'failed'),
    ...count('skipped', 'skipped'),
    ...count('succeeded', 'done'),
  ];
  return textOf([lines, [style.bold(`${counts.join(', ')} · ${elapsed}`)]]);
}

const outcomeColours = { succeeded: 'green', failed: 'red', skipped: 'yellow' } as const;

function textOf(blocks: readonly string[][]): string {
  const filled = blocks.filter(lines => lines.length > 0);
  return `${filled.map(lines => lines.join('\n')).join('\n\n')}\n`;
}

function planFacts({ cluster, applications, protected: isProtected }: SyncPlan): string[] {
  const engines = new Set(applications.map(({ engine }) => engineName(engine)));
  return [
    cluster.context ?? cluster.server ?? '',
    [...engines].join(', '),
    quantity(applications.length, 'application'),
    ...(isProtected ? ['protected'] : []),
  ];
}

function engineName(engine: string): string {
  return Object.hasOwn(engineNames, engine)
    ? engineNames[engine as keyof typeof engineNames]
    : engine;
}

function refusedApplications({ applications }: SyncPlan, options: TextOptions): string[] {
  const { red } = styleFor(options.colour);
  return applications.flatMap(({ name, refused }) =>
    refused === undefined
      ? []
      : [...twoEnds(name, 'refused', red, options), ...sentenceLines([refused], options)],
  );
}

const changeColours = {
  create: 'green',
  update: 'yellow',
  delete: 'red',
  refused: 'red',
} as const satisfies Record<SyncChange['change'], keyof Style>;

function changeLines(change: SyncChange, column: number, options: TextOptions): string[] {
  const paint = styleFor(options.colour)[changeColours[change.change]];
  return [
    ...twoEnds(resourceText(change.object), change.change, paint, options),
    ...(change.reason === undefined ? [] : sentenceLines([change.reason], options)),
    ...fieldLines(change, column, options),
  ];
}

function twoEnds(
  name: string,
  word: string,
  paint: (text: string) => string,
  { width }: TextOptions,
): string[] {
  const left = `  ${printable(name)}`;
  const line = justify(left, paint(word), width);
  return line === undefined ? [shortenMiddle(left, width), `      ${paint(word)}`] : [line];
}

/** All fields of a plan share a column, so that the eye finds each thing in its place. */
function fieldColumn({ changes }: SyncPlan, { width }: TextOptions): number {
  const names = changes.flatMap(({ paths }) => [
    ...shortPaths(paths.map(({ path }) => path)).values(),
  ]);
  return Math.max(12, widest(names, Math.round(width * 0.4)));
}

/** The other way round than in the report on drift: what runs → what will run. */
function fieldLines({ object, paths }: SyncChange, column: number, options: TextOptions): string[] {
  const style = styleFor(options.colour);
  const names = shortPaths(paths.map(({ path }) => path));
  return paths.flatMap(path => {
    const name = names.get(path.path) ?? path.path;
    const isBeside = textWidth(name) <= column;
    const at = isBeside ? 4 + column + 2 : 8;
    const values = valueLines(object, path, options.width - at);
    const by = style.dim(ownersText(path.by, options.now));
    const [first = '', ...more] = values.map(line => ' '.repeat(at) + line);
    const start = isBeside ? pad(`    ${name}`, at) + first.slice(at) : first;
    const owned = values.length === 1 ? justify(start, by, options.width) : undefined;
    const head = isBeside ? [] : [shortenMiddle(`    ${name}`, options.width)];
    return [...head, (by && owned) || start, ...more];
  });
}

function valueLines(object: Resource, path: DriftPath, room: number): string[] {
  if (isSecret(object, path.path))
    return [`${masked} (${path.kind === 'stale' ? 'removed' : 'changed'})`];
  const { desired, live } = changeText(object, path);
  const becomes = path.becomes === undefined ? 'removed' : printable(valueText(path.becomes));
  const after = path.kind === 'stale' ? becomes : desired;
  const line = `${live} → ${after}`;
  if (textWidth(line) <= room) return [line];
  const [from, to] = shortenPair(live, after, room - 2);
  return [`  ${from}`, `→ ${to}`];
}

function planTotals({ changes, unchanged, verb, applications }: SyncPlan): string[] {
  const order = ['create', 'update', 'delete', 'refused'] as const;
  const said = order.flatMap(kind => {
    const count = changes.filter(each => each.change === kind).length;
    return count > 0 ? [`${count} to ${kind}`.replace('to refused', 'refused')] : [];
  });
  if (verb !== 'sync' && verb !== 'resume')
    return [
      `${quantity(applications.filter(({ refused }) => !refused).length, 'application')} to ${verb}`,
    ];
  return [said.join(', ') || 'nothing to change', `${quantity(unchanged, 'object')} unchanged`];
}
