import { describe, expect, it } from 'vitest';
import { sopsFormat } from '../../../src/core/sops/formats.ts';
import { revealInPlace } from '../../../src/core/sops/in-place.ts';
import { withoutValues } from '../../../src/core/sops/sensitive.ts';

const cipher = 'ENC[AES256_GCM,data:abc=,iv:def=,tag:ghi=,type:str]';
const metadata = `sops:\n    age:\n        - recipient: age1x\n    mac: ${cipher}\n`;

describe('a text that SOPS encrypted', () => {
  it('is told by what SOPS leaves in it', () => {
    expect(sopsFormat(`a: ${cipher}\n${metadata}`)).toBe('yaml');
    expect(sopsFormat(`{"a": "${cipher}", "sops": {"mac": "${cipher}"}}`)).toBe('json');
    expect(sopsFormat(`{"data": "${cipher}", "sops": {"mac": "${cipher}"}}`)).toBe('binary');
    expect(sopsFormat(`A=${cipher}\nsops_mac=${cipher}\n`)).toBe('dotenv');
    expect(sopsFormat(`[a]\nb = ${cipher}\n[sops]\nmac = ${cipher}\n`)).toBe('ini');
    expect(sopsFormat(`text: |\n  write ${cipher}\n`)).toBeUndefined();
    expect(sopsFormat('sops:\n  mac: no\n')).toBeUndefined();
    expect(sopsFormat(`{"sops": ${cipher}`)).toBeUndefined();
  });
});

describe('the plain values in the place of the encrypted ones', () => {
  it('keep every line where it is', () => {
    const encrypted = `# about\nkind: Secret\nstringData:\n  a: ${cipher} # said\n  list:\n    - ${cipher}\n    - plain\n${metadata}`;
    const answer =
      'kind: Secret\nstringData:\n    a: |\n        two\n        lines\n    list:\n        - 7\n        - plain\n';
    const revealed = revealInPlace(encrypted, answer);
    expect(revealed?.values).toEqual(['two\nlines\n', '7']);
    expect(revealed?.text.split('\n').slice(0, 7)).toEqual([
      '# about',
      'kind: Secret',
      'stringData:',
      '  a: "two\\nlines\\n" # said',
      '  list:',
      '    - 7',
      '    - plain',
    ]);
    expect(revealed?.text.trimEnd().split('\n')).toHaveLength(7);
    expect(revealed?.text.split('\n')).toHaveLength(encrypted.split('\n').length);
  });

  it('are found in each document, and in JSON', () => {
    const documents = revealInPlace(
      `a: ${cipher}\n${metadata}---\nb: ${cipher}\n${metadata}`,
      'a: one\n---\nb: true\n',
    );
    expect(documents?.values).toEqual(['one', 'true']);
    expect(documents?.text).toMatch(/^a: "one"\n+---\nb: true\n+$/);
    const json = revealInPlace(
      `{\n  "a": "${cipher}",\n  "sops": {\n    "mac": "${cipher}"\n  }\n}`,
      '{"a": "x\\"y"}',
    );
    expect(JSON.parse(json?.text ?? '')).toEqual({ a: 'x"y' });
  });

  it('are not taken from an answer that is built otherwise', () => {
    expect(revealInPlace(`a: ${cipher}\n${metadata}`, 'b: 1\n')).toBeUndefined();
    expect(revealInPlace(`a: ${cipher}\n${metadata}`, 'a: {b: 1}\n')).toBeUndefined();
    expect(revealInPlace(`a: ${cipher}\n${metadata}`, 'a: 1\n---\nb: 1\n')).toBeUndefined();
    expect(revealInPlace(`a: [${cipher}]\n${metadata}`, 'a: [1, 2]\n')).toBeUndefined();
  });
});

it('a text is cleared of values in each spelling, the longest first', () => {
  const values = new Set(['secret', 'secret-long', 'a"b"c"d', 'no']);
  const coded = Buffer.from('secret-long').toString('base64');
  expect(withoutValues(`secret-long ${coded} secret no {"x":"a\\"b\\"c\\"d"}`, values)).toBe(
    '••• ••• ••• no {"x":"•••"}',
  );
});
