import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { Judge } from '../../../src/core/upstream/judge.ts';
import { programPath } from '../../../src/core/upstream/programs.ts';
import { RuleCatalogue } from '../../../src/core/validate/catalogue.ts';
import { validateRepository } from '../../../src/core/validate/validate.ts';
import { indexOf, placesOf } from './repository.ts';

// Each folder is a rule: `bad.yaml` names the rule that each of its marked lines breaks (`# unknown-field`),
// `good.yaml` is what must pass. All are judged by the real program, where it is built.
const catalogue = new RuleCatalogue();
const fixtures = join(import.meta.dirname, 'fixtures');
const rules = readdirSync(fixtures).filter(name => existsSync(join(fixtures, name, 'bad.yaml')));

function markedLines(text: string): string[] {
  return text.split('\n').flatMap((line, index) => {
    const rule = / # ([a-z-]+)$/.exec(line)?.[1];
    return rule === undefined ? [] : [`${index + 1} ${rule}`];
  });
}

describe.skipIf(programPath('judge') === undefined && !process.env.CI)('rule', () => {
  // Where CI lacks the program, what only it can find is missed and the tests fail.
  const judge = programPath('judge') ? new Judge() : undefined;
  afterAll(() => judge?.close());

  async function check(rule: string, name: string, by: typeof judge = judge) {
    const text = readFileSync(join(fixtures, rule, name), 'utf8');
    const index = await indexOf({ [name]: text });
    // What is off by default is looked for as driftline.yaml would have it.
    const isOff = catalogue.page(rule)?.level === 'off';
    const levels = new Map(isOff ? [[rule, 'warning' as const]] : []);
    const input = { index, rendered: [], target: '1.33', judge: by, levels };
    const { findings } = await validateRepository(input);
    const shown = findings.map(each => {
      const severity = levels.get(each.rule) ?? each.severity;
      return { ...each, severity };
    });
    return { text, findings: shown };
  }

  it.each(rules)('%s: finds what bad.yaml marks', async rule => {
    const { text, findings } = await check(rule, 'bad.yaml');
    expect(markedLines(text)).not.toEqual([]);
    expect(placesOf(findings)).toEqual(markedLines(text));
    for (const { message } of findings) expect(message).toMatch(/^\S.*[.?]$/);
    for (const { rule } of findings) expect(catalogue.page(rule)?.id).toBe(rule);
  });

  it.each(rules)('%s: passes good.yaml', async rule => {
    const { findings } = await check(rule, 'good.yaml');
    expect(placesOf(findings)).toEqual([]);
  });

  it.each(rules)('%s: finds nothing else without the judge', async rule => {
    const { text, findings } = await check(rule, 'bad.yaml', undefined);
    const marked = markedLines(text);
    expect(placesOf(findings).filter(place => !marked.includes(place))).toEqual([]);
  });

  it('of good practice is silent until it is turned on', async () => {
    const text = readFileSync(join(fixtures, 'privileged-container', 'bad.yaml'), 'utf8');
    const index = await indexOf({ 'bad.yaml': text });
    const { findings } = await validateRepository({ index, rendered: [], target: '1.33' });
    expect(findings).toEqual([]);
  });
});
