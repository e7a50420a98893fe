import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { validateFile, validateText } from '../../../src/core/actions/validate.ts';
import type { Finding } from '../../../src/core/model/finding.ts';
import { programPath } from '../../../src/core/upstream/programs.ts';
import { Workspace } from '../../../src/core/workspace.ts';

const fixtures = resolve(import.meta.dirname, '../validate/fixtures');
const cases = resolve(import.meta.dirname, '../../../../shared/validation/dev');
const folders = [fixtures, ...(existsSync(cases) ? [cases] : [])].flatMap(parent =>
  readdirSync(parent, { withFileTypes: true })
    .filter(entry => entry.isDirectory())
    .map(({ name }) => join(parent, name)),
);
const host = {
  log: () => undefined,
  trusted: () => false,
  secret: () => undefined,
  forges: () => ({}),
};
const brief = ({ file, line, column, rule, message }: Finding) =>
  `${file}:${line}:${column} ${rule} ${message}`;

describe.skipIf(!programPath('renderer') && !process.env.CI)('what a text tells by itself', () => {
  it('is a part of what is found in it, so that nothing flickers while somebody types', async () => {
    let told = 0;
    for (const folder of folders) {
      const copy = mkdtempSync(join(tmpdir(), 'driftline-text-'));
      await cp(folder, copy, { recursive: true });
      const workspace = await Workspace.open({ directory: copy, offline: true, host });
      const { environments } = await workspace.discovery();
      const rendered = await Promise.all(
        environments.map(async environment => {
          const applications = environment.applications.map(each => workspace.render(each));
          const reads = (await Promise.all(applications)).flatMap(each => each.reads);
          return { environment, reads };
        }),
      );
      for (const { path } of workspace.index.files()) {
        const readers = rendered.filter(({ reads }) => reads.includes(path));
        const text = await validateText(
          workspace,
          path,
          readers.map(({ environment }) => environment),
        );
        if (text.length === 0) continue;
        const all = await validateFile(workspace, { environments, file: path });
        const missing = text.map(brief).filter(each => !all.map(brief).includes(each));
        expect({ folder, missing }).toEqual({ folder, missing: [] });
        told += text.length;
      }
      await workspace.close();
      rmSync(copy, { recursive: true });
    }
    expect(told).toBeGreaterThan(20);
  }, 120_000);
});
