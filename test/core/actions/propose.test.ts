import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { planProposal, propose } from '../../../src/core/actions/propose/propose.ts';
import { commit, write } from '../git/folders.ts';
import {
  branchesOf,
  hook,
  onRemote,
  snapshotOf,
  temporaryWorktrees,
  type World,
  worldWith,
} from '../git/world.ts';
import { deployment, open, overlay, shop } from './shop.ts';

const everything = { environments: [], paths: [] };
const base = 'apps/shop/base/deployment.yaml';
const production = 'apps/shop/overlays/production/kustomization.yaml';
const map = 'apps/other/overlays/production/map.yaml';

async function plan(world: World, options: Partial<Parameters<typeof planProposal>[1]> = {}) {
  return planProposal(await open(world.root), { ...everything, ...options });
}

describe('what would be proposed', () => {
  it('are the changed files, with what they change in every environment', async () => {
    const world = worldWith(shop);
    write(world.root, base, deployment('web:2'));
    const before = snapshotOf(world.root);
    const planned = await plan(world);
    expect(planned).toMatchObject({
      files: [{ path: base, change: 'modified', environments: ['production', 'staging'] }],
      title: 'production, staging: change Deployment shop/web',
      branch: expect.stringMatching(
        /^driftline\/production-staging-change-deployment-shop-web-[0-9a-f]{7}$/,
      ),
      base: 'main',
      forge: { title: 'no forge', host: '' },
    });
    expect(planned.body).toMatch(
      /### production \(protected\)\n[\s\S]*-\s+- image: web:1\n\+\s+- image: web:2/,
    );
    expect(planned.body).toContain('### staging\n');
    expect(snapshotOf(world.root)).toEqual(before);
    expect(branchesOf(world.remote)).toEqual(['main']);
  });

  it('are those that an environment reads, or those that are named', async () => {
    const world = worldWith(shop);
    write(world.root, production, overlay(7));
    write(world.root, 'apps/shop/overlays/staging/kustomization.yaml', overlay(8));
    write(world.root, 'README.md', 'new\n');
    const paths = ({ files }: { files: { path: string }[] }) => files.map(({ path }) => path);
    const ofProduction = await plan(world, { environments: ['production'] });
    expect(paths(ofProduction)).toEqual([production]);
    expect(ofProduction.title).toBe('production: change Deployment shop/web');
    expect(ofProduction.body).not.toContain('staging');
    expect(paths(await plan(world, { paths: ['apps/shop/overlays'] }))).toHaveLength(2);
    expect(paths(await plan(world))).toHaveLength(3);
    await expect(plan(world, { paths: ['apps/shop/base'] })).rejects.toThrow(
      'apps/shop/base has no change that is not committed',
    );
  });

  it('does not hold what other changed files would change', async () => {
    const world = worldWith(shop);
    write(world.root, base, deployment('web:2'));
    write(world.root, production, overlay(7));
    const { body } = await plan(world, { paths: [production] });
    expect(body).toContain('+  replicas: 7');
    expect(body).not.toContain('web:2');
  });

  it('begins where the checkout left the branch that it shall go to', async () => {
    const world = worldWith(shop);
    write(world.root, base, deployment('web:2'));
    commit(world.root, 'somebody else');
    world.git('push', '--quiet');
    world.git('reset', '--quiet', '--hard', 'HEAD~1');
    write(world.root, production, overlay(7));
    const planned = await plan(world);
    expect(planned.body).not.toContain('web:2');
    const made = await propose(await open(world.root), planned, {});
    // What the other one changed is not taken back: it is not part of the change.
    const files = world.git('diff', '--name-only', `${made.commit}~1`, made.commit).split('\n');
    expect(files).toEqual([production]);
  });

  it('names objects that go with a deleted file, and the environments that lose them', async () => {
    const world = worldWith(shop);
    rmSync(join(world.root, map));
    write(world.root, 'apps/other/overlays/production/kustomization.yaml', 'resources: []\n');
    const planned = await plan(world);
    expect(planned.files).toContainEqual({
      path: map,
      change: 'deleted',
      environments: ['production'],
    });
    expect(planned.title).toBe('production: remove ConfigMap shop/other');
    expect(planned.body).toContain('-  name: other');
  });

  it('says what no longer renders, and calls none of its objects removed', async () => {
    const world = worldWith(shop);
    write(world.root, production, 'resources:\n- ../../gone\n');
    const { body, title } = await plan(world);
    expect(title).toBe(`change ${production}`);
    expect(body).toContain('No object that could be rendered changes.');
    expect(body).toMatch(/### Not checked\n\n- production: shop: .*gone/);
    expect(body).not.toContain('remove');
  });

  it('says nothing of what does not render elsewhere, and is not of this change', async () => {
    const broken = { 'apps/shop/overlays/staging/kustomization.yaml': 'resources: [../../gone]\n' };
    const world = worldWith({ ...shop, ...broken });
    write(world.root, production, overlay(7));
    const { body } = await plan(world);
    expect(body).toContain('+  replicas: 7');
    expect(body).not.toMatch(/staging|gone|Not checked/);
  });

  it('takes what a chart makes anew with every render for no change', async () => {
    const world = worldWith({
      'chart/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 1.0.0\n',
      'chart/values.yaml': 'tag: a\n',
      'chart/templates/a.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n  tag: {{ .Values.tag }}\n  made: {{ randAlphaNum 12 | quote }}\n',
      'chart/templates/b.yaml':
        'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\ndata:\n  made: {{ randAlphaNum 12 | quote }}\n',
      'driftline.yaml': 'version: 1\nenvironments:\n- name: production\n  source: {path: chart}\n',
    });
    write(world.root, 'chart/values.yaml', 'tag: b\n');
    const { title, body } = await plan(world);
    expect(title).toBe('production: change ConfigMap default/a');
    expect(body).toContain('-  tag: a\n+  tag: b');
    expect(body).not.toMatch(/^[-+] {2}made/m);
  });

  it('goes to the branch that is named', async () => {
    const world = worldWith(shop);
    world.git('push', '--quiet', 'origin', 'main:next');
    write(world.root, production, overlay(7));
    expect((await plan(world, { base: 'next' })).base).toBe('next');
    await expect(plan(world, { base: 'gone' })).rejects.toThrow('origin has no branch gone');
  });

  it('is nothing where nothing changed', async () => {
    const world = worldWith(shop);
    await expect(plan(world)).rejects.toThrow('Every file is as it was committed');
    write(world.root, 'README.md', 'new\n');
    await expect(plan(world, { environments: ['staging'] })).rejects.toThrow(
      'None of the 1 changed files is read by staging',
    );
  });

  it('is not worked out in a folder that is not trusted', async () => {
    const world = worldWith(shop, '[core]\n\thooksPath = hooks\n');
    write(world.root, 'README.md', 'new\n');
    const workspace = await open(world.root, { trusted: () => false });
    await expect(planProposal(workspace, everything)).rejects.toThrow('not trusted');
  });
});

describe('proposing', () => {
  it('pushes the planned files on a branch of their own; the checkout stays as it is', async () => {
    const world = worldWith(shop);
    write(world.root, production, overlay(7));
    write(world.root, 'README.md', 'not chosen\n');
    world.git('add', 'README.md');
    const workspace = await open(world.root);
    const planned = await planProposal(workspace, { ...everything, environments: ['production'] });
    const before = snapshotOf(world.root);
    const said: string[] = [];
    const made = await propose(
      workspace,
      { ...planned, title: 'my title', branch: 'mine' },
      { progress: message => said.push(message) },
    );
    expect(made).toEqual({ kind: 'branch', branch: 'mine', commit: expect.any(String) });
    const files = onRemote(world.remote, 'mine');
    expect(files[production]).toBe(overlay(7).trim());
    expect(files['README.md']).toBe('shop');
    expect(world.git('log', '-1', '--format=%s %an', made.commit).trim()).toBe('my title Pat');
    expect(snapshotOf(world.root)).toEqual(before);
    expect(branchesOf(world.root)).toEqual(['main']);
    expect(temporaryWorktrees()).toEqual([]);
    expect(said).toEqual(['Getting main', 'Pushing mine', 'Opening the request on no forge']);
  });

  it.each([
    ['a file', (world: World) => write(world.root, production, overlay(9))],
    ['whether it is there', (world: World) => rmSync(join(world.root, production))],
    [
      'where it begins',
      (world: World) => {
        world.git('commit', '--quiet', '--allow-empty', '-m', 'other');
        world.git('push', '--quiet');
      },
    ],
  ])('pushes nothing when the text is no longer true: %s changed', async (_, change) => {
    const world = worldWith(shop);
    write(world.root, production, overlay(7));
    const workspace = await open(world.root);
    const planned = await planProposal(workspace, everything);
    change(world);
    await expect(propose(workspace, planned, {})).rejects.toThrow('have changed since');
    expect(branchesOf(world.remote)).toEqual(['main']);
  });

  it('pushes nothing when a hook says no, and says what the hook said', async () => {
    const world = worldWith(shop);
    hook(world.root, 'pre-commit', 'echo "no tabs, please" >&2; exit 1');
    write(world.root, production, overlay(7));
    const workspace = await open(world.root);
    const planned = await planProposal(workspace, everything);
    const before = snapshotOf(world.root);
    await expect(propose(workspace, planned, {})).rejects.toThrow('no tabs, please');
    expect(snapshotOf(world.root)).toEqual(before);
    expect(branchesOf(world.remote)).toEqual(['main']);
    expect(readFileSync(join(world.root, production), 'utf8')).toBe(overlay(7));
  });

  it('does nothing in a folder that is not trusted', async () => {
    const world = worldWith(shop);
    write(world.root, production, overlay(7));
    const planned = await plan(world);
    const workspace = await open(world.root, { trusted: () => false });
    await expect(propose(workspace, planned, {})).rejects.toThrow('not trusted');
    expect(branchesOf(world.remote)).toEqual(['main']);
  });
});
