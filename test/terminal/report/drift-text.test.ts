import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { DriftReport } from '../../../src/core/actions/reports.ts';
import { formatPath } from '../../../src/core/model/path.ts';
import { textWidth } from '../../../src/terminal/report/columns.ts';
import { driftText } from '../../../src/terminal/report/drift-text.ts';
import { driftOutcome, driftTotals } from '../../../src/terminal/report/states.ts';
import { expectGolden } from '../golden.ts';
import { changed, now, object, result, sketch } from './sample.ts';
import { all, secrets } from './sample-all.ts';

describe('the drift report', () => {
  for (const width of [60, 80, 120])
    it(`looks as it should at ${width} columns`, () => {
      const text = driftText(sketch, { width, colour: false, now });
      expectGolden(`drift-${width}.txt`, text);
    });

  for (const width of [60, 80, 120])
    it(`says everything else at ${width} columns`, () => {
      const options = { width, colour: false, now, all: true, verbose: true };
      expectGolden(`drift-all-${width}.txt`, driftText(all, options));
    });

  it('repeats the words in colour, and changes nothing else', () => {
    const coloured = driftText(sketch, { width: 80, colour: true, now });
    expectGolden('drift-80-colour.txt', coloured);
    const plain = driftText(sketch, { width: 80, colour: false, now });
    expect(coloured).not.toBe(plain);
    expect(stripVTControlCharacters(coloured)).toBe(plain);
  });

  it('fits the width, but for places, which stay whole', () => {
    for (const report of [sketch, all])
      for (const width of [40, 50, 60, 80, 100])
        for (const line of linesOf(report, width)) {
          if (/^ +\S+:\d+$/.test(line)) continue;
          expect(stringWidth(line), `${width}: ${line}`).toBeLessThanOrEqual(width);
          expect(line).not.toMatch(/\s$/);
        }
  });

  it('stays in its columns whatever the values are', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 120 }),
      fc.string({ maxLength: 30 }).map(text => `${text}\n${text}`),
      fc.jsonValue().map(json => JSON.parse(JSON.stringify(json))),
    );
    const field = fc.record({ name: fc.string({ unit: 'binary', maxLength: 60 }), desired: value });
    fc.assert(
      fc.property(
        fc.array(field, { maxLength: 4 }),
        value,
        fc.integer({ min: 40, max: 90 }),
        (fields, live, width) => {
          const paths = fields.map(({ name, desired }) =>
            changed(formatPath(['data', name]), {
              desired,
              live,
              by: [{ manager: name, operation: 'Apply' }],
            }),
          );
          const only = result(object('v1', 'ConfigMap', 'shop/a'), 'drifted', { paths });
          const report = { elapsedMs: 1, environments: [{ ...blank, results: [only] }] };
          const text = driftText(report, { width, colour: false, now });
          expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Control}\u202e]/u);
          for (const line of text.split('\n')) expect(textWidth(line)).toBeLessThanOrEqual(width);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('shows no secret and no control character', () => {
    for (const report of [sketch, all])
      for (const verbose of [false, true]) {
        const text = driftText(report, { width: 100, colour: false, now, verbose, all: true });
        expect(text).not.toMatch(secrets);
        expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Control}\u202e]/u);
      }
  });

  it('lists what is in sync only when asked', () => {
    const quiet = driftText(sketch, { width: 80, colour: false, now });
    const full = driftText(sketch, { width: 80, colour: false, now, all: true });
    expect(quiet).not.toContain('shop/part-7');
    expect(full.match(/ in sync$/gm)?.length).toBe(41 + 44 + 1);
    expect(full).toContain('ConfigMap shop/part-7');
  });

  it('gathers what was not checked for one reason, and lists it with --verbose', () => {
    const brief = driftText(all, { width: 80, colour: false, now });
    expect(brief).toMatch(/Secret vault\/a and 2 others +not checked/);
    const verbose = driftText(all, { width: 80, colour: false, now, verbose: true });
    expect(verbose).toMatch(/Secret vault\/c +not checked/);
  });

  it('shows what others set only with --verbose', () => {
    expect(driftText(sketch, { width: 80, colour: false, now })).not.toContain('also set');
    const verbose = driftText(sketch, { width: 80, colour: false, now, verbose: true });
    expect(verbose).toMatch(
      /also set: metadata.annotations\[.*\(kube-controller-manager, 2 d ago\)/,
    );
  });
});

const blank = {
  name: 'a',
  engine: 'none' as const,
  cluster: {},
  revision: 'x',
  results: [],
  notChecked: [],
};

describe('the totals', () => {
  const web = object('apps/v1', 'Deployment', 'shop/web');
  const reportOf = (...results: DriftReport['environments'][0]['results']): DriftReport => ({
    elapsedMs: 42,
    environments: [{ ...blank, results, notChecked: [] }],
  });

  it('count every state with its word', () => {
    expect(driftTotals(sketch)).toBe(
      '3 drifted, 1 missing, 2 not checked in 2 environments · 91 objects · 0.31 s',
    );
    expect(driftTotals(all)).toBe(
      '3 drifted, 1 missing, 1 invalid, 1 perhaps drifted, 1 to be pruned, 1 orphaned, ' +
        '1 untracked, 1 terminating, 5 not checked in 3 environments · 15 objects · 2 min',
    );
  });

  it('call only what was compared in sync', () => {
    expect(driftTotals(reportOf(result(web, 'synced')))).toBe(
      'all in sync in 1 environment · 1 object · 0.04 s',
    );
    expect(driftTotals(reportOf())).toBe('no objects in 1 environment · 0 objects · 0.04 s');
    expect(driftTotals(reportOf(result(web, 'unknown'), result(web, 'synced')))).toContain(
      '1 not checked in 1 environment',
    );
  });

  it('decide the outcome', () => {
    const drifted = result(web, 'drifted', { paths: [changed('.a', { desired: 1, live: 2 })] });
    expect(driftOutcome(reportOf(result(web, 'synced')))).toBe('in-sync');
    expect(driftOutcome(reportOf(result(web, 'unknown')))).toBe('not-checked');
    expect(driftOutcome(reportOf(result(web, 'suspect')))).toBe('not-checked');
    expect(driftOutcome(reportOf(result(web, 'unknown'), drifted))).toBe('drift');
    expect(driftOutcome(reportOf(result(web, 'missing')))).toBe('drift');
    expect(driftOutcome(reportOf(result(web, 'orphan')))).toBe('in-sync');
    const gone = result(web, 'prune-candidate');
    expect(driftOutcome(reportOf(gone))).toBe('drift');
    expect(driftOutcome(reportOf({ ...gone, kept: true }))).toBe('in-sync');
    const failed = reportOf(result(web, 'synced'));
    const [only] = failed.environments;
    only?.notChecked.push({ reason: 'The chart did not render.' });
    expect(driftOutcome(failed)).toBe('not-checked');
  });
});

function linesOf(report: DriftReport, width: number): string[] {
  return driftText(report, { width, colour: false, now, all: true, verbose: true }).split('\n');
}
