import { describe, expect, it } from 'vitest';
import { jsonOf } from '../../../src/core/manifests/locate.ts';
import { parseManifests } from '../../../src/core/manifests/parse.ts';
import { writeManifests } from '../../../src/core/manifests/write.ts';

describe('writing manifests', () => {
  it('writes what Kubernetes reads back unchanged, whatever the text looks like', () => {
    const texts = [
      'yes',
      'Off',
      'y',
      '0644',
      '0o10',
      '08',
      '1_000',
      '0b11',
      '1e3',
      '.5',
      '~',
      '',
      'null',
      '2024-01-01',
      '1:30',
      '=',
      'a: b',
      '# c',
      '- d',
      'e\nf\n',
      ' g ',
      '{{ h }}',
      '"i"',
    ];
    const object = {
      data: Object.fromEntries(texts.map((text, at) => [`k${at}`, text])),
      yes: 1,
      '0644': 'x',
      n: [1, 0.5, true, null],
    };
    const [first] = parseManifests(writeManifests([object])).documents;
    expect(first?.root && jsonOf(first.root)).toEqual(object);
  });

  it('separates documents and leaves plain text plain', () => {
    expect(writeManifests([{ kind: 'A' }, { kind: 'B' }])).toBe('---\nkind: A\n---\nkind: B\n');
  });
});
