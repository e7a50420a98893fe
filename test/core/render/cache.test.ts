import { afterAll, describe, expect, it } from 'vitest';
import { RenderCache } from '../../../src/core/render/cache.ts';
import { createRendering } from '../../../src/core/render/rendering.ts';
import {
  kustomization,
  objectOf,
  placeOf,
  release,
  repositoryOf,
  startRenderer,
} from './harness.ts';

const { program, resident } = startRenderer();
afterAll(() => resident.close());

const files = {
  'kustomization.yaml': 'resources: [pod.yaml]\n',
  'pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n',
  'unrelated.yaml': 'a: 1\n',
  'web/Chart.yaml': 'apiVersion: v2\nname: web\nversion: 0.1.0\n',
  'web/templates/a.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n',
};

function states(cache = new RenderCache()) {
  return (changes: Record<string, string>) =>
    createRendering(repositoryOf({ ...files, ...changes }), program, { cache });
}

describe('a render', () => {
  it('is kept while nothing that it read changed', async () => {
    const state = states();
    const first = await state({}).render(kustomization(''));
    expect(await state({ 'unrelated.yaml': 'a: 2\n' }).render(kustomization(''))).toBe(first);
    const changed = await state({ 'pod.yaml': files['pod.yaml'].replace('a}', 'b}') }).render(
      kustomization(''),
    );
    objectOf(changed, 'Pod', 'b');
    expect(await state({}).render(kustomization(''))).toBe(first);
  });

  it('is made again when a file appears that it looked for', async () => {
    const state = states();
    const first = await state({}).render(kustomization(''));
    expect(first.failure).toBeUndefined();
    const second = await state({ 'kustomization.yml': 'resources: []\n' }).render(
      kustomization(''),
    );
    expect(second.failure?.message).toContain('multiple kustomization files');
  });

  it('is made again when a folder that it listed has another file', async () => {
    const state = states();
    expect((await state({}).render(release('web'))).objects).toHaveLength(1);
    const second = await state({
      'web/templates/b.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: b}\n',
    }).render(release('web'));
    expect(second.objects).toHaveLength(2);
  });

  it('of a folder without a kustomization, for which Flux makes one, is kept too', async () => {
    const state = states();
    const flux = { name: 'apps', namespace: 'flux-system' };
    const target = { source: { kind: 'kustomize' as const, path: 'apps', flux } };
    const pod = { 'apps/pod.yaml': files['pod.yaml'] };
    const first = await state(pod).render(target);
    objectOf(first, 'Pod', 'a');
    expect(await state({ ...pod, 'unrelated.yaml': 'a: 2\n' }).render(target)).toBe(first);
    const other = { 'apps/other.yaml': files['pod.yaml'].replace('a}', 'b}') };
    expect((await state({ ...pod, ...other }).render(target)).objects).toHaveLength(2);
    const own = { 'apps/kustomization.yaml': 'resources: []\n' };
    expect((await state({ ...pod, ...own }).render(target)).objects).toEqual([]);
    expect((await state({}).render(target)).failure).toBeDefined();
  });

  it('without places does not serve a trace; the other way round it does', async () => {
    const state = states();
    const plain = await state({}).render(kustomization(''));
    const traced = await state({}).trace(kustomization(''));
    expect(placeOf(objectOf(plain, 'Pod', 'a'), '/metadata/name')).toBe(
      'kustomization.yaml:1:1 unknown',
    );
    expect(placeOf(objectOf(traced, 'Pod', 'a'), '/metadata/name')).toBe('pod.yaml:3:18 exact');
    expect(await state({}).render(kustomization(''))).toBe(traced);
  });

  it('of a revision and of the working tree are two', async () => {
    const now = createRendering(repositoryOf(files), program);
    const old = createRendering(
      repositoryOf({ ...files, 'pod.yaml': files['pod.yaml'].replace('a}', 'old}') }, 'abc123'),
      program,
    );
    objectOf(await now.render(kustomization('')), 'Pod', 'a');
    objectOf(await old.render(kustomization('')), 'Pod', 'old');
    objectOf(await now.trace(kustomization('')), 'Pod', 'a');
  });

  it('that is aborted is not kept', async () => {
    const rendering = states()({});
    await expect(rendering.render(kustomization(''), AbortSignal.abort())).rejects.toThrow();
    objectOf(await rendering.render(kustomization('')), 'Pod', 'a');
  });
});

describe('what is known not to be renderable', () => {
  it('fails with its reason, where it is declared', async () => {
    const origin = { file: 'apps.yaml', line: 7, column: 1 };
    const source = { kind: 'unresolved' as const, reason: 'its source is elsewhere' };
    const { failure, objects } = await states()({}).render({ source, origin });
    expect({ failure, objects }).toEqual({
      failure: { message: 'its source is elsewhere', place: origin },
      objects: [],
    });
  });
});
