import markdownIt from 'markdown-it';
import { describe, expect, it } from 'vitest';
import type { DriftReport } from '../../../src/core/actions/reports.ts';
import { code, plain, table } from '../../../src/core/words/markdown.ts';
import { driftMarkdown, validateMarkdown } from '../../../src/terminal/report/markdown.ts';
import { changed, object, result, sketch } from './sample.ts';
import { all, secrets } from './sample-all.ts';
import { findings } from './validate-sample.ts';

const parser = markdownIt({ html: true, linkify: true });

/** The texts of a table's cells as a reader sees them. */
function cells(markdown: string): string[][] {
  const rows: string[][] = [];
  let inCell = false;
  for (const token of parser.parse(markdown, {})) {
    if (token.type === 'tr_open') rows.push([]);
    if (token.type === 'th_open' || token.type === 'td_open') inCell = true;
    if (token.type === 'th_close' || token.type === 'td_close') inCell = false;
    if (token.type !== 'inline' || !inCell) continue;
    const text = (token.children ?? []).map(child => {
      if (child.type === 'html_inline') return child.content === '<br>' ? '\n' : '';
      expect(['text', 'text_special', 'softbreak']).toContain(child.type);
      return child.content;
    });
    rows.at(-1)?.push(text.join(''));
  }
  return rows;
}

const hostile = [
  'a|b',
  'a\\|b',
  '`x` ``y``',
  '<img src=x onerror=alert(1)>',
  '</code></td><script>',
  '**bold** _it_ ~~no~~',
  '[link](https://example.com)',
  'https://example.com www.example.com a@example.com',
  '@everyone #1 GH-1',
  '&amp; &#124;',
  '$x$ :100: !',
  '- item',
  '# head',
  '| --- |',
  '<!-- x -->',
  '\\',
];

describe('Markdown text', () => {
  it.each(hostile)('shows %s as it is', text => {
    expect(cells(table(['h'], [[code(text)], [plain(text)]]))).toEqual([['h'], [text], [text]]);
  });

  it('is never a mention or an issue number', () => {
    expect(parser.render(plain('@everyone #1'))).toBe('<p>@<!-- -->everyone #<!-- -->1</p>\n');
  });
});

describe('the comment on a pull request', () => {
  it('has a table per environment and folds the fields', () => {
    const text = driftMarkdown(sketch);
    expect(text.split('\n').slice(0, 3)).toEqual([
      '<!-- driftline drift -->',
      '',
      '### Driftline: 3 drifted, 1 missing, 2 not checked in 2 environments · 91 objects · 0.31 s',
    ]);
    const rows = cells(text);
    expect(rows[1]).toEqual([
      'Deployment shop/web',
      'drifted',
      'spec.replicas, containers[app].image',
    ]);
    expect(rows).toContainEqual([
      'Deployment shop/web',
      'containers[app].image',
      'web:1.8.2',
      'web:hotfix',
      'kubectl-set, 2026-03-04 11:40 UTC',
      'overlays/production/kustomization.yaml:14',
    ]);
    expect(text).toContain('<summary>4 fields</summary>');
    expect(text).toContain('<summary>2 not checked</summary>');
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
  });

  it('lists findings', () => {
    const rows = cells(validateMarkdown(findings));
    expect(rows).toContainEqual([
      'base/<odd>|[name], ü#1.yaml:1:1',
      'information',
      'autoscaling/v2beta2 is not served from 1.26 on; use `autoscaling/v2` <now>.',
      'deprecated-api',
    ]);
    expect(rows).toHaveLength(1 + 5 + 1 + 2);
    expect(rows.at(-2)).toEqual([
      '2',
      'There is no schema for widgets.example.com/v1 Widget.',
      'base/widget.yaml:1\nbase/widget.yaml:9',
    ]);
  });

  it('shows no secret', () => {
    expect(driftMarkdown(sketch) + driftMarkdown(all)).not.toMatch(secrets);
  });

  it('fits into a comment, and says what it left out', () => {
    const long = '|'.repeat(300);
    const results = Array.from({ length: 3000 }, (_, index) =>
      result(object('v1', 'ConfigMap', `shop/part-${index}-${long}`), 'drifted', {
        paths: [changed(`.data["${long}"]`, { desired: long, live: `${long}x` })],
      }),
    );
    const [first] = sketch.environments;
    if (first === undefined) throw new Error('the sketch has an environment');
    const environments = Array.from({ length: 900 }, (_, index) => ({
      ...first,
      name: `${long}${index}`,
      results: index < 2 ? results : [],
    }));
    for (const some of [environments.slice(0, 1), environments]) {
      const report: DriftReport = { environments: some, elapsedMs: 1 };
      const text = driftMarkdown(report);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(65_000);
      expect(text).toMatch(/… and \d+ more/);
      expect(text).toContain(`### Driftline: ${3000 * Math.min(some.length, 2)} drifted`);
    }
    const many = { ...findings, findings: Array(5000).fill(findings.findings[4]) };
    expect(Buffer.byteLength(validateMarkdown(many))).toBeLessThanOrEqual(65_000);
  });
});
