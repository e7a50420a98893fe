import { describe, expect, it } from 'vitest';
import { validate } from '../../../src/core/actions/validate.ts';
import type { Finding } from '../../../src/core/model/finding.ts';
import { open } from '../actions/shop.ts';
import { folderWith } from '../git/folders.ts';

const deployment = (name = 'web') => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: ${name}
spec:
  replicas: 1
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: web, image: 'ghcr.io/acme/web:1' }] }
`;

async function findingsOf(files: Record<string, string>): Promise<Finding[]> {
  const workspace = await open(folderWith(files));
  const environments = await workspace.choose([]);
  return (await validate(workspace, { environments, paths: [] })).findings;
}

async function told(files: Record<string, string>): Promise<string[]> {
  return (await findingsOf(files))
    .filter(({ severity }) => severity !== 'information')
    .map(({ file, line, column, rule }) => `${file}:${line}:${column} ${rule}`);
}

const k = 'kustomization.yaml';

describe('the fields of a kustomization', () => {
  it.each([
    ['resource: [web.yaml]', '1:1 unknown-field'],
    ['namespace: 3', '1:12 wrong-type'],
    ['commonLabels: {a: 1}', '1:19 wrong-type'],
    ['images: {name: a}', '1:1 wrong-type'],
    ['replicas: [{name: web, count: "3"}]', '1:31 wrong-type'],
    ['labels: [{pair: {a: b}}]', '1:11 unknown-field'],
    ['kind: Kustomisation', '1:7 bad-enum'],
    ['apiVersion: kustomize.config.k8s.io/v1', '1:13 bad-enum'],
    ['generatorOptions: {disableNameSuffix: true}', '1:20 unknown-field'],
  ])('%s', async (text, place) => {
    const files = { [k]: `${text}\nresources: [web.yaml]\n`, 'web.yaml': deployment() };
    if (text.startsWith('resource:')) files[k] = `${text}\n`;
    expect(await told(files)).toEqual([`${k}:${place}`]);
  });

  it('are those of every part, in upper and lower case', async () => {
    const sound = `apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
metadata: { name: a, annotations: { a: b } }
namePrefix: a-
namespace: shop
Resources: [web.yaml]
labels:
- { pairs: { a: b }, includeSelectors: true, includeTemplates: true, fields: [{ path: a/b, kind: X, create: true }] }
configMapGenerator:
- { name: a, behavior: create, literals: [a=b], options: { disableNameSuffixHash: true, immutable: true, labels: { a: b } } }
secretGenerator:
- { name: a, type: Opaque, literals: [a=b] }
replacements:
- source: { kind: Deployment, name: web, fieldPath: metadata.name, options: { delimiter: '-', index: 0 } }
  targets: [{ select: { kind: ConfigMap }, reject: [{ name: x }], fieldPaths: [data.b], options: { create: true } }]
replicas: [{ name: web, count: 3 }]
images: [{ name: ghcr.io/acme/web, newName: b, newTag: '2' }]
sortOptions: { order: fifo }
buildMetadata: [originAnnotations]
`;
    expect(await told({ [k]: sound, 'web.yaml': deployment() })).toEqual([]);
  });

  it('name what was probably meant, and mend it', async () => {
    const text = 'resources: [web.yaml]\nimages:\n- name: ghcr.io/acme/web\n  tag: "2"\n';
    const [found] = await findingsOf({ [k]: text, 'web.yaml': deployment() });
    expect(found).toMatchObject({
      message: 'tag is no field of Image; did you mean newTag?',
      mends: [{ edits: [{ file: k, line: 4, column: 3, endColumn: 6, text: 'newTag' }] }],
    });
  });
});

describe('a path of a kustomization', () => {
  it.each([
    ['resources: [wbe.yaml, web.yaml]', '1:13'],
    ['resources: [web.yaml, base]', '1:23'],
    ['resources: [web.yaml]\ncomponents: [web.yaml]', '2:14'],
    ['resources: [web.yaml]\npatches: [{path: no/patch.yaml}]', '2:18'],
    ['resources: [web.yaml]\npatchesStrategicMerge: [patch.yaml]', '2:25'],
    ['configMapGenerator: [{name: a, files: [b=no.txt]}]', '1:40'],
    ['secretGenerator: [{name: a, envs: [no.env]}]', '1:36'],
    ['resources: [web.yaml]\nconfigurations: [no.yaml]', '2:18'],
    ['resources: [web.yaml]\ncrds: [no.yaml]', '2:8'],
    ['resources: [web.yaml]\nopenapi: {path: no.json}', '2:17'],
    ['resources: [web.yaml]\nreplacements: [{path: no.yaml}]', '2:23'],
    ['resources: [web.yaml]\ntransformers: [no.yaml]', '2:16'],
  ])('%s does not exist, once', async (text, place) => {
    const files = { [k]: `${text}\n`, 'web.yaml': deployment(), 'base/x.yaml': deployment('x') };
    expect(await told(files)).toEqual([`${k}:${place} missing-file`]);
  });

  it('is not looked for elsewhere', async () => {
    const remote = [
      'https://example.org/a.yaml',
      'github.com/acme/fleet//base?ref=v1',
      'git@example.org:acme/fleet',
      'ssh://git@example.org/acme/fleet',
    ];
    for (const path of remote)
      expect(
        await told({ [k]: `resources:\n- ${path}\nreplicas: [{name: a, count: 1}]\n` }),
      ).toEqual([]);
  });

  it('is not missed where git leaves it out', async () => {
    const files = (ignored: string) => ({
      '.gitignore': ignored,
      'a/kustomization.yaml': 'secretGenerator:\n- name: a\n  envs: [own/secret.env]\n',
    });
    for (const ignored of ['*.env\n', '/a/own\n', '# ours\na/**/secret.env\n'])
      expect(await told(files(ignored))).toEqual([]);
    for (const ignored of ['*.txt\n', '/own\n'])
      expect(await told(files(ignored))).toEqual(['a/kustomization.yaml:3:10 missing-file']);
  });

  it('is mended by the nearest name', async () => {
    const files = {
      'a/kustomization.yaml': 'resources: [../bse/web.yaml]\n',
      'base/web.yaml': deployment(),
    };
    const [found] = await findingsOf(files);
    expect(found).toMatchObject({ fix: 'Write ../base/web.yaml.' });
    expect(found?.mends?.[0]?.edits[0]).toMatchObject({
      line: 1,
      column: 13,
      text: '../base/web.yaml',
    });
  });
});

describe('kustomizations in a circle', () => {
  it('are told at every entry of it', async () => {
    const files = {
      'a/kustomization.yaml': 'resources: [../b]\n',
      'b/kustomization.yaml': 'resources: [../c]\n',
      'c/kustomization.yaml': 'resources: [../d, ../a]\n',
      'd/kustomization.yaml': 'resources: [web.yaml]\n',
      'd/web.yaml': deployment(),
      'own/kustomization.yaml': 'resources: [.]\n',
    };
    expect(await told(files)).toEqual([
      'a/kustomization.yaml:1:13 kustomization-cycle',
      'b/kustomization.yaml:1:13 kustomization-cycle',
      'c/kustomization.yaml:1:19 kustomization-cycle',
      'own/kustomization.yaml:1:13 kustomization-cycle',
    ]);
  });
});

describe('a build that fails', () => {
  it('is told once for all overlays, where it is wrong', async () => {
    const files = {
      'base/kustomization.yaml': 'resources: [web.yaml]\nreplicas:\n- {name: wbe, count: 3}\n',
      'base/web.yaml': deployment(),
      'one/kustomization.yaml': 'resources: [../base]\nnamePrefix: one-\n',
      'two/kustomization.yaml': 'resources: [../base]\nnamePrefix: two-\n',
    };
    const found = await findingsOf(files);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ file: 'base/kustomization.yaml', line: 3, rule: 'no-target' });
    expect(found[0]?.related?.map(({ file }) => file)).toEqual([
      'one/kustomization.yaml',
      'two/kustomization.yaml',
    ]);
  });

  it.each([
    ['resources: [web.yaml, web.yaml]', '1:23 duplicate-identity'],
    ['resources: [web.yaml, values.yaml]', '1:23 kustomize-build'],
    ['resources: [web.yaml]\npatches:\n- path: values.yaml', '3:9 kustomize-build'],
    [
      'resources: [web.yaml]\npatches:\n- target: {kind: Deployment}\n  patch: |-\n    - op: remove\n      path: /spec/no',
      '6:13 no-target',
    ],
    [
      'resources: [web.yaml]\nconfigMapGenerator:\n- {name: a, behavior: merge, literals: [a=b]}',
      '3:23 no-target',
    ],
    ['namePrefix: ""', '1:13 kustomize-build'],
    [
      'resources: [web.yaml]\npatches:\n- target: {kind: Deployment}\n  patch: |-\n    - op: add\n      path: /spec/replica\n      value: 2',
      '6:13 unknown-field',
    ],
    [
      'resources: [web.yaml]\nreplacements:\n- source: {kind: Deployment, name: web}\n  targets:\n  - select: {kind: Pod}',
      '5:20 unused-target',
    ],
    ['configMapGenerator:\n- {name: a, literals: [ab]}', '2:24 kustomize-build'],
  ])('%s', async (text, place) => {
    const files = { [k]: `${text}\n`, 'web.yaml': deployment(), 'values.yaml': 'replicas: 2\n' };
    expect(await told(files)).toEqual([`${k}:${place}`]);
  });

  it('is not told where a file that it reads is broken: that is', async () => {
    const files = { [k]: 'resources: [web.yaml]\n', 'web.yaml': `${deployment()}  x: [\n` };
    expect((await told(files)).filter(place => place.startsWith(k))).toEqual([]);
  });

  it('is not told of components, which need what uses them', async () => {
    const component = `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
- patch: |-
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: web }
    spec: { replicas: 2 }
`;
    expect(await told({ 'part/kustomization.yaml': component })).toEqual([]);
    const files = {
      'part/kustomization.yaml': component,
      'app/kustomization.yaml': 'resources: [web.yaml]\ncomponents: [../part]\n',
      'app/web.yaml': deployment('other'),
    };
    expect(await told(files)).toEqual(['part/kustomization.yaml:7:23 no-target']);
  });
});

describe('a deprecated field', () => {
  const mended = async (text: string) => {
    const files = { [k]: text, 'web.yaml': deployment(), 'patch.yaml': deployment() };
    const found = (await findingsOf(files)).filter(({ rule }) => rule === 'deprecated-field');
    const lines = text.split('\n');
    for (const { column, line, endColumn, endLine, text: written } of (found[0]?.mends ?? [])
      .slice(0, 1)
      .flatMap(({ edits }) => edits)) {
      const before = lines.slice(0, line - 1).concat((lines[line - 1] ?? '').slice(0, column - 1));
      const after = [(lines[endLine - 1] ?? '').slice(endColumn - 1)].concat(lines.slice(endLine));
      return `${before.join('\n')}${written}${after.join('\n')}`;
    }
    return found.length === 0 ? 'nothing' : 'by hand';
  };

  it.each([
    ['bases: [base] # ours\n', 'resources: [base] # ours\n'],
    ['bases:\n- base\nresources:\n- web.yaml\n', 'resources:\n- web.yaml\n- base\n'],
    ['imageTags: [{name: a, newTag: b}]\n', 'images: [{name: a, newTag: b}]\n'],
    [
      'resources: [web.yaml]\npatchesStrategicMerge:\n- patch.yaml\n',
      'resources: [web.yaml]\npatches:\n- path: patch.yaml\n',
    ],
    [
      'resources: [web.yaml]\ncommonLabels:\n  app: web\n',
      'resources: [web.yaml]\nlabels:\n- includeSelectors: true\n  pairs:\n    app: web\n',
    ],
    ['resources: [web.yaml]\nvars: []\n', 'by hand'],
    ['resources: [web.yaml]\nlabels: []\n', 'nothing'],
  ])('%j', async (before, after) => {
    expect(await mended(before)).toBe(after);
  });
});
