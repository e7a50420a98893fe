import { afterAll, describe, expect, it } from 'vitest';
import { formatPath } from '../../../src/core/model/path.ts';
import { placeText } from '../../../src/core/model/source.ts';
import { eachPlace } from '../../../src/core/render/field-places.ts';
import { touchesIn } from '../../../src/core/render/reach.ts';
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

  it('tells all places at once as it tells each, and reaches its lines', async () => {
    const rendered = await renderingOf(files, program).trace(kustomization('prod'));
    const crd = objectOf(rendered, 'CustomResourceDefinition', 'widgets.example.com');
    const told = new Map<string, string>();
    eachPlace(
      crd,
      () => true,
      (pointer, { file, line, column, how }) => {
        told.set(formatPath(pointer), `${file}:${line}:${column} ${how}`);
        const place = crd.locate(pointer);
        expect(told.get(formatPath(pointer))).toBe(
          `${placeText(place)}:${place.column} ${place.how}`,
        );
      },
    );
    expect(told.size).toBeGreaterThan(properties.length);
    const parts: string[] = [];
    eachPlace(
      crd,
      () => false,
      pointer => parts.push(formatPath(pointer)),
    );
    expect(parts.length).toBeLessThan(properties.length);
    const lines = touchesIn(rendered, 'base/crd.yaml');
    const at = (line: number) => lines?.get(line)?.map(({ pointer }) => pointer.slice(-2));
    expect(at(45)).toEqual([['field29', 'type']]);
    expect(at(46)).toEqual([[0, 'served']]);
    expect(at(14)).toBeUndefined();
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
