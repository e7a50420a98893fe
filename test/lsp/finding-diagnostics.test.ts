import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/model/finding.ts';
import { RuleCatalogue } from '../../src/core/validate/catalogue.ts';
import { findingDiagnostics } from '../../src/lsp/to-diagnostic.ts';

const catalogue = new RuleCatalogue();
const range = { line: 2, column: 3, endLine: 2, endColumn: 7 };
const finding: Finding = {
  rule: 'duplicate-value',
  severity: 'error',
  file: 'a.yaml',
  message: 'It is there twice.',
  environments: [],
  ...range,
  related: [{ file: 'b.yaml', message: 'The other one.', ...range, line: 9, endLine: 9 }],
  mends: [{ title: 'Remove it', edits: [{ file: 'a.yaml', text: '', ...range }] }],
};
const about = { lines: ['a:', '  name: x'], reaching: [] };
const uriOf = (file: string) => `file:///repo/${file}`;

describe('a finding as a diagnostic', () => {
  it('names the other places, what is written about its rule, and what mends it', () => {
    const [found] = findingDiagnostics([finding], { ...about, uriOf, catalogue, version: 4 });
    expect(found?.relatedInformation).toEqual([
      {
        location: {
          uri: 'file:///repo/b.yaml',
          range: { start: { line: 8, character: 2 }, end: { line: 8, character: 6 } },
        },
        message: 'The other one.',
      },
    ]);
    const page = catalogue.page('duplicate-value')?.file ?? '';
    expect(found?.codeDescription).toEqual({ href: pathToFileURL(page).href });
    expect(found?.data).toMatchObject({ mends: finding.mends, version: 4 });
  });

  it('offers a change once that its own text and a change of files would make', () => {
    const write = { title: 'Write y', edits: [{ file: 'a.yaml', text: 'y', ...range }] };
    const create = { title: 'Create it', edits: [{ file: 'c.yaml', text: 'y', ...range }] };
    const misspelt = { ...finding, fix: 'Write y.', mends: [write, create] };
    const [found] = findingDiagnostics([misspelt], { ...about, version: 4 });
    expect(found?.data).toEqual({ replacement: 'y', instead: 'name', mends: [create], version: 4 });
  });

  it('leaves out what the client cannot show', () => {
    const [found] = findingDiagnostics([finding], about);
    expect(found).not.toHaveProperty('relatedInformation');
    expect(found).not.toHaveProperty('codeDescription');
  });

  it('says nothing of a secret value in other places and changes', () => {
    const object = { group: '', version: 'v1', kind: 'Secret', namespace: 'a', name: 'b' };
    const secret: Finding = {
      ...finding,
      object,
      path: '.stringData.password',
      message: 'password is "hunter2".',
      related: [{ file: 'b.yaml', message: 'Here it is "hunter2".', ...range }],
      mends: [
        { title: 'Write "hunter2"', edits: [{ file: 'a.yaml', text: '"hunter2"', ...range }] },
      ],
    };
    const [found] = findingDiagnostics([secret], { ...about, uriOf });
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });
});
