import { expect, it } from 'vitest';
import type { Discovery } from '../../../src/core/environments/context.ts';
import { KnownDiscovery } from '../../../src/core/live/known-discovery.ts';
import type { RepositoryIndex } from '../../../src/core/manifests/repository-index.ts';
import { indexOf } from '../environments/repository.ts';

const file = 'web.yaml';
const deployment = (replicas: number) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec: { replicas: ${replicas} }\n`;
const release =
  '---\napiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: { name: a }\n';
const changed = new Set([file]);

function workspaceOf(index: RepositoryIndex, looking?: () => void) {
  const found = Promise.resolve({ environments: [] } as unknown as Discovery);
  const discovery = async () => {
    looking?.();
    return found;
  };
  return { index, branch: 'main', found, discovery };
}

it('is kept for an edit of an ordinary field, and for no other', async () => {
  const workspace = workspaceOf(await indexOf({ [file]: deployment(1) }));
  const known = new KnownDiscovery();
  expect(known.for(workspace, changed, 'main')).toBeUndefined();
  await known.look(workspace, () => false);
  workspace.index.update(file, deployment(2));
  expect(known.for(workspace, changed, 'main')).toBe(workspace.found);
  expect(known.for(workspace, changed, 'other')).toBeUndefined();
  expect(known.for(workspace, new Set(), 'main')).toBeUndefined();
  // A generator's input is no file of the index.
  expect(known.for(workspace, new Set(['values.env']), 'main')).toBeUndefined();
  workspace.index.update(file, deployment(2) + release);
  expect(known.for(workspace, changed, 'main')).toBeUndefined();
});

it('is not kept where an edit was in the index and not in the repository', async () => {
  for (const pending of [
    [true, true],
    [true, false],
    [false, true],
  ]) {
    const workspace = workspaceOf(await indexOf({ [file]: deployment(1) }));
    const known = new KnownDiscovery();
    const answers = [...pending];
    await known.look(workspace, () => answers.shift() ?? false);
    expect([pending, known.for(workspace, changed, 'main')]).toEqual([pending, undefined]);
  }
});
