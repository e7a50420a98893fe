import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/core/model/finding.ts';
import { noPolicy, type ValidationPolicy } from '../../../src/core/model/validation-policy.ts';
import { RuleCatalogue } from '../../../src/core/validate/catalogue.ts';
import { settle } from '../../../src/core/validate/suppress/settle.ts';
import { indexOf } from './repository.ts';

const catalogue = new RuleCatalogue();
const service = (...lines: string[]) =>
  ['apiVersion: v1', 'kind: Service', 'metadata:', '  name: web', 'spec:', ...lines, ''].join('\n');

function findingAt(file: string, line: number, rule: string): Finding {
  const range = { line, column: 3, endLine: line, endColumn: 6 };
  return { rule, severity: 'error', file, message: 'It is wrong.', environments: [], ...range };
}

async function settled(
  files: Record<string, string>,
  findings: Finding[],
  options: { policy?: ValidationPolicy; isComplete?: (file: string) => boolean } = {},
) {
  const { policy = noPolicy, isComplete = () => true } = options;
  const index = await indexOf(files);
  return settle({ findings, index, policy, catalogue, isUnasked: () => false, isComplete });
}

const told = (findings: readonly Finding[]) =>
  findings.map(({ line, rule, severity }) => `${line} ${severity} ${rule}`);

describe('a comment that leaves findings out', () => {
  it('counts for its own line, or the line below, for the rules that it names', async () => {
    const text = service(
      '  # driftline-ignore bad-enum, bad-range: made by a controller',
      '  # another comment',
      '',
      '  type: clusterIP',
      '  clusterIP: x # driftline-ignore bad-format: of the lab',
      '  ipFamilyPolicy: y',
    );
    const { findings, suppressed } = await settled({ 'a.yaml': text }, [
      findingAt('a.yaml', 9, 'bad-enum'),
      findingAt('a.yaml', 9, 'bad-range'),
      findingAt('a.yaml', 9, 'wrong-type'),
      findingAt('a.yaml', 10, 'bad-format'),
      findingAt('a.yaml', 11, 'bad-format'),
    ]);
    expect(told(findings)).toEqual(['9 error wrong-type', '11 error bad-format']);
    expect(suppressed.map(({ finding, by, reason }) => `${finding.line} ${by}: ${reason}`)).toEqual(
      [
        '9 comment: made by a controller',
        '9 comment: made by a controller',
        '10 comment: of the lab',
      ],
    );
  });

  it('counts for its whole file, and for no other file', async () => {
    const text = service('  # driftline-ignore-file bad-enum: an example', '  type: x');
    const { findings, suppressed } = await settled({ 'a.yaml': text, 'b.yaml': service() }, [
      findingAt('a.yaml', 1, 'bad-enum'),
      findingAt('a.yaml', 7, 'bad-enum'),
      findingAt('b.yaml', 1, 'bad-enum'),
    ]);
    expect(findings.map(({ file }) => file)).toEqual(['b.yaml']);
    expect(suppressed).toHaveLength(2);
  });

  it('is read in templates of charts, as a comment of theirs too', async () => {
    const files = {
      'c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
      'c/templates/a.yaml': [
        '{{- /* driftline-ignore bad-enum: as the vendor has it */}}',
        'type: {{ .Values.a }}',
        '{{ if .b }} # driftline-ignore bad-range: so',
      ].join('\n'),
    };
    const { findings, suppressed } = await settled(files, [
      findingAt('c/templates/a.yaml', 2, 'bad-enum'),
      findingAt('c/templates/a.yaml', 3, 'bad-range'),
    ]);
    expect(findings).toEqual([]);
    expect(suppressed.map(({ reason }) => reason)).toEqual(['as the vendor has it', 'so']);
  });

  it('is read in kustomizations and values files', async () => {
    const files = {
      'kustomization.yaml': 'resources:\n- gone.yaml # driftline-ignore missing-file: made by CI\n',
      'c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n',
      'c/values.yaml': '# driftline-ignore unused-value: of the next release\na: 1\n',
    };
    const { findings, suppressed } = await settled(files, [
      findingAt('kustomization.yaml', 2, 'missing-file'),
      findingAt('c/values.yaml', 2, 'unused-value'),
    ]);
    expect(findings).toEqual([]);
    expect(suppressed).toHaveLength(2);
  });

  it('is none where it is text, or the word of another tool', async () => {
    const text = [
      'apiVersion: v1',
      'kind: ConfigMap',
      'metadata: {name: a}',
      'data:',
      '  script: |',
      '    # driftline-ignore bad-enum: not for us',
      '    echo',
      '  # kubeconform-ignore bad-enum: of another tool',
      '  b: "x # driftline-ignore bad-enum: in a string"',
      '',
    ].join('\n');
    const { findings } = await settled({ 'a.yaml': text }, [findingAt('a.yaml', 7, 'bad-enum')]);
    expect(told(findings)).toEqual(['7 error bad-enum']);
  });

  it('is a warning without a rule, with one that is not there, and without a reason', async () => {
    const text = service(
      '  # driftline-ignore',
      '  # driftline-ignore bad-enumm: x',
      '  # driftline-ignore bad-enum',
      '  # driftline-ignore-file bad-range: <reason>',
      '  type: x',
    );
    const { findings } = await settled({ 'a.yaml': text }, [
      findingAt('a.yaml', 10, 'bad-enum'),
      findingAt('a.yaml', 10, 'bad-range'),
    ]);
    expect(told(findings)).toEqual([
      '6 warning bad-suppression',
      '7 warning bad-suppression',
      '8 warning bad-suppression',
      '9 warning bad-suppression',
    ]);
    expect(findings[1]?.message).toBe('There is no rule bad-enumm; did you mean bad-enum?');
    expect(findings[2]?.message).toContain('# driftline-ignore bad-enum: reason');
  });

  it('that leaves nothing out is information, with an edit that takes it away', async () => {
    const text = service(
      '  # driftline-ignore bad-enum: once',
      '  type: x # driftline-ignore bad-range, bad-format: partly',
    );
    const finding = findingAt('a.yaml', 7, 'bad-range');
    const { findings } = await settled({ 'a.yaml': text }, [finding]);
    expect(told(findings)).toEqual([
      '6 information unused-suppression',
      '7 information unused-suppression',
    ]);
    const edits = findings.flatMap(({ mends = [] }) => mends.flatMap(mend => mend.edits));
    expect(edits).toMatchObject([
      { line: 6, column: 1, endLine: 7, endColumn: 1, text: '' },
      { line: 7, column: 30, endColumn: 51, text: 'bad-range' },
    ]);
  });

  it('is not called unused where not all of its file was checked', async () => {
    const text = service('  type: x # driftline-ignore bad-range: y');
    const { findings } = await settled({ 'a.yaml': text }, [], { isComplete: () => false });
    expect(findings).toEqual([]);
  });
});

describe('driftline.yaml', () => {
  const place = { line: 3, column: 1, endLine: 3, endColumn: 2 };
  const entry = { rules: ['bad-enum'], matches: (file: string) => file === 'a.yaml', reason: 'so' };
  const policy: ValidationPolicy = {
    file: 'driftline.yaml',
    levels: new Map([
      ['wrong-type', 'off'],
      ['bad-range', 'information'],
      ['wrong-tipe', 'off'],
    ]),
    places: new Map([['wrong-tipe', place]]),
    ignore: [
      { ...place, ...entry },
      { ...place, ...entry, line: 9, matches: () => false },
    ],
  };

  it('sets levels, leaves out by path, and never leaves out of the count', async () => {
    const files = { 'a.yaml': service(), 'b.yaml': service(), 'driftline.yaml': 'version: 1\n' };
    const { findings, suppressed } = await settled(
      files,
      [
        findingAt('a.yaml', 1, 'bad-enum'),
        findingAt('b.yaml', 1, 'bad-enum'),
        findingAt('b.yaml', 2, 'wrong-type'),
        findingAt('b.yaml', 3, 'bad-range'),
        findingAt('driftline.yaml', 1, 'driftline-config'),
      ],
      { policy },
    );
    expect(told(findings)).toEqual([
      '1 error bad-enum',
      '3 information bad-range',
      '1 error driftline-config',
      '3 warning driftline-config',
      '9 information unused-suppression',
    ]);
    expect(suppressed.map(({ finding, by }) => `${finding.rule} ${by}`)).toEqual([
      'bad-enum driftline.yaml',
      'wrong-type driftline.yaml',
    ]);
  });
});
