import type { RulePage } from '../../core/validate/catalogue.ts';
import { styleFor } from '../style.ts';
import { pad, widest, wrap } from './columns.ts';
import { layoutWidth } from './layout.ts';
import type { TextOptions } from './text-options.ts';

const levels = ['error', 'warning', 'information', 'off'] as const;

/** All rules by what they are shown as where nobody says otherwise, each with what it finds. */
export function rulesText(pages: readonly RulePage[], options: TextOptions): string {
  const { bold } = styleFor(options.colour);
  const width = layoutWidth(options.width);
  const column = widest(pages.map(({ id }) => id)) + 4;
  const blocks = levels.flatMap(level => {
    const of = pages.filter(page => page.level === level);
    if (of.length === 0) return [];
    return [
      [
        bold(level),
        ...of.flatMap(({ id, title }) => {
          const [first = '', ...more] = wrap(title, width - column);
          return [pad(`  ${id}`, column) + first, ...more.map(line => ' '.repeat(column) + line)];
        }),
      ],
    ];
  });
  const more = ['driftline rules ID says more; validate.rules of driftline.yaml sets levels.'];
  return `${[...blocks, more].map(lines => lines.join('\n')).join('\n\n')}\n`;
}

/** One page for eyes: headings, paragraphs in the width of the terminal, code set in. */
export function ruleText({ text }: RulePage, options: TextOptions): string {
  const { bold, dim } = styleFor(options.colour);
  const width = layoutWidth(options.width);
  let inCode = false;
  const lines = text
    .trimEnd()
    .split('\n')
    .flatMap(line => {
      if (line.startsWith('```')) {
        inCode = !inCode;
        return [];
      }
      if (inCode) return [`  ${line}`];
      const heading = /^#+ (.+)$/.exec(line)?.[1];
      if (heading !== undefined) return [bold(heading)];
      return /^Default: /.test(line) ? [dim(line)] : wrap(line, width);
    });
  return `${lines.join('\n')}\n`;
}
