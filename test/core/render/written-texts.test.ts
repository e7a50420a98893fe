import { afterAll, describe, expect, it } from 'vitest';
import { kustomization, objectOf, placeOf, renderingOf, startRenderer, viaOf } from './harness.ts';

const { program, resident } = startRenderer();
afterAll(() => resident.close());

const properties = Array.from(
  { length: 30 },
  (_, at) => `              field${at}: {type: string}`,
);
const schema = ['        openAPIV3Schema:', '          type: object', '          properties:'];
const definition = [
  'apiVersion: apiextensions.k8s.io/v1',
  'kind: CustomResourceDefinition',
  'metadata: {name: widgets.example.com}',
  'spec:',
  '  group: example.com',
  '  versions:',
  '    - name: v1',
  '      schema:',
  ...schema,
  '            spec:',
  '              description: "what it is"',
  ...properties,
  '      served: true',
  '',
].join('\n');

describe('the schema of a custom resource', () => {
  const files = {
    'base/kustomization.yaml': 'resources: [crd.yaml]\n',
    'base/crd.yaml': `# first\n---\n${definition}`,
    'prod/kustomization.yaml': 'resources: [../base]\ncommonAnnotations: {a: b}\n',
  };

  it('has the places of its text, with the chain of its file', async () => {
    const rendered = await renderingOf(files, program).trace(kustomization('prod'));
    const crd = objectOf(rendered, 'CustomResourceDefinition', 'widgets.example.com');
    const spec = '/spec/versions/0/schema/openAPIV3Schema/properties/spec';
    expect(placeOf(crd, `${spec}/description`)).toBe('base/crd.yaml:15:28 exact');
    expect(placeOf(crd, `${spec}/field29/type`)).toBe('base/crd.yaml:45:31 exact');
    expect(placeOf(crd, '/spec/versions/0/served')).toBe('base/crd.yaml:46:15 exact');
    expect(viaOf(crd, `${spec}/description`)).toEqual([
      'prod/kustomization.yaml:1 resources',
      'base/kustomization.yaml:1 resources',
    ]);
    expect(placeOf(crd, `${spec}/gone`)).toMatch(/unknown$/);
  });

  it('is built with what a patch changes in it', async () => {
    const path = '/spec/versions/0/schema/openAPIV3Schema/type';
    const patch = `    - {op: replace, path: ${path}, value: string}`;
    const patches = `patches:\n- target: {kind: CustomResourceDefinition}\n  patch: |-\n${patch}\n`;
    const patched = { ...files, 'prod/kustomization.yaml': `resources: [../base]\n${patches}` };
    const rendered = await renderingOf(patched, program).trace(kustomization('prod'));
    const crd = objectOf(rendered, 'CustomResourceDefinition', 'widgets.example.com');
    expect(crd.value).toMatchObject({
      spec: { versions: [{ schema: { openAPIV3Schema: { type: 'string' } } }] },
    });
    expect(placeOf(crd, path)).toMatch(/^prod\/kustomization.yaml:5:\d+ exact$/);
  });
});
