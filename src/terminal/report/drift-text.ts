import type { DriftReport, EnvironmentDrift } from '../../core/actions/reports.ts';
import type { DriftResult, DriftState } from '../../core/model/drift.ts';
import { states } from '../../core/words/states.ts';
import { styleFor } from '../style.ts';
import { wrapParts } from './columns.ts';
import { fieldColumns } from './drift-fields.ts';
import { objectLines } from './drift-object.ts';
import { driftHeader } from './header.ts';
import { layoutWidth, nameColumn } from './layout.ts';
import { notCheckedLines } from './not-checked.ts';
import { driftTotals } from './states.ts';
import type { TextOptions } from './text-options.ts';

export interface DriftTextOptions extends TextOptions {
  /** List the objects in sync and the skipped ones, too. */
  all?: boolean;
}

/** The drift report for eyes (`look.md`): each environment, each object that needs a look, the totals last. */
export function driftText(report: DriftReport, options: DriftTextOptions): string {
  const laid = { ...options, width: layoutWidth(options.width) };
  const { bold } = styleFor(options.colour);
  const column = nameColumn(report.environments);
  const blocks = report.environments.map(environment => {
    const body = bodyLines(environment, laid);
    const header = driftHeader(environment, column, laid);
    return [...header, ...(body.length > 0 ? ['', ...body] : [])];
  });
  const totals = wrapParts(driftTotals(report).split(' · '), ' · ', laid.width).map(bold);
  return `${[...blocks, totals].map(lines => lines.join('\n')).join('\n\n')}\n`;
}

/** What was not checked comes last, where it is not overlooked; in sync only when asked for. */
function bodyLines({ results, notChecked }: EnvironmentDrift, options: DriftTextOptions): string[] {
  const inState = (state: DriftState) =>
    results.filter(result => result.state === state).sort(byName);
  const differing = states.filter(state => !['unknown', 'skipped', 'synced'].includes(state));
  const fine: DriftState[] = options.all ? ['skipped', 'synced'] : [];
  const columns = fieldColumns(results, options);
  const lines = (result: DriftResult) => objectLines(result, columns, options);
  return [
    ...differing.flatMap(inState).flatMap(lines),
    ...notCheckedLines(inState('unknown'), notChecked, options),
    ...fine.flatMap(inState).flatMap(lines),
  ];
}

function byName({ resource: a }: DriftResult, { resource: b }: DriftResult): number {
  const key = ({ namespace, kind, name }: typeof a) => `${namespace}\0${kind}\0${name}`;
  return key(a) < key(b) ? -1 : 1;
}
