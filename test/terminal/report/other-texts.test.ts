import { stripVTControlCharacters } from 'node:util';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { environmentsJson } from '../../../src/terminal/report/environments-json.ts';
import { environmentsText } from '../../../src/terminal/report/environments-text.ts';
import { traceText } from '../../../src/terminal/report/trace-text.ts';
import { validateText, validateTotals } from '../../../src/terminal/report/validate-text.ts';
import { expectGolden } from '../golden.ts';
import { environments, reached, traced } from './environments-sample.ts';
import { now } from './sample.ts';
import { secrets } from './sample-all.ts';
import { findings, sources } from './validate-sample.ts';

const plain = { width: 80, colour: false, now };
const lines = (file: string) => sources[file];

/** Every line fits, but for a place alone on its line. */
function expectFit(text: string, width: number): void {
  expect(text).not.toMatch(/ $/m);
  for (const line of text.split('\n'))
    if (!/^ *\S+:\d+( \(.*\))?$/.test(line))
      expect(stringWidth(line), line).toBeLessThanOrEqual(width);
}

describe('the findings', () => {
  it('look as they should', () => {
    for (const width of [50, 80]) {
      const text = validateText(findings, { ...plain, width, lines });
      expectGolden(`validate-${width}.txt`, text);
      expectFit(text, width);
    }
  });

  it('repeat the words in colour', () => {
    const text = validateText(findings, { ...plain, colour: true, lines });
    expectGolden('validate-80-colour.txt', text);
    expect(stripVTControlCharacters(text)).toBe(validateText(findings, { ...plain, lines }));
  });

  it('mark the place in the line, in columns', () => {
    const text = validateText(
      {
        ...findings,
        findings: findings.findings.slice(0, 1).map(finding => ({
          ...finding,
          ...{ line: 10, endLine: 10, column: 15, endColumn: 17 },
        })),
      },
      { ...plain, lines },
    ).split('\n');
    const at = text.findIndex(line => line.includes('応用'));
    const marked = stringWidth(text[at]?.split('応用')[0] ?? '');
    expect(text[at + 1]?.slice(marked)).toBe('^^^^');
  });

  it('quote no line of a Secret', () => {
    expect(validateText(findings, { ...plain, lines })).not.toMatch(secrets);
    const [first] = findings.findings;
    if (first === undefined) throw new Error('there is a finding');
    const file = 'kustomization.yaml';
    const generator = ['secretGenerator:', '- literals:', '  - password=hunter2', '---', 'a: b'];
    const show = (line: number) =>
      validateText(
        { ...findings, findings: [{ ...first, file, line, endLine: line, column: 1 }] },
        { ...plain, lines: () => generator },
      );
    expect(show(3)).not.toMatch(secrets);
    expect(show(5)).toContain('│ a: b');
  });

  it('that are left out are listed with --verbose, each with the reason', () => {
    expect(validateText(findings, { ...plain, lines })).not.toContain('base/quota.yaml');
    const text = validateText(findings, { ...plain, lines, verbose: true });
    expect(text).toContain(
      'base/quota.yaml:4: error bad-quantity (driftline.yaml: The rule is off.)',
    );
  });

  it('are counted, and nothing is green that was not checked', () => {
    expect(validateTotals(findings)).toBe(
      '3 errors, 1 warning, 1 hint, 2 suppressed (1 error), 3 not checked · 47 objects in 12 files · 1.23 s',
    );
    const none = { ...findings, findings: [], suppressed: [] };
    expect(validateTotals({ ...none, suppressed: findings.suppressed })).toMatch(
      /^2 suppressed \(1 error\), 3 not checked/,
    );
    expect(validateTotals(none)).toMatch(/^3 not checked · /);
    expect(validateTotals({ ...none, notChecked: [] })).toMatch(/^nothing found · /);
    const empty = { files: 0, documents: 0, objects: 0 };
    expect(validateTotals({ ...none, notChecked: [], checked: empty })).toMatch(
      /^nothing to check/,
    );
  });
});

describe('the environments', () => {
  it('look as they should', () => {
    for (const width of [60, 80]) {
      const text = environmentsText(environments, { ...plain, width });
      expectGolden(`environments-${width}.txt`, text);
      expectFit(text, width);
    }
  });

  it('are JSON without inline values', () => {
    const text = environmentsJson(environments);
    expect(text).not.toMatch(secrets);
    const json = JSON.parse(text);
    expect(json).toMatchObject({ version: 1, command: 'environments' });
    expect(json.environments[0].applications[1].source).toEqual({
      kind: 'helm',
      path: 'charts/redis',
      release: 'redis',
      namespace: 'infra',
      values: [
        'charts/redis/values-production.yaml',
        { file: 'infra/redis.yaml', line: 12, column: 5 },
      ],
    });
    expect(json.environments[0].unresolved[0]).toEqual({
      reason: 'chart mongo 3.2.0 is not in the repository; fetch it: driftline fetch',
      file: 'infra/mongo.yaml',
      line: 9,
    });
  });
});

describe('a trace', () => {
  it('looks as it should', () => {
    for (const width of [60, 80]) {
      const text = traceText(traced, { ...plain, width });
      expectGolden(`trace-${width}.txt`, text);
      expectFit(text, width);
      expect(text).not.toMatch(secrets);
    }
  });

  it('says what a line reaches, and what somebody changed there in the cluster', () => {
    for (const width of [60, 80]) {
      const text = traceText(reached, { ...plain, width });
      expectGolden(`reaches-${width}.txt`, text);
      expectFit(text, width);
      expect(text).not.toMatch(secrets);
    }
    expectGolden('reaches-80-colour.txt', traceText(reached, { ...plain, colour: true }));
  });

  it('lists everything only where that is asked for', () => {
    expect(traceText(reached, plain)).toContain('and 3 more objects (--verbose lists them)');
    expect(traceText(reached, { ...plain, verbose: true })).not.toContain('--verbose');
  });

  it('says why a line reaches nothing', () => {
    const nothing = { ...reached, reaches: [], notCompared: [], why: 'The line is a comment.' };
    expect(traceText(nothing, plain)).toBe(
      'base/web.yaml:6 reaches nothing that an environment runs.\n  The line is a comment.\n',
    );
  });
});
