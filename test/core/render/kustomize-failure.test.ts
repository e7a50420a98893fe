import { afterAll, describe, expect, it } from 'vitest';
import { kustomization, renderingOf, startRenderer } from './harness.ts';

const { program, resident } = startRenderer();
afterAll(() => resident.close());

async function failureOf(files: Record<string, string>, path = '') {
  const { failure, objects } = await renderingOf(files, program).render(kustomization(path));
  expect(objects).toEqual([]);
  return { message: failure?.message ?? '', place: failure?.place };
}

describe('a kustomization that cannot be built', () => {
  it('names a resource that is not there, on its line', async () => {
    const { message, place } = await failureOf({
      'kustomization.yaml': 'resources:\n- here.yaml\n- gone.yaml\n',
      'here.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n',
    });
    expect(message).toContain('gone.yaml');
    expect(place).toEqual({ file: 'kustomization.yaml', line: 3, column: 1 });
  });

  it('is shown in the folder that fails, not in the one that was asked for', async () => {
    const { place } = await failureOf(
      {
        'overlay/kustomization.yaml': 'resources: [../base]\n',
        'base/kustomization.yaml': 'resources:\n  - gone.yaml\n',
      },
      'overlay',
    );
    expect(place).toEqual({ file: 'base/kustomization.yaml', line: 2, column: 1 });
  });

  it('includes itself: one sentence, no hang', async () => {
    const { message, place } = await failureOf(
      { 'a/kustomization.yaml': 'resources: [../a]\n' },
      'a',
    );
    expect(message).toContain('cycle detected');
    expect(place).toMatchObject({ file: 'a/kustomization.yaml', line: 1 });
  });

  it('includes itself through another', async () => {
    const { message } = await failureOf(
      {
        'a/kustomization.yaml': 'resources: [../b]\n',
        'b/kustomization.yaml': 'resources: [../a]\n',
      },
      'a',
    );
    expect(message).toContain('cycle detected');
  });

  it('needs a remote base: nothing is downloaded, and the line is named', async () => {
    const { message, place } = await failureOf({
      'kustomization.yaml': 'resources:\n- https://example.org/team/base//deploy?ref=v1\n',
    });
    expect(message).toMatch(
      /^https:\/\/example\.org\/team\/base\/\/deploy\?ref=v1 is not in the repository/,
    );
    expect(place).toMatchObject({ file: 'kustomization.yaml', line: 2 });
  });

  it('wants to start Helm or a plug-in', async () => {
    const chart = await failureOf({
      'kustomization.yaml': 'helmCharts:\n- name: redis\n  repo: https://example.org\n',
    });
    expect(chart.message).toContain('helmCharts');
    const plugin = await failureOf({
      'kustomization.yaml': 'generators: [plugin.yaml]\n',
      'plugin.yaml':
        'apiVersion: example.org/v1\nkind: Maker\nmetadata:\n  name: maker\n  annotations:\n    config.kubernetes.io/function: "exec: {path: ./make}"\n',
    });
    expect(plugin.message).toContain('external plugins disabled');
  });

  it('has a manifest that is no YAML: its file and line', async () => {
    const { place } = await failureOf({
      'kustomization.yaml': 'resources: [bad.yaml]\n',
      'bad.yaml': 'apiVersion: v1\nkind: Pod\nmetadata:\n\tname: a\n',
    });
    expect(place?.file).toBe('bad.yaml');
  });

  it('has a field that kustomize does not know', async () => {
    const { message, place } = await failureOf({
      'kustomization.yaml': 'resources: []\nnamePrefix: a-\nresorces: [x.yaml]\n',
    });
    expect(message).toContain('resorces');
    expect(place).toEqual({ file: 'kustomization.yaml', line: 3, column: 1 });
  });

  it('has a patch without its target', async () => {
    const { message, place } = await failureOf({
      'kustomization.yaml': 'resources: [pod.yaml]\npatches:\n- path: patch.yaml\n',
      'pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n',
      'patch.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: other}\n',
    });
    expect(message).toContain('other');
    expect(place?.file).toBe('kustomization.yaml');
  });

  it('is empty, or not there', async () => {
    expect((await failureOf({ 'kustomization.yaml': '' })).message).toContain('empty');
    expect((await failureOf({ 'a.yaml': 'a: 1\n' }, 'nowhere')).message).toContain('nowhere');
  });

  it('has a YAML bomb: it is refused, not unfolded', async () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const items = Array.from({ length: 9 }, () => (level === 0 ? 'x' : `*a${level - 1}`));
      return `  a${level}: &a${level} [${items.join(', ')}]\n`;
    });
    const { message, place } = await failureOf({
      'kustomization.yaml': 'resources:\n- bomb.yaml\n',
      'bomb.yaml': `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n${levels.join('')}`,
    });
    expect(message).toContain('excessive aliasing');
    expect(place).toEqual({ file: 'kustomization.yaml', line: 2, column: 1 });
  });

  it('leaves the next render as it was', async () => {
    await failureOf({ 'kustomization.yaml': 'resources: [gone.yaml]\n' });
    const { objects } = await renderingOf(
      {
        'kustomization.yaml': 'resources: [pod.yaml]\n',
        'pod.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n',
      },
      program,
    ).render(kustomization(''));
    expect(objects).toHaveLength(1);
  });
});
