import { describe, expect, it } from 'vitest';
import type { ValidateReport } from '../../../src/core/actions/reports.ts';
import type { Finding } from '../../../src/core/model/finding.ts';
import { safeFindings } from '../../../src/core/words/safe-findings.ts';
import { github } from '../../../src/terminal/report/github.ts';
import { validateIssues } from '../../../src/terminal/report/issues.ts';
import { validateJson } from '../../../src/terminal/report/json.ts';
import { validateJunit } from '../../../src/terminal/report/junit.ts';
import { validateMarkdown } from '../../../src/terminal/report/markdown.ts';
import { sarif } from '../../../src/terminal/report/sarif.ts';
import { validateText } from '../../../src/terminal/report/validate-text.ts';
import { now, object } from './sample.ts';

function about(message: string, path: string | undefined, kind = 'Secret'): Finding {
  const place = { line: 5, column: 13, endLine: 5, endColumn: 20 };
  return {
    ...{ rule: 'wrong-type', severity: 'error', file: 's.yaml', message, path, environments: [] },
    object: object('v1', kind, 'shop/db'),
    ...place,
  };
}

const number = 'stringData.pin must be a string, not the number 7654321; put it in quotes.';

describe('findings about secrets', () => {
  it.each([
    [number, 'stringData.pin must be a string, not the number •••; put it in quotes.'],
    ['data.a: illegal base64, got hunter2', 'data.a: illegal base64, got •••'],
    ['data: Invalid value: "a \\"b\\" c": too long', 'data: Invalid value: •••: too long'],
    ['data.a must be base64; plain text goes into stringData.', undefined],
    // A key is a name, not a value.
    ['stringData["a/b"] is not valid, got "c"', 'stringData["a/b"] is not valid, got •••'],
    ['must be one of ["hunter2"]', 'must be one of [•••]'],
  ])('do not quote them: %s', (message, safe) => {
    for (const path of ['.stringData.pin', undefined])
      expect(safeFindings([about(message, path)])[0]?.message).toBe(safe ?? message);
  });

  it('leave other sentences alone', () => {
    const findings = [about(number, '.spec.x', 'Pod'), about('type must not be "a"', '.type')];
    expect(safeFindings(findings)).toEqual(findings);
  });

  it('show none in any format', () => {
    const report: ValidateReport = {
      suppressed: [],
      findings: [about(number, '.stringData.pin')],
      checked: { files: 1, documents: 1, objects: 1 },
      notChecked: [],
      elapsedMs: 1,
    };
    const lines = () => ['', '', '', '', '  pin: 7654321'];
    const issues = validateIssues(report);
    const texts = [
      ...[validateText(report, { width: 80, colour: false, now, lines }), validateJson(report)],
      ...[validateJunit(report), validateMarkdown(report)],
      ...[github(issues, ''), sarif(issues, { version: '1' })],
    ];
    for (const text of texts) {
      expect(text).toContain('must be a string');
      expect(text).not.toContain('7654321');
    }
  });
});
