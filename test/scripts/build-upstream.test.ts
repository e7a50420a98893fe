import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sourceKey } from '../../scripts/build-upstream.ts';
import { fillFolder } from '../../scripts/lib/atomic.ts';

function temporary(): string {
  return mkdtempSync(join(tmpdir(), 'driftline-'));
}

describe('the key of a program', () => {
  it('changes with what is compiled, not with tests and texts', () => {
    const source = temporary();
    mkdirSync(join(source, 'inner'));
    writeFileSync(join(source, 'main.go'), 'package main');
    writeFileSync(join(source, 'inner', 'a.go'), 'package inner');
    const key = sourceKey(source);
    writeFileSync(join(source, 'main_test.go'), 'package main');
    writeFileSync(join(source, 'README.md'), 'text');
    expect(sourceKey(source)).toBe(key);
    writeFileSync(join(source, 'inner', 'a.go'), 'package other');
    expect(sourceKey(source)).not.toBe(key);
  });
});

describe('filling a folder', () => {
  it('leaves nothing half done', async () => {
    const folder = join(temporary(), 'made');
    const half = fillFolder(folder, async into => {
      writeFileSync(join(into, 'a'), '1');
      throw new Error('interrupted');
    });
    await expect(half).rejects.toThrow('interrupted');
    expect(existsSync(folder)).toBe(false);
    expect(readdirSync(join(folder, '..'))).toEqual([]);
  });

  it('lets the first of two have it', async () => {
    const folder = join(temporary(), 'made');
    const fill = (text: string) => async (into: string) => writeFileSync(join(into, 'a'), text);
    await fillFolder(folder, fill('first'));
    await fillFolder(folder, fill('second'));
    expect(readFileSync(join(folder, 'a'), 'utf8')).toBe('first');
    expect(readdirSync(join(folder, '..'))).toEqual(['made']);
  });
});
