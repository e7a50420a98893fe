import { resourceText } from '../../model/resource.ts';
import { ownersText } from '../../words/change.ts';
import { shortPath } from '../../words/short-path.ts';
import { quantity } from '../../words/states.ts';
import { printable, valueText } from '../../words/values.ts';
import type { Effect, EnvironmentEffect, FieldEffect, ObjectEffect } from './effect.ts';

/**
 * One line per environment: `production: Deployment shop/web spec.replicas 2 → 3`, or how many objects change; what
 * is not checked; and whose change in the cluster is taken back. Without `now`, for what is read later, times are
 * given as they are.
 */
export function effectLines({ environments }: Effect, now?: Date): string[] {
  return environments.map(each => `${printable(each.environment)}: ${environmentLine(each, now)}`);
}

/** The same of one environment, without its name. */
export function environmentLine({ objects, notChecked }: EnvironmentEffect, now?: Date): string {
  const said = [
    ...(objects.length === 0 ? ['nothing that could be rendered changes'] : [changeWords(objects)]),
    ...(notChecked.length > 0 ? [`${notChecked.length} not checked`] : []),
    ...overwriteWords(objects, now),
  ];
  return said.join('; ');
}

/** `would overwrite a live edit by kubectl-edit, 3 h ago`; nothing where none is known. */
export function overwriteWords(objects: readonly ObjectEffect[], now?: Date): string[] {
  const edits = objects.flatMap(({ liveEdits }) => liveEdits);
  const [first] = edits;
  if (first === undefined) return [];
  const by = ownersText(first.by, now);
  return edits.length === 1
    ? [`would overwrite a live edit by ${by}`]
    : [`would overwrite ${edits.length} live edits, such as by ${by}`];
}

/** `2 → 3`, `not set → 3`; each side on one line and bounded. */
export function fieldWords({ before, after }: FieldEffect): string {
  const said = (value: FieldEffect['before']) =>
    value === undefined ? 'not set' : short(printable(valueText(value)));
  return `${said(before)} → ${said(after)}`;
}

const most = 60;

function short(text: string): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}

function changeWords(objects: readonly ObjectEffect[]): string {
  const [first] = objects;
  if (objects.length > 1 || first === undefined) return countObjects(objects);
  const name = printable(resourceText(first.object));
  if (first.change === 'create') return `${name} is created`;
  if (first.change === 'remove') return `${name} is removed`;
  const [field] = first.fields;
  if (first.fields.length !== 1 || field === undefined)
    return `${quantity(first.fields.length, 'field')} of ${name} change`;
  return `${name} ${shortPath(field.path)} ${fieldWords(field)}`;
}

/** `3 objects change, 1 is created, 2 are removed`. */
export function countObjects(objects: readonly ObjectEffect[]): string {
  const count = (wanted: ObjectEffect['change']) =>
    objects.filter(({ change }) => change === wanted).length;
  const said = (number: number, one: string, many: string) =>
    number === 0 ? [] : [{ number, verb: number === 1 ? one : many }];
  const parts = [
    ...said(count('change'), 'changes', 'change'),
    ...said(count('create'), 'is created', 'are created'),
    ...said(count('remove'), 'is removed', 'are removed'),
  ];
  return parts
    .map(({ number, verb }, index) =>
      index === 0 ? `${quantity(number, 'object')} ${verb}` : `${number} ${verb}`,
    )
    .join(', ');
}
