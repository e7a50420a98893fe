import { describe, expect, it } from 'vitest';
import { foldsOf } from '../../../src/core/manifests/folds.ts';
import type { FileRole } from '../../../src/core/manifests/index-types.ts';
import { type OutlineEntry, outlineOf } from '../../../src/core/manifests/outline.ts';
import { parseManifests } from '../../../src/core/manifests/parse.ts';

function outline(text: string, role: FileRole = 'manifest'): string[] {
  const lines = (entries: OutlineEntry[], depth: number): string[] =>
    entries.flatMap(({ name, detail, children, start, end, nameStart, nameEnd }) => {
      expect(start <= nameStart && nameStart <= nameEnd && nameEnd <= end).toBe(true);
      const own = `${'  '.repeat(depth)}${name}${detail === '' ? '' : ` = ${detail}`}`;
      return [own, ...lines(children, depth + 1)];
    });
  const parsed = parseManifests(text);
  return lines(outlineOf({ path: 'a.yaml', role, text, parsed, objects: [] }), 0);
}

describe('the outline of a file', () => {
  it('has its objects, with the fields that people look for', () => {
    const text = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
  labels:
    app: web
spec:
  replicas: 3
  paused: true
  template:
    spec:
      containers:
        - name: app
          image: shop/web:1
status:
  replicas: 3
---
kind: ConfigMap
apiVersion: v1
metadata: { name: settings }
`;
    expect(outline(text)).toEqual([
      'Deployment web = shop',
      '  metadata',
      '    namespace = shop',
      '    labels',
      '  spec',
      '    replicas = 3',
      '    template',
      '      spec',
      '        containers',
      '          app',
      '            image = shop/web:1',
      'ConfigMap settings',
      '  metadata',
    ]);
  });

  it('has the keys of a kustomization and of values', () => {
    expect(outline('resources:\n  - a.yaml\nnamePrefix: x-\n', 'kustomization')).toEqual([
      'resources',
      'namePrefix = x-',
    ]);
  });

  it('has what a template defines, which is no YAML', () => {
    const text = '{{- define "web.labels" -}}\na: {{ .b }}\n{{- end }}\n{{ define "x" }}{{ end }}';
    expect(outline(text, 'chart-template')).toEqual(['web.labels = define', 'x = define']);
  });
});

describe('what can be folded', () => {
  const folds = (text: string) =>
    foldsOf(parseManifests(text), text).map(({ first, last, kind }) =>
      kind === 'comment' ? `${first}-${last} comment` : `${first}-${last}`,
    );

  it('is maps, lists, block scalars and comments of several lines', () => {
    const text = `# one
# two
a:
  b: 1
  c: |
    x

    y
# alone
d:
  - e: 1
    f: [1,
      2]
  - g
`;
    expect(folds(text)).toEqual(['1-2 comment', '3-8', '5-8', '10-14', '11-13', '12-13']);
  });

  it('is each document of several, up to its last line', () => {
    expect(folds('a: 1\nb: 2\n---\n\nc: 1\nd: 2\n\n---\n# end\n')).toEqual(['1-2', '5-6']);
  });

  it('is nothing twice: what an alias brings is folded where it stands', () => {
    expect(folds('a: &x\n  b: 1\nc: *x\nd:\n  <<: *x\n')).toEqual(['1-2', '4-5']);
  });

  it('is told of Windows line ends and of an unfinished text, too', () => {
    expect(folds('a:\r\n  b: 1\r\n  c:\r\n')).toEqual(['1-3']);
    expect(folds('a:\n  - b: [\n')).toEqual([]);
  });
});
