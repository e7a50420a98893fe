import { describe, expect, it } from 'vitest';
import { effectOf } from '../../../src/core/actions/effect/effect.ts';
import { fieldChanges } from '../../../src/core/actions/effect/fields.ts';
import { effectSince } from '../../../src/core/actions/effect/since.ts';
import { effectLines } from '../../../src/core/actions/effect/text.ts';
import { LiveEdits } from '../../../src/core/actions/reach/live-edits.ts';
import { openRepository } from '../../../src/core/git/repository.ts';
import { formatPath } from '../../../src/core/model/path.ts';
import type { Json } from '../../../src/core/model/resource.ts';
import { repositoryWith, write } from '../git/folders.ts';
import { deployment, open, overlay, shop } from './shop.ts';

const secret = (password: string) =>
  `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\n  namespace: shop\nstringData:\n  password: ${password}\n`;
const web = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const production = 'apps/shop/overlays/production/kustomization.yaml';

describe('the fields by which two values differ', () => {
  const paths = (before: Json, after: Json) =>
    fieldChanges(before, after).map(({ steps, ...sides }) => [formatPath(steps), sides]);

  it('are as near to the leaves as can be', () => {
    expect(paths({ a: { b: 1, c: 2 }, d: 3 }, { a: { b: 2, c: 2, e: null }, f: {} })).toEqual([
      ['.a.b', { before: 1, after: 2 }],
      ['.a.e', { after: null }],
      ['.d', { before: 3 }],
      ['.f', { after: {} }],
    ]);
    expect(paths({ a: 1, b: 2 }, { b: 2, a: 1 })).toEqual([]);
  });

  it('follow list items by their names, whatever their number', () => {
    const [app, sidecar] = [{ name: 'app', image: 'a:1' }, { name: 'sidecar' }];
    expect(paths([app], [sidecar, { ...app, image: 'a:2' }])).toEqual([
      ['[name="app"].image', { before: 'a:1', after: 'a:2' }],
      ['[name="sidecar"]', { after: sidecar }],
    ]);
    expect(paths([app, sidecar], [sidecar, app])).toHaveLength(1);
    expect(paths(['a', 'b'], ['b', 'c', 'd'])).toEqual([
      ['[="a"]', { before: 'a' }],
      ['[="c"]', { after: 'c' }],
      ['[="d"]', { after: 'd' }],
    ]);
    expect(paths(['-a', '1'], ['-a', '2'])).toEqual([['[1]', { before: '1', after: '2' }]]);
  });
});

describe('the effect of a change', () => {
  it('is each field in each environment, with the line that makes it and what it overwrites', async () => {
    const root = repositoryWith(shop);
    write(root, 'apps/shop/base/deployment.yaml', deployment('web:2'));
    write(root, production, overlay(3));
    const workspace = await open(root);
    const report = await effectSince(workspace, 'HEAD', { environments: [] });
    const effect = [...report.environments].sort((a, b) =>
      a.environment < b.environment ? -1 : 1,
    );
    expect(effect.map(({ environment }) => environment)).toEqual(['production', 'staging']);
    const [object] = effect[0]?.objects ?? [];
    expect(object).toMatchObject({ object: web, change: 'change', liveEdits: [] });
    expect(object?.fields).toEqual([
      {
        path: '.spec.replicas',
        before: 2,
        after: 3,
        place: expect.objectContaining({ file: production }),
      },
      {
        path: '.spec.template.spec.containers[name="app"].image',
        before: 'web:1',
        after: 'web:2',
        place: { file: 'apps/shop/base/deployment.yaml', line: 15, column: 16 },
      },
    ]);
    expect(object?.diff?.filter(line => /^[+-]/.test(line))).toEqual([
      '-  replicas: 2',
      '+  replicas: 3',
      '-        - image: web:1',
      '+        - image: web:2',
    ]);
    expect(effectLines({ environments: effect })).toEqual([
      'production: 2 fields of Deployment shop/web change',
      'staging: Deployment shop/web containers[app].image web:1 → web:2',
    ]);
    const only = await effectSince(workspace, 'HEAD', { environments: ['staging'] });
    expect(only.environments.map(({ environment }) => environment)).toEqual(['staging']);
    await expect(effectSince(workspace, 'nowhere', { environments: [] })).rejects.toThrow(
      /nowhere/,
    );
  });

  it('says what somebody changed in the cluster at the same place', async () => {
    const root = repositoryWith(shop);
    write(root, production, overlay(3));
    const after = await open(root);
    const before = await after.beside(await openRepository(root, { revision: 'HEAD' }), 'main');
    const edits = new LiveEdits();
    const [environment] = await after.choose(['production']);
    const by = [
      { manager: 'kubectl-scale', operation: 'Update' as const, time: '2026-03-04T09:00:00Z' },
    ];
    const edited = (path: string) => ({ path, kind: 'changed' as const, desired: 3, live: 5, by });
    if (environment)
      edits.add(environment, [
        {
          ...{ resource: web, state: 'drifted', extra: [], notes: [], confirmed: 'local' },
          paths: [edited('.spec.replicas'), edited('.spec.paused')],
        },
      ]);
    const effect = await effectOf(before, after, [production], async () => edits);
    const [object] = effect.environments[0]?.objects ?? [];
    expect(object?.fields[0]?.liveEdit).toEqual(edited('.spec.replicas'));
    expect(object?.liveEdits).toEqual([edited('.spec.replicas')]);
    expect(effectLines(effect, new Date('2026-03-04T12:00:00Z'))).toEqual([
      'production: Deployment shop/web spec.replicas 2 → 3; would overwrite a live edit by kubectl-scale, 3 h ago',
    ]);
    expect(effectLines(effect).join()).toContain('kubectl-scale, 2026-03-04 09:00 UTC');
  });

  it('shows no secret value, and that it changes', async () => {
    const root = repositoryWith({
      ...shop,
      'apps/shop/base/secret.yaml': secret('first-password'),
      'apps/shop/base/kustomization.yaml': 'resources:\n- deployment.yaml\n- secret.yaml\n',
    });
    write(root, 'apps/shop/base/secret.yaml', secret('other-password'));
    const effect = await effectSince(await open(root), 'HEAD', { environments: ['production'] });
    const [object] = effect.environments[0]?.objects ?? [];
    expect(JSON.stringify(effect)).not.toMatch(
      /password"?:? ?(first|other)|(first|other)-password/,
    );
    expect(object?.fields).toMatchObject([
      { path: '.stringData.password', before: '•••', after: '••• (changed)' },
    ]);
  });

  it('is nothing where only text changes that nobody renders', async () => {
    const root = repositoryWith(shop);
    write(root, 'apps/shop/base/deployment.yaml', `# more\n${deployment('web:1')}`);
    const effect = await effectSince(await open(root), 'HEAD', { environments: [] });
    expect(effect.environments).toEqual([]);
  });

  it('says what could not be compared', async () => {
    const root = repositoryWith(shop);
    write(root, production, 'resources:\n- ../../base\n- nowhere.yaml\n');
    const effect = await effectSince(await open(root), 'HEAD', { environments: ['production'] });
    expect(effect.environments[0]?.objects).toEqual([]);
    expect(effect.environments[0]?.notChecked[0]?.reason).toMatch(/nowhere.yaml/);
    expect(effectLines(effect)).toEqual([
      'production: nothing that could be rendered changes; 1 not checked',
    ]);
  });
});
