import { describe, expect, it } from 'vitest';
import { noCharts } from '../../../src/core/render/charts.ts';
import { plain } from '../../../src/core/render/plain.ts';
import { placeOf, repositoryOf } from './harness.ts';

const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n`;

function render(
  files: Record<string, string>,
  source: { path?: string; recurse?: boolean; include?: string; exclude?: string } = {},
) {
  return plain.render(
    { kind: 'plain', path: '', recurse: true, ...source },
    {
      repository: repositoryOf(files),
      program: undefined as never,
      charts: noCharts,
      trace: false,
      text: false,
    },
  );
}

async function names(...given: Parameters<typeof render>): Promise<string[]> {
  return (await render(...given)).objects.map(({ resource }) => resource.name);
}

describe('a folder of manifests', () => {
  const files = {
    'apps/a.yaml': `${pod('a')}---\n${pod('b')}`,
    'apps/deep/c.json': '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "c"}}',
    'apps/notes.md': 'kind: Pod',
    'apps/values.yaml': 'replicas: 1\n',
    'other/d.yaml': pod('d'),
  };

  it('is all objects in it, or below it', async () => {
    expect(await names(files, { path: 'apps' })).toEqual(['a', 'b', 'c']);
    expect(await names(files, { path: 'apps', recurse: false })).toEqual(['a', 'b']);
    expect(await names(files)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('can be narrowed by patterns', async () => {
    expect(await names(files, { path: 'apps', include: '*.yaml' })).toEqual(['a', 'b']);
    expect(await names(files, { path: 'apps', exclude: '{deep/**,x}' })).toEqual(['a', 'b']);
  });

  it('knows the exact place of every field', async () => {
    const { objects } = await render(files, { path: 'apps' });
    expect(objects[1]?.source).toEqual({ file: 'apps/a.yaml', line: 6, column: 1 });
    expect(objects[1] && placeOf(objects[1], '/metadata/name')).toBe('apps/a.yaml:9:9 exact');
    expect(objects[1] && placeOf(objects[1], '/metadata/labels/x')).toBe('apps/a.yaml:9:3 unknown');
  });

  it('does not check a broken document, and goes on with the rest', async () => {
    const { objects, notChecked } = await render({ 'a.yaml': `a: [\n---\n${pod('b')}` });
    expect(objects.map(({ resource }) => resource.name)).toEqual(['b']);
    expect(notChecked).toHaveLength(1);
    expect(notChecked[0]?.place.file).toBe('a.yaml');
  });

  it('takes the items of a list one by one', async () => {
    const list =
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: x}\n';
    expect(await names({ 'list.yaml': list })).toEqual(['x']);
  });
});
