import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { jsonOf } from '../../../src/core/manifests/locate.ts';
import { parseManifests } from '../../../src/core/manifests/parse.ts';
import type { Json } from '../../../src/core/model/resource.ts';

/** What sigs.k8s.io/yaml v1.6.0 (`YAMLToJSON`) makes of each text; recorded by running it. */
const recorded: { text: string; json?: Json; error?: string }[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/kubernetes-dialect.json'), 'utf8'),
);

describe('the dialect', () => {
  it.each(recorded.map(entry => [entry.text, entry] as const))(
    'reads %j as Kubernetes does',
    (_, entry) => {
      const { documents, problems } = parseManifests(entry.text);
      const broken = problems.filter(({ rule }) => rule === 'yaml-syntax');
      if (entry.error !== undefined) {
        expect(broken).not.toEqual([]);
        expect(documents[0]?.root).toBeUndefined();
        return;
      }
      expect(broken).toEqual([]);
      const root = documents[0]?.root;
      expect(root ? jsonOf(root) : null).toEqual(entry.json);
    },
  );

  it.each([
    ['k: 0644', 420],
    ['k: yes', true],
    ['k: 2024-01-01', '2024-01-01'],
    ['k: 1:30', '1:30'],
    ['k: 08', 8],
    ['k: =', '='],
  ])('reads %s', (text, value) => {
    const root = parseManifests(text).documents[0]?.root;
    expect(root && jsonOf(root)).toEqual({ k: value });
  });

  it('refuses numbers that JSON cannot hold, on the value', () => {
    const [problem] = parseManifests('a: 1\nb: .inf\n').problems;
    expect(problem).toMatchObject({ rule: 'yaml-syntax', line: 2, column: 4, endColumn: 8 });
    expect(problem?.message).toContain('.inf');
  });
});
