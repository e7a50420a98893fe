import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { RuleCatalogue } from '../../../src/core/validate/catalogue.ts';
import { driftIssues, driftRules, validateIssues } from '../../../src/terminal/report/issues.ts';
import { sarif } from '../../../src/terminal/report/sarif.ts';
import { sketch } from './sample.ts';
import { all, secrets } from './sample-all.ts';
import { findings } from './validate-sample.ts';

const schemaFile = join(import.meta.dirname, '../fixtures/sarif-2.1.0-rtm.5.schema.json');
const { $schema: _, id, ...schema } = JSON.parse(readFileSync(schemaFile, 'utf8'));
const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
// The types of a CommonJS module's default export differ from what Node gives.
(addFormats as unknown as typeof addFormats.default)(ajv);
const isSarif = ajv.compile({ ...schema, $id: id });

const catalogue = new RuleCatalogue();
const tool = { version: '0.1.0', page: (id: string) => catalogue.page(id) };
const texts = {
  drift: sarif(driftIssues(sketch), tool),
  'all of drift': sarif(driftIssues(all), tool),
  validate: sarif(validateIssues(findings), tool),
  nothing: sarif({ command: 'validate', issues: [], notChecked: [] }, tool),
};

describe('SARIF', () => {
  it.each(Object.entries(texts))('of %s is valid', (_name, text) => {
    isSarif(JSON.parse(text));
    expect(isSarif.errors ?? []).toEqual([]);
  });

  it('would not be valid if it were wrong', () => {
    const log = JSON.parse(texts.validate);
    log.runs[0].results[0].level = 'fatal';
    expect(isSarif(log)).toBe(false);
  });

  it('points at rules and places', () => {
    const [run] = JSON.parse(texts.validate).runs;
    const told = run.results.filter(
      ({ suppressions }: { suppressions?: unknown }) => suppressions === undefined,
    );
    expect(told).toHaveLength(findings.findings.length);
    for (const found of told) {
      expect(run.tool.driver.rules[found.ruleIndex].id).toBe(found.ruleId);
      const { uri } = found.locations[0].physicalLocation.artifactLocation;
      const root = new URL('file:///repo/');
      const path = decodeURIComponent(new URL(uri, root).pathname.slice('/repo/'.length));
      expect(findings.findings.map(({ file }) => file)).toContain(path);
    }
    expect(run.results[0].locations[0].physicalLocation.region).toEqual({
      startLine: 11,
      startColumn: 9,
      endLine: 11,
      endColumn: 14,
    });
    expect(told.map(({ level }: { level: string }) => level)).toEqual([
      ...['error', 'error', 'warning', 'error', 'note'],
    ]);
  });

  it('keeps what is left out on purpose apart, with the reason', () => {
    const { results } = JSON.parse(texts.validate).runs[0];
    const apart = results.flatMap(
      ({ suppressions = [] }: { suppressions?: unknown[] }) => suppressions,
    );
    expect(apart).toEqual([
      { kind: 'inSource', justification: 'The cluster has another range of ports.' },
      { kind: 'external', justification: 'The rule is off.' },
    ]);
  });

  it('carries other places, changes that mend, and what is written about a rule', () => {
    const [run] = JSON.parse(texts.validate).runs;
    const found = run.results.find(({ ruleId }: { ruleId: string }) => ruleId === 'wrong-type');
    expect(found.relatedLocations[0].physicalLocation.artifactLocation.uri).toBe(
      'base/values.yaml',
    );
    const [change] = found.fixes[0].artifactChanges;
    expect(change.replacements[0]).toEqual({
      deletedRegion: { startLine: 6, startColumn: 13, endLine: 6, endColumn: 16 },
      insertedContent: { text: '3' },
    });
    const rule = run.tool.driver.rules[found.ruleIndex];
    expect(rule.shortDescription.text).toBe('A value of another type than the field has.');
    expect(rule.help.markdown).toMatch(/^# wrong-type: /);
  });

  it('describes each rule of drift', () => {
    const { rules } = JSON.parse(texts['all of drift']).runs[0].tool.driver;
    for (const { id, shortDescription } of rules)
      expect(shortDescription.text).toBe(driftRules[id]);
    expect(rules.length).toBeGreaterThan(7);
  });

  it('notifies of what was not checked', () => {
    const [invocation] = JSON.parse(texts['all of drift']).runs[0].invocations;
    const said = invocation.toolExecutionNotifications.map(
      ({ message }: { message: { text: string } }) => message.text,
    );
    expect(said).toHaveLength(6);
    expect(said).toContain('dev: No cluster is named for dev; name one in driftline.yaml.');
    expect(said).toContain(
      'Widget shop/w: There is no schema for it, so its defaults are not known.',
    );
  });

  it('has fingerprints that do not change when lines move, and are unique', () => {
    const prints = (text: string) =>
      JSON.parse(text).runs[0].results.map(
        ({ partialFingerprints }: { partialFingerprints: object }) =>
          Object.values(partialFingerprints)[0],
      );
    for (const text of Object.values(texts)) {
      const found = prints(text);
      expect(new Set(found).size).toBe(found.length);
    }
    const moved = {
      ...findings,
      findings: findings.findings.map(finding => ({ ...finding, line: finding.line + 7 })),
    };
    expect(prints(sarif(validateIssues(moved), tool))).toEqual(prints(texts.validate));
  });

  it('shows no secret', () => {
    for (const text of Object.values(texts)) expect(text).not.toMatch(secrets);
  });
});
