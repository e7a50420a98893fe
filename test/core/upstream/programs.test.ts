import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { UserError } from '../../../src/core/lib/errors.ts';
import { programPath, requireProgram } from '../../../src/core/upstream/programs.ts';

const set = process.env.DRIFTLINE_PROGRAMS;

afterEach(() => {
  if (set === undefined) delete process.env.DRIFTLINE_PROGRAMS;
  else process.env.DRIFTLINE_PROGRAMS = set;
});

describe('the place of the programs', () => {
  it('is the folder that DRIFTLINE_PROGRAMS names, and no other', () => {
    const folder = mkdtempSync(join(tmpdir(), 'driftline-'));
    const judge = join(folder, process.platform === 'win32' ? 'judge.exe' : 'judge');
    writeFileSync(judge, '');
    chmodSync(judge, 0o755);
    process.env.DRIFTLINE_PROGRAMS = folder;
    expect(programPath('judge')).toBe(judge);
    expect(programPath('renderer')).toBeUndefined();
    expect(() => requireProgram('renderer')).toThrow(UserError);
  });

  it('is else dist/bin of this package', () => {
    delete process.env.DRIFTLINE_PROGRAMS;
    expect(requireProgram('judge')).toMatch(/dist.bin.judge/);
  });
});
