import { describe, expect, it } from 'vitest';
import type { PlainSource } from '../../../src/core/model/environment.ts';
import { noCharts } from '../../../src/core/render/charts.ts';
import { renderers } from '../../../src/core/render/index.ts';
import { repositoryOf } from './harness.ts';

const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata:\n  name: ${name}\n`;

async function render(files: Record<string, string>, options: Partial<PlainSource> = {}) {
  const source: PlainSource = {
    ...{ kind: 'plain', path: '', recurse: false, argocd: true },
    ...options,
  };
  const renderer = renderers.find(candidate => candidate.canRender(source));
  const context = {
    repository: repositoryOf(files),
    program: undefined as never,
    charts: noCharts,
    trace: false,
    text: false,
  };
  const rendered = await renderer?.render(source, context);
  if (!rendered) throw new Error('nothing renders it');
  return {
    names: rendered.objects.map(({ resource }) => resource.name),
    failure: rendered.failure,
    reasons: rendered.notChecked.map(
      ({ reason, place }) => `${place.file}:${place.line} ${reason}`,
    ),
  };
}

describe('a directory for Argo CD', () => {
  it('has only files of the right names, patterns across folders, and no marked ones', async () => {
    const files = {
      'a.yaml': pod('a'),
      'b.YAML': pod('b'),
      'deep/c.yml': pod('c'),
      'deep/d.json': '{"kind":"Pod","apiVersion":"v1","metadata":{"name":"d"}}',
      'deep/e.yaml': `# +argocd:skip-file-rendering\n${pod('e')}`,
    };
    expect((await render(files)).names).toEqual(['a']);
    expect((await render(files, { recurse: true })).names).toEqual(['a', 'c', 'd']);
    const narrow = { recurse: true, include: '*.{yaml,yml}', exclude: 'a*' };
    expect((await render(files, narrow)).names).toEqual(['c']);
  });

  it('passes over other YAML, but stops at a broken manifest', async () => {
    const other = await render({
      'a.yaml': pod('a'),
      'values.yaml': 'replicas: 2\n',
      'x.yaml': '',
    });
    expect(other).toEqual({ names: ['a'], failure: undefined, reasons: [] });
    const broken = await render({ 'a.yaml': pod('a'), 'b.yaml': `${pod('b')}---\nreplicas: 2\n` });
    expect(broken.names).toEqual([]);
    expect(broken.failure).toEqual({
      message: 'Argo CD cannot read b.yaml: it has no kind.',
      place: { file: 'b.yaml', line: 6, column: 1 },
    });
    const syntax = await render({ 'b.yaml': 'apiVersion: v1\nkind: Pod\nmetadata: [\n' });
    expect(syntax.failure?.place.file).toBe('b.yaml');
    const json = await render({ 'b.json': '{"a": 1}' });
    expect(json.failure?.message).toBe('Argo CD cannot read b.json: it has no kind.');
  });

  it('does not check what Jsonnet makes, nor what has no name', async () => {
    const found = await render({ 'a.jsonnet': '{}', 'b.yaml': 'kind: Pod\nmetadata: {}\n' });
    expect(found).toEqual({
      names: [],
      failure: undefined,
      reasons: [
        'a.jsonnet:1 what Jsonnet makes of it is not rendered here',
        'b.yaml:1 it has no apiVersion or metadata.name, and Argo CD takes it for an object',
      ],
    });
  });
});
