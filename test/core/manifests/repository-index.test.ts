import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRepository } from '../../../src/core/git/repository.ts';
import { jsonOf, nodeAt } from '../../../src/core/manifests/locate.ts';
import { RepositoryIndex } from '../../../src/core/manifests/repository-index.ts';
import { resourceKey } from '../../../src/core/model/resource.ts';
import { indexOf, repositoryOf } from './repository.ts';

const configMap = (name: string, namespace = 'shop') =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: ${namespace}\n`;
const identity = (name: string, namespace = 'shop') =>
  resourceKey({ group: '', kind: 'ConfigMap', namespace, name });

describe('the index', () => {
  it('finds objects by identity and kind, with file and line', async () => {
    const index = await indexOf({
      'a.yaml': `# head\n${configMap('one')}---\n${configMap('two')}`,
      'b.yaml': configMap('one'),
      'list.yaml':
        'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: s}\n',
      'job.yaml': 'apiVersion: batch/v1\nkind: Job\nmetadata: {generateName: run-}\n',
      'values.yaml': 'a: 1\n',
    });
    expect(index.byIdentity(identity('one')).map(({ file, line }) => [file, line])).toEqual([
      ['a.yaml', 2],
      ['b.yaml', 1],
    ]);
    expect(index.byIdentity(identity('two'))[0]?.line).toBe(8);
    expect(index.byIdentity(identity('none'))).toEqual([]);
    expect(index.ofKind('', 'Secret')).toMatchObject([{ file: 'list.yaml', line: 4 }]);
    expect(index.ofKind('batch', 'Job')).toMatchObject([{ resource: { name: '' } }]);
    expect(index.objects()).toHaveLength(5);
    expect(index.files()).toHaveLength(5);
  });

  it('does not count patches as objects', async () => {
    const index = await indexOf({
      'kustomization.yaml': 'resources: [a.yaml]\npatches: [{path: p.yaml}]\n',
      'a.yaml': configMap('one'),
      'p.yaml': configMap('one'),
    });
    expect(index.byIdentity(identity('one')).map(({ file }) => file)).toEqual(['a.yaml']);
    expect(index.file('p.yaml')?.objects).toHaveLength(1);
  });

  it('passes over binary files, and says what it could not read', async () => {
    const index = await indexOf({
      'a.yaml': configMap('one'),
      'binary.yaml': new Uint8Array([1, 0, 2, 0, 0, 0]),
      'gone.yaml': null,
    });
    expect(index.files().map(({ path }) => path)).toEqual(['a.yaml']);
    expect(index.unread).toEqual([{ file: 'gone.yaml', reason: 'gone.yaml cannot be read.' }]);
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    controller.abort(new Error('stopped'));
    const building = RepositoryIndex.build(repositoryOf({ 'a.yaml': '' }), controller.signal);
    await expect(building).rejects.toThrow('stopped');
  });

  it('holds 20,000 files', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, at) => [`d${at % 100}/f${at}.yaml`, configMap(`m${at}`)]),
    );
    const index = await indexOf(files);
    expect(index.objects()).toHaveLength(20_000);
    expect(index.byIdentity(identity('m19999'))).toHaveLength(1);
  });
});

describe('a changed file', () => {
  const files = {
    'base/kustomization.yaml': 'resources: [a.yaml]\n',
    'base/a.yaml': configMap('one'),
    'base/b.yaml': configMap('two'),
  };

  it('is taken over, and no other is read again', async () => {
    const reads: string[] = [];
    const index = await RepositoryIndex.build(repositoryOf(files, reads));
    const other = index.file('base/b.yaml');
    const parsed = other?.parsed;
    reads.length = 0;
    index.update('base/a.yaml', configMap('renamed'));
    expect(reads).toEqual([]);
    expect(index.file('base/b.yaml')).toBe(other);
    expect(index.file('base/b.yaml')?.parsed).toBe(parsed);
    expect(index.byIdentity(identity('one'))).toEqual([]);
    expect(index.byIdentity(identity('renamed'))).toHaveLength(1);
  });

  it('changes the roles that depend on it', async () => {
    const index = await indexOf(files);
    expect(index.standsAlone('base/a.yaml')).toBe(false);
    index.update('base/kustomization.yaml', 'resources: [b.yaml]\npatches: [{path: a.yaml}]\n');
    expect(index.file('base/a.yaml')?.role).toBe('patch');
    expect(index.standsAlone('base/b.yaml')).toBe(false);
    index.update('base/kustomization.yaml', undefined);
    expect(index.file('base/a.yaml')?.role).toBe('manifest');
    expect(index.kustomizations.size).toBe(0);
    expect(index.standsAlone('base/b.yaml')).toBe(true);
    index.update('base/Chart.yaml', 'name: web\nversion: 1.0.0\n');
    index.update('base/templates/x.yaml', configMap('x'));
    expect(index.file('base/templates/x.yaml')?.role).toBe('chart-template');
  });

  it('may be new or gone', async () => {
    const index = await indexOf(files);
    index.update('base/kustomization.yaml', 'resources: [a.yaml, c.yaml]\n');
    expect(index.kustomizations.get('base')?.refersTo).toEqual(['base/a.yaml']);
    index.update('base/c.yaml', configMap('three'));
    expect(index.kustomizations.get('base')?.refersTo).toEqual(['base/a.yaml', 'base/c.yaml']);
    expect(index.files().map(({ path }) => path)).toContain('base/c.yaml');
    index.update('base/c.yaml', undefined);
    expect(index.file('base/c.yaml')).toBeUndefined();
    expect(index.byIdentity(identity('three'))).toEqual([]);
    index.update('README.md', 'apiVersion: v1');
    expect(index.file('README.md')).toBeUndefined();
  });
});

const corpora = resolve(import.meta.dirname, '../../../../shared/corpus');

describe.skipIf(!existsSync(corpora) && !process.env.CI)('the corpora', () => {
  const names = existsSync(corpora) ? readdirSync(corpora) : [];
  /** What is wrong in them, beside what only a schema can know. */
  const known: Record<string, string[]> = {
    'kubernetes+examples': [
      '_archived/openshift-origin/etcd-controller.yaml:12 duplicate-key',
      '_archived/openshift-origin/etcd-discovery-controller.yaml:12 duplicate-key',
      '_archived/openshift-origin/openshift-controller.yaml:12 duplicate-key',
      '_archived/persistent-volume-provisioning/quobyte/quobyte-admin-secret.yaml:9 duplicate-key',
      '_archived/volumes/scaleio/sc-pvc.yaml:12 duplicate-key',
    ],
  };

  it('are there', () => {
    expect(names.length).toBeGreaterThanOrEqual(9);
  });

  it.each(names)('%s has the known problems and no others', async name => {
    const index = await RepositoryIndex.build(await openRepository(join(corpora, name)));
    const problems = index
      .files()
      .filter(({ role }) => ['manifest', 'kustomization', 'patch', 'chart-values'].includes(role))
      .flatMap(({ path, parsed }) =>
        parsed.problems.map(({ line, rule }) => `${path}:${line} ${rule}`),
      );
    expect(problems).toEqual(known[name] ?? []);
    expect(index.unread).toEqual([]);
    expect(index.objects().length).toBeGreaterThan(0);
  });

  it.each(names)('%s has every scalar at the place that is claimed', async name => {
    const index = await RepositoryIndex.build(await openRepository(join(corpora, name)));
    for (const { text, role, parsed } of index.files()) {
      if (role !== 'manifest') continue;
      for (const { root } of parsed.documents) {
        const kind = nodeAt(root, ['kind']);
        if (kind?.kind !== 'scalar' || kind.style !== 'plain') continue;
        expect(text.slice(kind.start, kind.end)).toContain(jsonOf(kind));
      }
    }
  });

  it('have the number of kustomizations that is known', async () => {
    const counts: Record<string, number> = {
      'redhat-cop+gitops-catalog': 639,
      'onedr0p+home-ops': 98,
      'stefanprodan+podinfo': 8,
      'argoproj+argo-cd': 41,
    };
    for (const [name, count] of Object.entries(counts)) {
      const index = await RepositoryIndex.build(await openRepository(join(corpora, name)));
      expect([name, index.kustomizations.size]).toEqual([name, count]);
    }
  });
});
