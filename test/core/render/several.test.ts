import { afterAll, describe, expect, it } from 'vitest';
import type { SingleSource } from '../../../src/core/model/environment.ts';
import { createRendering } from '../../../src/core/render/rendering.ts';
import { repositoryOf, startRenderer } from './harness.ts';

const map = (name: string, value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: { name: ${name} }\ndata: { from: ${value} }\n`;
const plain = (path: string): SingleSource => ({ kind: 'plain', path, recurse: false });
const origin = { file: 'app.yaml', line: 1, column: 1 };

describe('several sources', () => {
  const { program, resident } = startRenderer();
  afterAll(() => resident.close());
  const files = {
    'one/a.yaml': map('shared', 'one'),
    'one/b.yaml': map('own', 'one'),
    'two/a.yaml': map('shared, namespace: shop', 'two'),
    'broken/kustomization.yaml': 'resources: [gone.yaml]\n',
  };
  const render = (...sources: SingleSource[]) =>
    createRendering(repositoryOf(files), program).render({
      source: { kind: 'several', sources, namespace: 'shop' },
      origin,
    });

  it('make one set, in which the later one of two objects counts', async () => {
    const rendered = await render(plain('one'), plain('two'));
    expect(rendered.objects.map(({ value }) => value.data)).toEqual([
      { from: 'one' },
      { from: 'two' },
    ]);
    expect(rendered.unused).toEqual([
      {
        kind: 'object',
        name: 'ConfigMap shared',
        place: { file: 'one/a.yaml', line: 1, column: 1 },
      },
    ]);
    expect(rendered.reads).toEqual(['one/a.yaml', 'one/b.yaml', 'two/a.yaml']);
  });

  it('count without one that is not here, but not without one that fails', async () => {
    const partly = await render({ kind: 'unresolved', reason: 'it is elsewhere' }, plain('two'));
    expect(partly.objects).toHaveLength(1);
    expect(partly.notChecked).toEqual([{ reason: 'it is elsewhere', place: origin }]);
    const failing = await render({ kind: 'kustomize', path: 'broken' }, plain('two'));
    expect(failing.objects).toEqual([]);
    expect(failing.failure?.place.file).toBe('broken/kustomization.yaml');
  });
});
