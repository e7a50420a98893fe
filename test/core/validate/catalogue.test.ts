import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RuleCatalogue } from '../../../src/core/validate/catalogue.ts';
import { rules } from '../../../src/core/validate/rules/index.ts';

const catalogue = new RuleCatalogue();
const source = resolve(import.meta.dirname, '../../../src');

/** Every rule id that a source file writes down; the rooms of drift have ids of their own. */
function writtenIds(): Map<string, string> {
  const files = readdirSync(source, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry => join(entry.parentPath, entry.name));
  const ids = new Map<string, string>();
  for (const file of files.filter(file => !/\/(drift|issues)[^/]*(\/|\.ts$)/.test(file)))
    for (const [, list = ''] of readFileSync(file, 'utf8').matchAll(/\brule:([^;{}()]*?)[,;}\n]/g))
      for (const [, id = ''] of list.matchAll(/'([a-z]+(?:-[a-z0-9]+)+|refused)'/g))
        ids.set(id, file.slice(source.length + 1));
  for (const { id } of rules) ids.set(id, 'core/validate/rules');
  return ids;
}

describe('the catalogue of rules', () => {
  it('has a page of every rule that a check uses', () => {
    const ids = writtenIds();
    expect(ids.size).toBeGreaterThan(25);
    const missing = [...ids].filter(([id]) => catalogue.page(id) === undefined);
    expect(missing).toEqual([]);
  });

  it.each(catalogue.ids())('%s: says what it means, how to mend it, and shows it', id => {
    const { text, title } = catalogue.page(id) ?? { text: '', title: '' };
    expect(text).toMatch(
      new RegExp(
        `^# ${id}: .+\\n\\nDefault: \\w+\\n\\n\\S[^]+\\n\\n## How to mend it\\n\\n[^]+\\n\\n## Example\\n\\n\`\`\``,
      ),
    );
    expect(title).toMatch(/^[A-Z$`].*[^.]$/);
    expect(text).toMatch(/```\n$/);
  });

  it('has the levels that the rules have', () => {
    for (const { id, severity } of rules)
      expect(`${id} ${catalogue.page(id)?.level}`).toBe(`${id} ${severity}`);
  });

  it('knows no page of a name that is a path', () => {
    expect(catalogue.page('../rules/unknown-field')).toBeUndefined();
    expect(catalogue.page('no-such-rule')).toBeUndefined();
  });
});
