import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { simpleGit } from 'simple-git';
import { validate } from '../src/core/actions/validate.ts';
import { messageOf } from '../src/core/lib/errors.ts';
import type { Host } from '../src/core/model/host.ts';
import { Workspace } from '../src/core/workspace.ts';
import { buildUpstream } from './build-upstream.ts';

await buildUpstream(line => process.stderr.write(`${line}\n`));

// `npm run --silent score:validation -- DIR > results.json`: validates every case folder below DIR as a
// repository of its own, and prints what the cases' scorer reads.
const origin = 'https://git.example.com/acme/fleet.git';

const host: Host = {
  log: () => undefined,
  trusted: () => false,
  secret: () => undefined,
  forges: () => ({}),
};

const directory = resolve(process.argv[2] ?? '.');
const results: Record<string, unknown[]> = {};
for (const id of readdirSync(directory).sort()) {
  const folder = join(directory, id);
  if (!existsSync(join(folder, 'expected.json'))) continue;
  try {
    results[id] = await findingsOf(folder);
  } catch (error) {
    process.stderr.write(`${id}: ${messageOf(error)}\n`);
    process.exitCode = 1;
  }
}
process.stdout.write(`${JSON.stringify(results, null, 1)}\n`);

/** Works on a copy: the expectations are not part of the repository, and it has git and a remote. */
async function findingsOf(folder: string): Promise<unknown[]> {
  const { kubernetesVersion } = JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8'));
  const copy = mkdtempSync(join(tmpdir(), 'driftline-case-'));
  try {
    cpSync(folder, copy, { recursive: true });
    rmSync(join(copy, 'expected.json'));
    const git = simpleGit(copy);
    await git.init(['--initial-branch=main']);
    await git.addRemote('origin', origin);
    return await validated(copy, kubernetesVersion);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

async function validated(directory: string, target: string): Promise<unknown[]> {
  const workspace = await Workspace.open({ directory, offline: true, host });
  try {
    const environments = await workspace.choose([]);
    const { findings } = await validate(workspace, { environments, paths: [], target });
    return findings.map(({ file, line, column, severity, message, rule }) => ({
      file,
      line,
      column,
      severity,
      message,
      rule,
    }));
  } finally {
    await workspace.close();
  }
}
