import { describe, expect, it } from 'vitest';
import type { RollbackRevision } from '../../../src/core/actions/plans.ts';
import { code, plain } from '../../../src/core/words/markdown.ts';
import { textWidth } from '../../../src/terminal/report/columns.ts';
import { readableMarkdown } from '../../../src/terminal/report/proposed.ts';
import { revisionsText } from '../../../src/terminal/report/rollback.ts';

const named = { environment: 'production', application: 'shop' };
const now = new Date('2026-03-04T12:00:00Z');
const revision = (digit: string, rest: Partial<RollbackRevision> = {}): RollbackRevision => ({
  commit: digit.repeat(40),
  subject: 'web: three replicas',
  author: 'Pat',
  date: '2026-03-04T09:00:00Z',
  ...rest,
});

describe('the revisions of an application', () => {
  it('stand in columns, with what was deployed', () => {
    const revisions = [
      revision('a', { deployed: 'now' }),
      revision('b', { date: '2026-03-04T11:59:50+00:00', author: 'Mara Lindqvist' }),
      revision('c', { deployed: 'before' }),
    ];
    expect(revisionsText(named, revisions, { width: 80, colour: false, now })).toBe(
      `shop in production

  aaaaaaa  3 h ago   Pat             deployed      web: three replicas
  bbbbbbb  just now  Mara Lindqvist                web: three replicas
  ccccccc  3 h ago   Pat             was deployed  web: three replicas
`,
    );
  });

  it.each([40, 80, 200])(
    'fit %i columns or nearly, and print nothing that moves the cursor',
    width => {
      const subject = `\u001b[2J${'全角 '.repeat(60)}`;
      const author = 'A name that is much too long for a column';
      const text = revisionsText(named, [revision('a', { subject, author })], {
        width,
        colour: false,
        now,
      });
      expect(text).not.toContain('\u001b');
      for (const line of text.split('\n'))
        expect(textWidth(line)).toBeLessThanOrEqual(Math.max(width, 70));
    },
  );

  it('may be none', () => {
    const text = revisionsText(named, [], { width: 80, colour: false, now });
    expect(text).toBe('shop in production\n\nNo commit changed its files.\n');
  });
});

describe('the text of a request, for eyes', () => {
  it('has no tags and no references, and what is fenced as it is', () => {
    const markdown = `Sets ${code('a_b[0].yaml')} back, says ${plain('@pat #1')}:\n\n<details>\n<summary>diff</summary>\n\n\`\`\`diff\n-a: &#10;<code>\n+a: \u001b[2J\n\`\`\`\n\n</details>\n\n\nEnd ${code('x')}`;
    expect(readableMarkdown(markdown)).toBe(
      'Sets a_b[0].yaml back, says @pat #1:\n\ndiff:\n\n```diff\n-a: &#10;<code>\n+a: \\u001b[2J\n```\n\nEnd x',
    );
  });
});
