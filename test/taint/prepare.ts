import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { applyOn, kubectlOn } from '../servers/kubectl.ts';
import type { ControlPlane } from '../servers/start.ts';
import { fleetFiles, planted, runningObjects, taintedConfig, tokensOf } from './fleet.ts';
import type { Planted } from './secrets.ts';

const namespace = 'taint';

/** A repository and a cluster full of secrets, and the folders in which a session may leave something. */
export interface TaintedFleet {
  repository: string;
  env: Record<string, string>;
  secrets: Planted;
  /** Where Driftline may write. */
  written: string[];
  at(name: string): string;
  write(below: string, files: Record<string, string>): void;
  remove(): Promise<void>;
}

/** Makes the repository in a temporary folder and what runs of it on a control plane. */
export async function prepareFleet(plane: ControlPlane): Promise<TaintedFleet> {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-taint-'));
  const at = (name: string) => join(folder, name);
  const write = (below: string, files: Record<string, string>) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(at(below), path)), { recursive: true });
      writeFileSync(join(at(below), path), text);
    }
  };
  const written = ['home', 'tmp', 'cache', 'config', 'out'].map(at);
  for (const path of written) mkdirSync(path);
  const kubeconfig = readFileSync(plane.kubeconfig, 'utf8');
  write('.', {
    'plugin.sh': '#!/bin/sh\necho "$PLUGIN_SECRET" >&2\nexit 1\n',
    kubeconfig: taintedConfig(kubeconfig, at('plugin.sh')),
  });
  chmodSync(at('plugin.sh'), 0o755);
  write('repository', fleetFiles(namespace, 'admin'));
  commitTwice(at('repository'));
  await run(plane);
  return {
    repository: at('repository'),
    env: {
      KUBECONFIG: at('kubeconfig'),
      HOME: at('home'),
      TMPDIR: at('tmp'),
      XDG_CACHE_HOME: at('cache'),
      XDG_CONFIG_HOME: at('config'),
      GITHUB_TOKEN: planted.environment,
      GITLAB_TOKEN: planted.environment,
      AWS_SECRET_ACCESS_KEY: planted.environment,
    },
    secrets: { ...planted, ...tokensOf(kubeconfig) },
    written,
    at,
    write,
    remove: async () => {
      await kubectlOn(plane, ['delete', 'namespace', namespace, 'flux-system', '--wait=false']);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function commitTwice(repository: string): void {
  const author = ['-c', 'user.name=T', '-c', 'user.email=t@t.example'];
  const git = (...args: string[]) => execFileSync('git', ['-C', repository, ...author, ...args]);
  git('init', '--quiet', '--initial-branch=main');
  git('commit', '--quiet', '--allow-empty', '-m', 'nothing');
  git('add', '--all');
  git('commit', '--quiet', '-m', 'first');
  git('remote', 'add', 'origin', `https://person:${planted.remote}@127.0.0.1:9/team/fleet.git`);
}

async function run(plane: ControlPlane): Promise<void> {
  const named = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  await applyOn(plane, [named(namespace), named('flux-system')]);
  // By kubectl's client side first, which keeps the whole manifest in an annotation.
  const before = {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'db', namespace },
    stringData: { password: planted['running-before'] },
  };
  await kubectlOn(plane, ['apply', '-f', '-'], { input: JSON.stringify(before) });
  await applyOn(plane, runningObjects(namespace), '--force-conflicts');
}
