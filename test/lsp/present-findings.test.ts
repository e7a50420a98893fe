import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/core/model/finding.ts';
import { PresentFindings } from '../../src/lsp/session/present-findings.ts';

const at = (line: number, message: string, column = 3): Finding => ({
  rule: 'test',
  severity: 'error',
  file: 'a.yaml',
  message,
  environments: [],
  ...{ line, column, endLine: line, endColumn: column + 4 },
});
const brief = (findings: Finding[]) => findings.map(({ line, message }) => `${line} ${message}`);

const before = ['one', 'two', 'three', 'four', 'five'];

describe('findings while an edit is being rendered', () => {
  it('move with their lines, and what the text tells by itself is that of the new text', () => {
    const present = new PresentFindings();
    const ofText = at(2, 'of the text');
    present.take('a', before, [ofText, at(1, 'above'), at(5, 'below')], [ofText]);
    const longer = ['one', 'two and a half', 'new', 'three', 'four', 'five'];
    expect(brief(present.with('a', longer, [at(3, 'newly of the text')]))).toEqual([
      '3 newly of the text',
      '1 above',
      '6 below',
    ]);
  });

  it('stay in an edited line, inside of it, until they are found again or not', () => {
    const present = new PresentFindings();
    present.take('a', before, [at(3, 'rendered')], []);
    const [stays] = present.with('a', ['one', 'two', 't', 'four', 'five'], []);
    expect(stays).toMatchObject({ line: 3, column: 2, endColumn: 2 });
  });

  it('go with lines that are no more', () => {
    const present = new PresentFindings();
    present.take('a', before, [at(3, 'rendered')], []);
    expect(present.with('a', ['one', 'two', 'four', 'five'], [])).toEqual([]);
  });

  it('are not told twice where the text and a render tell the same', () => {
    const present = new PresentFindings();
    present.take('a', before, [at(5, 'both')], []);
    const shorter = before.slice(1);
    expect(brief(present.with('a', shorter, [at(4, 'both')]))).toEqual(['4 both']);
  });

  it('are those of the text alone where nothing is known of an earlier one', () => {
    const present = new PresentFindings();
    present.take('a', before, [at(5, 'rendered')], []);
    present.forget('a');
    expect(brief(present.with('a', before, [at(1, 'text')]))).toEqual(['1 text']);
  });
});
