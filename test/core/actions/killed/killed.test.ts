import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { planProposal, propose } from '../../../../src/core/actions/propose/propose.ts';
import { planRollback, rollback } from '../../../../src/core/actions/rollback/rollback.ts';
import { commit, folderWith, write } from '../../git/folders.ts';
import { branchesOf, hook, onRemote, snapshotOf, type World, worldWith } from '../../git/world.ts';
import { deployment, open, overlay, shop } from '../shop.ts';
import type { Task } from './child.ts';

const realGit = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();

/**
 * `git` that ends the process which called it, for good, around the n-th call. What it needs to know stands beside
 * it, since not every caller hands its environment down.
 */
const wrapper = `#!/bin/sh
here=$(dirname "$0")
until mkdir "$here/counting" 2> /dev/null; do :; done
printf '%s\\n' "$*" >> "$here/calls"
call="$(wc -l < "$here/calls" | tr -d ' ')"
rmdir "$here/counting"
read -r moment at < "$here/kill"
[ "$moment $at" = "before $call" ] && kill -9 $PPID
"${realGit}" "$@"
code=$?
[ "$moment $at" = "after $call" ] && kill -9 $PPID
echo "$1" >> "$here/done"
exit $code
`;

const bundle = join(import.meta.dirname, '../../../../dist/test/killed.mjs');

beforeAll(() =>
  build({
    entryPoints: [join(import.meta.dirname, 'child.ts')],
    outfile: bundle,
    bundle: true,
    platform: 'node',
    format: 'esm',
    // What is CommonJS among the libraries.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  }),
);

type Moment = 'before' | 'after';

interface Run {
  killed: boolean;
  calls: string[];
  /** Temporary folders that are left. */
  left: string[];
}

/** Runs the task in a process of its own, which is killed around its n-th git command; 0: by somebody else. */
async function run(folder: string, task: Task, moment: Moment, at: number): Promise<Run> {
  // A run's own: what a killed one started may still be counting.
  const name = `run-${at}`;
  const bin = join(folder, name);
  const kill = `${moment} ${at}\n`;
  const files = { git: wrapper, kill, calls: '', done: '', 'task.json': JSON.stringify(task) };
  for (const [file, text] of Object.entries(files)) write(folder, `${name}/${file}`, text);
  chmodSync(join(bin, 'git'), 0o755);
  const child = spawn(process.execPath, [bundle, join(bin, 'task.json')], {
    env: {
      ...process.env,
      PATH: at === 0 ? process.env.PATH : `${bin}:${process.env.PATH}`,
      TMPDIR: join(folder, 'tmp'),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', text => {
    stderr += text;
  });
  const signal = await new Promise(resolve => child.on('close', (_, signal) => resolve(signal)));
  const killed = signal === 'SIGKILL';
  if (!killed) expect(stderr).toBe('');
  // git itself goes on when who called it is gone.
  const lines = (name: string) => readFileSync(join(bin, name), 'utf8').split('\n').filter(Boolean);
  const running = () => lines('calls').length - lines('done').length;
  await expect.poll(running, { timeout: 30_000 }).toBe(0);
  const left = readdirSync(join(folder, 'tmp')).filter(name => name !== '.keep');
  return { killed, calls: lines('calls'), left };
}

/** Kills the task around each of its git commands; after each kill `check` looks at what there is. */
async function killEverywhere(
  moment: Moment,
  taskOf: (at: number) => Task,
  check: (run: Run) => void,
): Promise<string[]> {
  const folder = folderWith({ 'tmp/.keep': '' });
  for (let at = 1; ; at++) {
    const ran = await run(folder, taskOf(at), moment, at);
    check(ran);
    // Only its own: what the run before left is gone, unless this one was killed before it came to that.
    expect(ran.left.length).toBeLessThanOrEqual(2);
    if (ran.killed) continue;
    expect(ran.calls.length).toBeLessThan(at);
    expect(ran.left).toEqual([]);
    return ran.calls;
  }
}

/** A person in the middle of something: staged, changed again, deleted, untracked, stashed. */
function busy(): { world: World; first: string } {
  const world = worldWith(shop);
  const { root, git } = world;
  const first = git('rev-parse', 'HEAD');
  write(root, 'apps/shop/base/deployment.yaml', deployment('web:2'));
  write(root, 'apps/shop/base/later.yaml', 'kind: later\n');
  commit(root, 'second');
  git('push', '--quiet', 'origin', 'main');
  write(root, 'README.md', 'stashed\n');
  git('-c', 'user.name=T', '-c', 'user.email=t@e', 'stash', 'push', '--quiet');
  git('branch', 'mine');
  write(root, 'apps/shop/overlays/production/kustomization.yaml', overlay(4));
  git('add', '.');
  write(root, 'apps/shop/overlays/production/kustomization.yaml', overlay(5));
  rmSync(join(root, 'apps/other/overlays/production/map.yaml'));
  write(root, 'new.yaml', 'new: 1\n');
  hook(root, 'pre-commit', 'exit 0');
  return { world, first };
}

describe.each<Moment>(['after', 'before'])('killed %s each git command', moment => {
  it('a rollback leaves the checkout byte for byte, and the next one succeeds', {
    timeout: 300_000,
  }, async () => {
    const { world, first } = busy();
    const { root, remote, git } = world;
    const workspace = await open(root);
    const target = { environment: 'production', application: 'shop', commit: first };
    const plan = await planRollback(workspace, target);
    const before = snapshotOf(root);
    const calls = await killEverywhere(
      moment,
      at => ({ action: 'rollback', root, plan: { ...plan, branch: `killed-${at}` } }),
      () => expect(snapshotOf(root)).toEqual(before),
    );
    for (const verb of ['worktree add', 'restore', 'update-index', 'commit', 'push'])
      expect(calls.filter(call => call.includes(` ${verb}`)).length, verb).toBeGreaterThan(0);
    await rollback(workspace, await planRollback(workspace, target), {});
    expect(onRemote(remote, plan.branch)).toMatchObject({
      'apps/shop/base/deployment.yaml': deployment('web:1').trim(),
    });
    expect(snapshotOf(root)).toEqual(before);
    expect(branchesOf(root)).toEqual(['main', 'mine']);
    expect(git('worktree', 'list').split('\n')).toHaveLength(1);
  });
});

describe('killed after each git command', () => {
  it('a proposal leaves the checkout byte for byte, and the next one succeeds', {
    timeout: 300_000,
  }, async () => {
    const { world } = busy();
    const { root, remote, git } = world;
    const workspace = await open(root);
    const paths = ['apps', 'new.yaml'];
    const plan = await planProposal(workspace, { environments: [], paths });
    const before = snapshotOf(root);
    const calls = await killEverywhere(
      'after',
      at => ({ action: 'propose', root, plan: { ...plan, branch: `killed-${at}` } }),
      () => expect(snapshotOf(root)).toEqual(before),
    );
    for (const verb of ['worktree add', 'update-index', 'commit', 'push'])
      expect(calls.filter(call => call.includes(` ${verb}`)).length, verb).toBeGreaterThan(0);
    await propose(workspace, await planProposal(workspace, { environments: [], paths }), {});
    expect(onRemote(remote, plan.branch)).toMatchObject({ 'new.yaml': 'new: 1' });
    expect(snapshotOf(root)).toEqual(before);
    expect(branchesOf(root)).toEqual(['main', 'mine']);
    expect(git('worktree', 'list').split('\n')).toHaveLength(1);
  });

  it('a commit is made, or nothing is', { timeout: 300_000 }, async () => {
    let { world } = busy();
    let before = snapshotOf(world.root);
    const paths = ['apps/shop/overlays/production/kustomization.yaml', 'new.yaml'];
    const task = (): Task => ({ action: 'commit', root: world.root, paths });
    let made = 0;
    await killEverywhere('after', task, () => {
      const { root, git } = world;
      if (git('log', '-1', '--format=%s') === 'm') {
        made++;
        expect(git('show', '--name-only', '--format=', 'HEAD').split('\n')).toEqual(paths);
        expect(git('show', `HEAD:${paths[0]}`)).toBe(overlay(5).trim());
        expect(git('status', '--porcelain')).toBe('D apps/other/overlays/production/map.yaml');
        world = busy().world;
        before = snapshotOf(world.root);
      } else expect(snapshotOf(root)).toEqual(before);
    });
    // Killed right after the commit, after each later command, and not at all.
    expect(made).toBeGreaterThan(2);
  });
});

it('a hook that kills everything leaves the checkout byte for byte', {
  timeout: 60_000,
}, async () => {
  const { world, first } = busy();
  const { root } = world;
  const workspace = await open(root);
  const target = { environment: 'production', application: 'shop', commit: first };
  const plan = await planRollback(workspace, target);
  // The hook's parent is git, whose parent is the process that acts.
  hook(root, 'pre-commit', 'caller=$(ps -o ppid= -p $PPID); kill -9 $caller $PPID');
  const before = snapshotOf(root);
  const ran = await run(
    folderWith({ 'tmp/.keep': '' }),
    { action: 'rollback', root, plan },
    'after',
    0,
  );
  expect(ran.killed).toBe(true);
  expect(ran.left).toHaveLength(1);
  expect(snapshotOf(root)).toEqual(before);
  hook(root, 'pre-commit', 'exit 0');
  const fixed = snapshotOf(root);
  await rollback(workspace, plan, {});
  expect(snapshotOf(root)).toEqual(fixed);
  expect(readdirSync(join(root, '.git'))).not.toContain('worktrees');
});
