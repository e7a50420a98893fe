import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { XmlDocument, XmlElement, XsdValidator } from 'libxml2-wasm';
import { describe, expect, it } from 'vitest';
import { driftJunit, validateJunit } from '../../../src/terminal/report/junit.ts';
import { xmlDocument } from '../../../src/terminal/report/xml.ts';
import { sketch } from './sample.ts';
import { all, secrets } from './sample-all.ts';
import { findings } from './validate-sample.ts';

const schema = readFileSync(join(import.meta.dirname, '../fixtures/junit.xsd'), 'utf8');

/** Parses with libxml2 and holds the document against the schema; both throw. */
function parse(text: string): XmlDocument {
  const document = XmlDocument.fromString(text);
  const validator = XsdValidator.fromDoc(XmlDocument.fromString(schema));
  validator.validate(document);
  validator.dispose();
  return document;
}

function attributes(document: XmlDocument, path: string, name: string): (string | undefined)[] {
  return document
    .find(path)
    .map(node => (node instanceof XmlElement ? node.attr(name)?.value : undefined));
}

describe('JUnit', () => {
  const texts = [driftJunit(sketch), driftJunit(all), validateJunit(findings)];

  it('is valid', () => {
    for (const text of texts) expect(() => parse(text)).not.toThrow();
  });

  it('would not be valid if it were wrong', () => {
    const [text = ''] = texts;
    expect(() => parse(text.replace('<failure', '<wrong'))).toThrow();
    expect(() => parse(text.replace('tests="', 'tests="x'))).toThrow();
    expect(() => parse(text.slice(0, -5))).toThrow();
  });

  it('counts what it holds', () => {
    for (const document of texts.map(parse))
      for (const suite of document.find('//testsuite')) {
        if (!(suite instanceof XmlElement)) throw new Error('not an element');
        const count = (path: string) => `${suite.find(path).length}`;
        expect(suite.attr('tests')?.value).toBe(count('testcase'));
        expect(suite.attr('failures')?.value).toBe(count('testcase/failure'));
        expect(suite.attr('skipped')?.value).toBe(count('testcase/skipped'));
      }
  });

  it('fails what drifted, skips what was not checked', () => {
    const document = parse(driftJunit(sketch));
    const named = (path: string) => attributes(document, path, 'name');
    expect(named('//testsuite')).toEqual(['production', 'staging']);
    expect(named('//testcase[failure]')).toEqual([
      'Deployment shop/web',
      'ConfigMap shop/settings',
      'Secret shop/db',
      'PodDisruptionBudget shop/web',
    ]);
    expect(named('//testcase[skipped]')).toEqual([
      'HelmRelease infra/redis',
      'HelmRelease infra/mongo',
    ]);
    expect(document.find('//testcase')).toHaveLength(91);
    const [first] = document.find('//failure');
    expect(first instanceof XmlElement && first.content.split('\n')[0]).toBe(
      'spec.replicas: 3 → 5; kubectl-scale, 2026-03-04 09:00 UTC; overlays/production/replicas.yaml:7',
    );
  });

  it('fails errors only', () => {
    const document = parse(validateJunit(findings));
    expect(document.find('//failure')).toHaveLength(3);
    expect(attributes(document, '//testcase[system-out]', 'classname')).toEqual([
      'apps/web/deployment.yaml',
      'base/<odd>|[name], ü#1.yaml',
    ]);
    expect(document.find('//skipped')).toHaveLength(3);
  });

  it('carries any text', () => {
    const odd = 'a<b>&"\'\t\n]]>ü😀';
    const document = XmlDocument.fromString(
      xmlDocument({ name: 'x', attributes: { y: odd, z: undefined }, children: `${odd}\r` }),
    );
    const { root } = document;
    expect(root.attr('y')?.value).toBe(odd);
    expect(root.attr('z')).toBeNull();
    expect(root.content).toBe(`${odd}\r`);
    const broken = xmlDocument({ name: 'x', children: '\u0000\u001b\ud800\uffff' });
    expect(XmlDocument.fromString(broken).root.content).toBe('\ufffd'.repeat(4));
  });

  it('shows no secret', () => {
    for (const text of texts) expect(text).not.toMatch(secrets);
  });
});
