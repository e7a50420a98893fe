import { existsSync, globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readDocument } from '../../../../src/core/manifests/parse.ts';
import { decode } from '../../../../src/core/manifests/text/decode.ts';
import { codesOf, readQuickly } from '../../../../src/core/manifests/text/quick/read-quickly.ts';
import { splitDocuments } from '../../../../src/core/manifests/text/split.ts';

const root = resolve(import.meta.dirname, '../../../..');
const corpus = resolve(root, '../shared/corpus');
const pattern = '**/*.{yaml,yml,json}';

function textsBelow(folder: string): string[] {
  const paths = globSync(pattern, { cwd: folder, exclude: path => path === 'node_modules' });
  return paths.flatMap(path => decode(readFileSync(join(folder, path))) ?? []);
}

/** Characters in documents that can be read, and how many of those the quick reader took. */
function share(texts: readonly string[]): number {
  let all = 0;
  let taken = 0;
  for (const text of texts)
    for (const chunk of splitDocuments(text)) {
      const expected = readDocument(text, chunk);
      const quick = readQuickly(text, codesOf(text), chunk);
      const length = chunk.end - chunk.start;
      if (expected.defects.length === 0) all += length;
      if (!quick) continue;
      taken += length;
      if (!isDeepStrictEqual({ ...quick, defects: [] }, expected))
        expect({ ...quick, defects: [] }, text.slice(chunk.start, chunk.end)).toEqual(expected);
    }
  return taken / all;
}

describe('the quick reader', () => {
  it('reads the fixtures as the other reader does', { timeout: 120_000 }, () => {
    expect(share(textsBelow(join(root, 'test')))).toBeGreaterThan(0.5);
  });

  it.runIf(existsSync(corpus))(
    'reads public repositories as the other reader does, and nearly all of them',
    { timeout: 600_000 },
    () => {
      expect(share(textsBelow(corpus))).toBeGreaterThan(0.99);
    },
  );
});
