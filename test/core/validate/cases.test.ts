import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/core/model/finding.ts';
import { Judge } from '../../../src/core/upstream/judge.ts';
import { programPath } from '../../../src/core/upstream/programs.ts';
import { RuleCatalogue } from '../../../src/core/validate/catalogue.ts';
import { validateRepository } from '../../../src/core/validate/validate.ts';
import { indexOfFolder } from './repository.ts';

interface Place {
  file: string;
  line: number;
}

interface Case {
  category: string;
  kubernetesVersion: string;
  diagnostics: (Place & { what: string; acceptAlso?: Place[]; optional?: boolean })[];
  mayAlsoReport?: string[];
}

const cases = resolve(import.meta.dirname, '../../../../shared/validation/dev');
const folders = existsSync(cases) ? readdirSync(cases) : [];

// Other categories need renders or rules that look at several objects.
const complete = ['schema', 'yaml-syntax', 'object-semantics', 'names-labels', 'crd', 'valid'];

describe.skipIf((folders.length === 0 || !programPath('judge')) && !process.env.CI)('case', () => {
  // Where CI lacks the program, what only it can find is missed and the tests fail.
  const judge = programPath('judge') ? new Judge() : undefined;
  const catalogue = new RuleCatalogue();
  afterAll(() => judge?.close());

  it('folders are there', () => expect(folders.length).toBeGreaterThan(100));

  it.each(folders)('%s', async id => {
    const folder = join(cases, id);
    const expected: Case = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
    const index = await indexOfFolder(folder, file => file !== 'expected.json');
    const target = expected.kubernetesVersion;
    const { findings } = await validateRepository({ index, rendered: [], target, judge });
    expect(findings.filter(({ rule }) => !catalogue.page(rule))).toEqual([]);
    const reported = findings.filter(({ severity }) => severity !== 'information');

    const isAt = (finding: Finding, place: Place) =>
      finding.file === place.file && finding.line === place.line;
    const meets = (finding: Finding, due: Case['diagnostics'][number]) =>
      [due, ...(due.acceptAlso ?? [])].some(place => isAt(finding, place));
    const { diagnostics, mayAlsoReport = [] } = expected;
    const wrong = reported
      .filter(finding => !mayAlsoReport.includes(finding.rule))
      .filter(finding => !diagnostics.some(due => meets(finding, due)));
    expect(wrong.map(({ file, line, message }) => `${file}:${line} ${message}`)).toEqual([]);
    if (!complete.includes(expected.category)) return;
    const missed = diagnostics
      .filter(({ optional }) => optional !== true)
      .filter(due => !reported.some(finding => meets(finding, due)));
    expect(missed.map(({ file, line, what }) => `${file}:${line} ${what}`)).toEqual([]);
  });
});
