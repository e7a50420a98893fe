import { expect, it } from 'vitest';
import { isSameOutline, outlineOf } from '../../../src/core/environments/outline.ts';
import { indexOf } from './repository.ts';

const deployment = (replicas: number, name = 'web') =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\nspec:\n  replicas: ${replicas}\n`;
const files: Record<string, string> = {
  'apps/web.yaml': deployment(1),
  'apps/settings.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: b}\n',
  'apps/patch.yaml': deployment(2),
  'apps/kustomization.yaml':
    'resources: [web.yaml, settings.yaml]\npatches: [{path: patch.yaml}]\n',
  'apps/flux.yaml':
    'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: a}\nspec: {path: apps}\n',
};

it.each([
  ['a field of an object', 'apps/web.yaml', deployment(5), true],
  ['the same text', 'apps/web.yaml', deployment(1), true],
  ['the name of an object', 'apps/web.yaml', deployment(1, 'other'), false],
  ['one more object', 'apps/web.yaml', `${deployment(1)}---\n${deployment(1, 'more')}`, false],
  ['a text that is broken', 'apps/web.yaml', 'apiVersion: [', false],
  // Its data may be variables of a build.
  [
    'data of a ConfigMap',
    'apps/settings.yaml',
    files['apps/settings.yaml']?.replace('b}', 'c}'),
    false,
  ],
  // It may change what deploys.
  ['a patch', 'apps/patch.yaml', deployment(7), false],
  ['a kustomization', 'apps/kustomization.yaml', 'resources: [web.yaml]\n', false],
  [
    'what deploys',
    'apps/flux.yaml',
    files['apps/flux.yaml']?.replace('path: apps', 'path: web'),
    false,
  ],
  ['no text any more', 'apps/web.yaml', undefined, false],
])('with %s the outline is the same or not', async (_, file, text, same) => {
  const index = await indexOf(files);
  const before = outlineOf(index);
  index.update(file, text);
  expect(isSameOutline(before, outlineOf(index))).toBe(same);
});

it('is the same as long as nothing changes', async () => {
  const index = await indexOf(files);
  expect(isSameOutline(outlineOf(index), outlineOf(index))).toBe(true);
});
