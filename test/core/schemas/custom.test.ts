import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/model/resource.ts';
import { createSchemas } from '../../../src/core/schemas/schemas.ts';
import type { FieldType } from '../../../src/core/schemas/type.ts';

const schema: JsonObject = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      properties: {
        size: { type: 'integer', minimum: 1, maximum: 9, default: 3 },
        mode: { type: 'string', enum: ['Full', 'Thin'], nullable: true },
        port: { 'x-kubernetes-int-or-string': true },
        hosts: { type: 'array', items: { type: 'string' }, 'x-kubernetes-list-type': 'set' },
        rules: {
          type: 'array',
          items: { type: 'object', properties: { id: { type: 'string' } } },
          'x-kubernetes-list-type': 'map',
          'x-kubernetes-list-map-keys': ['id'],
        },
        plain: { type: 'array', items: { type: 'string' } },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        template: { type: 'object', 'x-kubernetes-embedded-resource': true },
        // A field whose name is a word of the schema language.
        properties: { type: 'object', properties: { type: { type: 'string' } } },
      },
    },
  },
};

function crd(spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.acme.example' },
    spec: {
      group: 'acme.example',
      scope: 'Namespaced',
      names: { kind: 'Widget', plural: 'widgets', singular: 'widget' },
      versions: [
        {
          name: 'v1',
          served: true,
          schema: { openAPIV3Schema: schema },
          subresources: { status: {} },
        },
        { name: 'v1alpha1', served: false, schema: { openAPIV3Schema: { type: 'object' } } },
      ],
      ...spec,
    },
  };
}

const lookup = (crds: JsonObject[], version: string, kind = 'Widget') =>
  createSchemas({ version: '1.33', crds }).lookup({ group: 'acme.example', version, kind });

function specOf(crds: JsonObject[]): FieldType {
  const found = lookup(crds, 'v1');
  if (!found.found) throw new Error(found.reason);
  return found.kind.type.fields?.get('spec') as FieldType;
}

describe('custom resources', () => {
  it('has the types of the structural schema', () => {
    const fields = specOf([crd()]).fields;
    expect(fields?.get('size')).toEqual({ kind: 'integer', minimum: 1, maximum: 9, default: 3 });
    expect(fields?.get('mode')).toEqual({ kind: 'string', enum: ['Full', 'Thin'], nullable: true });
    expect(fields?.get('port')?.kind).toBe('int-or-string');
    expect(fields?.get('hosts')).toMatchObject({ kind: 'list', merge: 'set' });
    expect(fields?.get('rules')).toMatchObject({ merge: 'map', keys: ['id'] });
    expect(fields?.get('plain')?.merge).toBe('atomic');
    expect(fields?.get('free')?.preserve).toBe(true);
    expect(fields?.get('labels')?.element).toEqual({ kind: 'string' });
    expect(fields?.get('template')?.fields?.get('metadata')?.fields?.has('labels')).toBe(true);
    expect(fields?.get('properties')?.fields?.get('type')?.kind).toBe('string');
  });

  it('has scope, status subresource and object metadata', () => {
    const found = lookup([crd()], 'v1');
    expect(found).toMatchObject({
      kind: { namespaced: true, builtin: false, hasStatusSubresource: true },
    });
    expect(found.found && found.kind.type.fields?.get('metadata')?.ref).toMatch(/ObjectMeta$/);
  });

  it('tells versions that are not served and kinds written wrong', () => {
    for (const version of ['v1alpha1', 'v2'])
      expect(lookup([crd()], version)).toMatchObject({
        why: 'unknown-version',
        suggestion: { version: 'v1', kind: 'Widget' },
      });
    for (const kind of ['Widgets', 'widget'])
      expect(lookup([crd()], 'v1', kind)).toMatchObject({
        why: 'unknown-kind',
        suggestion: { kind: 'Widget' },
      });
  });

  it('does not judge other kinds of the group, as the repository may hold only some of its CRDs', () => {
    expect(lookup([crd()], 'v1', 'WidgetClass')).toMatchObject({ why: 'unknown' });
    expect(lookup([crd()], 'v1', 'Gadget')).toMatchObject({ why: 'unknown' });
  });

  it('keeps several definitions of one kind side by side', () => {
    const other = crd({
      versions: [{ name: 'v1', served: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    });
    const found = lookup([crd(), other, crd()], 'v1');
    expect(found.found && found.kind.alternatives).toHaveLength(1);
  });

  it('reads definitions of v1beta1, which have one schema for all versions', () => {
    const old = crd({
      versions: [{ name: 'v1', served: true }],
      validation: { openAPIV3Schema: schema },
    });
    expect(specOf([old]).fields?.get('size')?.kind).toBe('integer');
  });

  it('passes over what is no usable definition', () => {
    expect(lookup([{}, { kind: 'CustomResourceDefinition' }], 'v1')).toMatchObject({
      why: 'unknown',
      reason: 'no schema for acme.example/v1 Widget',
    });
  });
});
