import type { DriftState } from '../../src/core/model/drift.ts';
import type { ServerWord } from './oracle.ts';

/** What is wrong with one pair. */
export type Fault =
  /** Synced, and the server would change it or refuse it. */
  | 'false-green'
  /** Drifted or invalid, and the server takes it and changes nothing. */
  | 'false-alarm'
  /** Refused by one only, where it would change something. */
  | 'refusal'
  /** Neither synced nor drifted. */
  | 'suspect'
  /** The predicted object is not the server's. */
  | 'prediction'
  /** Proven unchanged, and the server would change it or refuse it. */
  | 'proof';

export interface Judgement {
  state: DriftState;
  /** True when our side says that the server refuses. */
  refused: boolean;
  proven: boolean;
  /** Undefined where there is none to compare. */
  predictionRight?: boolean;
}

/** The faults of a pair. */
export function faultsOf(word: ServerWord, ours: Judgement): Fault[] {
  if (word.says === 'nothing') return [];
  const faults: Fault[] = [];
  const { state, refused, proven, predictionRight } = ours;
  if (proven && word.says !== 'same') faults.push('proof');
  if (state === 'synced' && word.says !== 'same') faults.push('false-green');
  else if (state === 'suspect' || state === 'unknown') faults.push('suspect');
  else if (word.says === 'same' && state !== 'synced') faults.push('false-alarm');
  else if (state !== 'synced' && refused !== (word.says === 'refused')) faults.push('refusal');
  if (word.says !== 'refused' && predictionRight === false) faults.push('prediction');
  return faults;
}

/** Counts of one row of the table. */
export interface Row {
  pairs: number;
  same: number;
  drift: number;
  refusedByBoth: number;
  refusedByOne: number;
  predictions: number;
  proven: number;
  synced: number;
  nothing: number;
  faults: Record<Fault, number>;
}

const noFaults: Record<Fault, number> = {
  'false-green': 0,
  'false-alarm': 0,
  refusal: 0,
  suspect: 0,
  prediction: 0,
  proof: 0,
};

/** Counts pairs by mode, by kind and by number of managers. */
export class Tally {
  readonly rows = new Map<string, Row>();
  readonly reasons = new Map<string, number>();

  row(name: string): Row {
    const known = this.rows.get(name);
    if (known) return known;
    const row: Row = {
      pairs: 0,
      same: 0,
      drift: 0,
      refusedByBoth: 0,
      refusedByOne: 0,
      predictions: 0,
      proven: 0,
      synced: 0,
      nothing: 0,
      faults: { ...noFaults },
    };
    this.rows.set(name, row);
    return row;
  }

  add(names: readonly string[], word: ServerWord, ours: Judgement, faults: readonly Fault[]): void {
    if (word.says === 'nothing')
      this.reasons.set(word.reason, (this.reasons.get(word.reason) ?? 0) + 1);
    for (const row of names.map(name => this.row(name))) {
      if (word.says === 'nothing') {
        row.nothing++;
        continue;
      }
      row.pairs++;
      if (word.says === 'same') row.same++;
      if (word.says === 'drift') row.drift++;
      if (word.says === 'refused' && ours.refused) row.refusedByBoth++;
      if ((word.says === 'refused') !== ours.refused) row.refusedByOne++;
      if (word.says !== 'refused' && ours.predictionRight !== undefined) row.predictions++;
      if (ours.proven) row.proven++;
      if (ours.state === 'synced') row.synced++;
      for (const fault of faults) row.faults[fault]++;
    }
  }
}

/** What a run must reach, as shares of the pairs; by name, with what was reached. */
export function broken({ pairs, predictions, faults }: Row): string[] {
  const share = (count: number, of: number) => count / Math.max(of, 1);
  const checks: [boolean, string][] = [
    [
      faults['false-green'] > 0,
      `${faults['false-green']} pairs are synced and the server changes or refuses them`,
    ],
    [faults.proof > 0, `${faults.proof} pairs are proven and the server changes or refuses them`],
    [
      share(faults['false-alarm'], pairs) > 0.001,
      `${faults['false-alarm']} false alarms are more than 0.1 %`,
    ],
    [
      share(faults.refusal, pairs) > 0.005,
      `${faults.refusal} pairs refused by one only are more than 0.5 %`,
    ],
    [share(faults.suspect, pairs) > 0.005, `${faults.suspect} suspects are more than 0.5 %`],
    [
      share(faults.prediction, predictions) > 0.005,
      `${faults.prediction} wrong predictions are more than 0.5 %`,
    ],
  ];
  return checks.filter(([isBroken]) => isBroken).map(([, text]) => text);
}

const columns: [string, (row: Row) => string | number][] = [
  ['pairs', row => row.pairs],
  ['same', row => row.same],
  ['drift', row => row.drift],
  ['refused by both', row => row.refusedByBoth],
  ['by one', row => row.refusedByOne],
  ['proven', row => `${row.proven}/${row.synced}`],
  ['false green', row => row.faults['false-green']],
  ['false alarm', row => row.faults['false-alarm']],
  ['refusal', row => row.faults.refusal],
  ['suspect', row => row.faults.suspect],
  ['prediction', row => `${row.faults.prediction}/${row.predictions}`],
  ['proof', row => row.faults.proof],
  ['no word', row => row.nothing],
];

/** The table as text, the totals last. */
export function tableText(tally: Tally): string {
  const lines = [...tally.rows].map(([name, row]) => [
    name,
    ...columns.map(([, value]) => String(value(row))),
  ]);
  const head = ['', ...columns.map(([title]) => title)];
  const all = [head, ...lines];
  const widths = head.map((_, index) => Math.max(...all.map(line => line[index]?.length ?? 0)));
  return all
    .map(line =>
      line
        .map((cell, index) =>
          index === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[index] ?? 0),
        )
        .join('  '),
    )
    .join('\n');
}
