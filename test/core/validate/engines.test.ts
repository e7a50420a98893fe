import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { simpleGit } from 'simple-git';
import { describe, expect, it } from 'vitest';
import { validate } from '../../../src/core/actions/validate.ts';
import type { Host } from '../../../src/core/model/host.ts';
import { programPath } from '../../../src/core/upstream/programs.ts';
import { Workspace } from '../../../src/core/workspace.ts';

// Each folder is a repository that Flux or Argo CD deploys. Lines with a mistake end with the rules that they break
// (`# flux-missing-path`); every other line must pass. `address` is the repository's own.
const folders = join(import.meta.dirname, 'engines');
const address = 'https://git.example.com/acme/fleet.git';

const host: Host = {
  log: () => undefined,
  trusted: () => false,
  secret: () => undefined,
  forges: () => ({}),
};

function marksIn(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name));
  return files.flatMap(file =>
    readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line, at) => {
        const rules = / # ((?:[a-z]+(?:-[a-z]+)+ ?)+)$/.exec(line)?.[1]?.split(' ') ?? [];
        return rules.map(rule => `${file.slice(folder.length + 1)}:${at + 1} ${rule}`);
      }),
  );
}

async function validated(folder: string) {
  const directory = mkdtempSync(join(tmpdir(), 'driftline-engines-'));
  try {
    cpSync(folder, directory, { recursive: true });
    const git = simpleGit(directory);
    await git.init(['--initial-branch=main']);
    await git.addRemote('origin', address);
    const workspace = await Workspace.open({ directory, offline: true, host });
    try {
      const environments = await workspace.choose([]);
      return await validate(workspace, { environments, paths: [] });
    } finally {
      await workspace.close();
    }
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

const built = programPath('judge') && programPath('renderer');

describe.skipIf(!built && !process.env.CI)('a repository with', () => {
  it.each(readdirSync(folders))('%s: is told what it marks and nothing else', async name => {
    const folder = join(folders, name);
    const { findings } = await validated(folder);
    const told = findings
      .filter(({ severity }) => severity !== 'information')
      .map(({ file, line, rule, message }) => ({ place: `${file}:${line} ${rule}`, message }));
    expect(told.map(({ place }) => place).sort()).toEqual(marksIn(folder).sort());
    for (const { message } of told) expect(message).toMatch(/^\S.*[.?]$/);
  });
});
