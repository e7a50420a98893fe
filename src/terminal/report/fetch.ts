import type { FetchOutcome, FetchPlan, PlannedChart } from '../../core/actions/fetch.ts';
import { shownAddress } from '../../core/model/chart.ts';
import { placeText } from '../../core/model/source.ts';
import { quantity } from '../../core/words/states.ts';
import { printable } from '../../core/words/values.ts';
import { styleFor } from '../style.ts';
import { pad } from './columns.ts';
import { write } from './json.ts';
import type { TextOptions } from './text-options.ts';

/** What is missing; nothing was asked for. */
export function fetchPlanText({ charts }: FetchPlan, options: TextOptions): string {
  if (charts.length === 0) return 'Every chart is here.\n';
  const { bold } = styleFor(options.colour);
  const lines = charts.flatMap(chart => [
    `${bold(titleOf(chart, chart.reference.version))}  ${from(chart)}`,
    `  ${about(chart)}`,
  ]);
  return `${quantity(charts.length, 'chart')} would be fetched:\n${lines.join('\n')}\n`;
}

/** What came of it, chart by chart. */
export function fetchText(outcomes: readonly FetchOutcome[], options: TextOptions): string {
  if (outcomes.length === 0) return 'Every chart is here.\n';
  const { bold, green, red, yellow } = styleFor(options.colour);
  const lines = outcomes.flatMap(outcome => {
    const { chart } = outcome;
    if (outcome.kind === 'failed')
      return [
        `${red(pad('failed', 8))} ${bold(titleOf(chart, chart.reference.version))}`,
        `  ${printable(outcome.message)}`,
        `  ${about(chart)}`,
      ];
    const meant =
      outcome.version === chart.reference.version ? '' : `, which ${asked(chart)} means`;
    const changed = `It has other bytes than when it was fetched before (sha256:${outcome.before}); somebody published this version again.`;
    return [
      `${green(pad('fetched', 8))} ${bold(titleOf(chart, outcome.version))}${meant}`,
      `  from ${printable(outcome.from)}`,
      `  sha256:${outcome.digest}`,
      ...(outcome.before === undefined ? [] : [`  ${yellow(changed)}`]),
      `  ${about(chart)}`,
    ];
  });
  return `${lines.join('\n')}\n`;
}

export function fetchJson({ charts }: FetchPlan, outcomes?: readonly FetchOutcome[]): string {
  return write({
    version: 1,
    command: 'fetch',
    dryRun: outcomes === undefined,
    charts: charts.map((chart, index) => {
      const { reference, place, neededBy } = chart;
      const { chart: _, kind: result = 'missing', ...rest } = outcomes?.[index] ?? { chart };
      const { version: resolved, ...more } = { version: undefined, ...rest };
      return {
        name: reference.name,
        url: shownAddress(reference.url),
        asked: reference.version,
        file: place.file,
        line: place.line,
        environments: neededBy,
        result,
        version: resolved,
        ...more,
      };
    }),
  });
}

function titleOf({ reference }: PlannedChart, version: string): string {
  return printable(`${reference.name} ${version || '(newest)'}`);
}

function asked({ reference }: PlannedChart): string {
  return printable(reference.version || 'the newest');
}

function from({ reference }: PlannedChart): string {
  return `from ${printable(shownAddress(reference.url))}`;
}

function about({ place, neededBy }: PlannedChart): string {
  const who = neededBy.length === 0 ? 'a chart that no environment deploys' : neededBy.join(', ');
  return printable(`for ${who} (${placeText(place)})`);
}
