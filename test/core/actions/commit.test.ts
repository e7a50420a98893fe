import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commit, planCommit } from '../../../src/core/actions/commit.ts';
import { LiveEdits } from '../../../src/core/actions/reach/live-edits.ts';
import { write } from '../git/folders.ts';
import { hook, onRemote, worldWith } from '../git/world.ts';
import { deployment, open, overlay, shop } from './shop.ts';

describe('what can be committed', () => {
  it('is what an environment reads, what lies in its folders, and all without one', async () => {
    const { root } = worldWith(shop);
    write(root, 'README.md', 'changed\n');
    write(root, 'apps/shop/base/deployment.yaml', deployment('web:2'));
    write(root, 'apps/shop/overlays/staging/kustomization.yaml', overlay(3));
    write(root, 'apps/shop/overlays/production/notes.txt', 'mine\n');
    rmSync(join(root, 'apps/other/overlays/production/map.yaml'));
    const workspace = await open(root);
    const names = (await workspace.discovery()).environments.map(({ name }) => name).sort();
    expect(names).toEqual(['production', 'staging']);
    const { files, ...plan } = await planCommit(workspace, { environment: 'production' });
    expect(plan).toMatchObject({
      branch: 'main',
      upstream: 'origin/main',
      message: expect.any(String),
    });
    expect(files).toEqual([
      {
        path: 'apps/other/overlays/production/map.yaml',
        change: 'deleted',
        environments: ['production'],
      },
      {
        path: 'apps/shop/base/deployment.yaml',
        change: 'modified',
        environments: expect.toSatisfy(
          (value: string[]) => value.toSorted().join() === 'production,staging',
        ),
      },
      { path: 'apps/shop/overlays/production/notes.txt', change: 'untracked', environments: [] },
    ]);
    const staging = await planCommit(workspace, { environment: 'staging' });
    expect(staging.files.map(({ path }) => path)).toEqual([
      'apps/shop/base/deployment.yaml',
      'apps/shop/overlays/staging/kustomization.yaml',
    ]);
    expect(staging.message).toBe('staging: change Deployment shop/web');
    expect((await planCommit(workspace)).files.map(({ path }) => path)).toContain('README.md');
    await expect(planCommit(workspace, { environment: 'prodution' })).rejects.toThrow(
      'did you mean production?',
    );
  });

  it('is nothing in a clean checkout', async () => {
    const { root, git } = worldWith(shop);
    git('checkout', '--quiet', '--detach');
    expect(await planCommit(await open(root))).toEqual({ files: [], message: '', summary: [] });
  });
});

describe('committing', () => {
  it('says below a message of one line what the chosen files change', async () => {
    const { root, git } = worldWith(shop);
    const { base, staging } = {
      base: 'apps/shop/base/deployment.yaml',
      staging: 'apps/shop/overlays/staging/kustomization.yaml',
    };
    write(root, base, deployment('web:2'));
    write(root, staging, overlay(3));
    const workspace = await open(root);
    expect((await planCommit(workspace)).summary.toSorted()).toEqual([
      'production: Deployment shop/web containers[app].image web:1 → web:2',
      'staging: 2 fields of Deployment shop/web change',
    ]);
    const by = [
      { manager: 'kubectl-scale', operation: 'Update' as const, time: '2026-03-04T09:00:00Z' },
    ];
    const editsOf = async () => {
      const edits = new LiveEdits();
      const [environment] = await workspace.choose(['staging']);
      const resource = {
        group: 'apps',
        version: 'v1',
        kind: 'Deployment',
        namespace: 'shop',
        name: 'web',
      };
      const paths = [{ path: '.spec.replicas', kind: 'changed' as const, desired: 3, live: 5, by }];
      const result = { resource, paths, state: 'drifted' as const, extra: [], notes: [] };
      if (environment) edits.add(environment, [{ ...result, confirmed: 'local' }]);
      return edits;
    };
    const options = { message: 'scale', describe: true, editsOf, push: false };
    await commit(workspace, { ...options, paths: [staging] });
    expect(git('log', '-1', '--format=%B').trim()).toBe(
      'scale\n\nstaging: Deployment shop/web spec.replicas 1 → 3; would overwrite a live edit by kubectl-scale, 2026-03-04 09:00 UTC',
    );
    const mine = 'new image\n\nBecause of the old one.';
    await commit(workspace, { ...options, message: mine, paths: [base] });
    expect(git('log', '-1', '--format=%B').trim()).toBe(mine);
  });

  it('commits and pushes what was chosen', async () => {
    const { root, remote, git } = worldWith(shop);
    write(root, 'README.md', 'changed');
    write(root, 'apps/shop/base/deployment.yaml', deployment('web:2'));
    const workspace = await open(root);
    const paths = ['apps/shop/base/deployment.yaml'];
    const made = await commit(workspace, { paths, message: 'web:2', push: true });
    expect(made).toEqual({
      commit: git('rev-parse', 'HEAD'),
      branch: 'main',
      pushedTo: 'origin/main',
    });
    expect(onRemote(remote, 'main')).toMatchObject({ 'README.md': 'shop' });
    expect(git('status', '--porcelain')).toBe('M README.md');
    expect(git('log', '-1', '--format=%B').trim()).toBe('web:2');
    const more = await commit(workspace, { paths: ['README.md'], message: 'm', push: false });
    expect(more).toEqual({ commit: git('rev-parse', 'HEAD'), branch: 'main' });
  });

  it('keeps the commit where the push fails, and says so', async () => {
    const { root, git } = worldWith(shop);
    hook(root, 'pre-push', 'echo "not today"; exit 1');
    write(root, 'README.md', 'changed');
    const made = commit(await open(root), { paths: ['README.md'], message: 'm', push: true });
    await expect(made).rejects.toThrow(
      /^[0-9a-f]{7} is committed to main, but not pushed\. Nothing was pushed: not today/,
    );
    expect(git('log', '-1', '--format=%s')).toBe('m');
  });

  it('does nothing on no branch, or in a folder that is not trusted', async () => {
    const { root, git } = worldWith(shop);
    write(root, 'README.md', 'changed');
    hook(root, 'pre-commit', 'touch ran');
    const options = { paths: ['README.md'], message: 'm', push: false };
    const untrusted = await open(root, { trusted: () => false });
    await expect(planCommit(untrusted)).rejects.toThrow('This folder is not trusted');
    await expect(commit(untrusted, options)).rejects.toThrow('This folder is not trusted');
    git('checkout', '--quiet', '--detach');
    await expect(commit(await open(root), options)).rejects.toThrow('No branch is checked out');
    expect(git('status', '--porcelain')).toBe('M README.md');
  });
});
