import type { FieldType } from '../../src/core/schemas/type.ts';

/** A type as a strict JSON Schema, as kubeconform reads it. Types that contain themselves end the recursion. */
export function jsonSchemaOf(type: FieldType, above: readonly FieldType[] = []): object {
  if (above.includes(type)) return {};
  const inner = (field: FieldType) => jsonSchemaOf(field, [...above, type]);
  switch (type.kind) {
    case 'map':
      return {
        type: ['object', 'null'],
        properties: Object.fromEntries(
          [...(type.fields ?? [])].map(([name, field]) => [name, inner(field)]),
        ),
        // Draft 4, which kubeconform reads, allows no empty list.
        ...(type.required?.length ? { required: type.required } : {}),
        additionalProperties: type.element ? inner(type.element) : type.preserve === true,
      };
    case 'list':
      return { type: ['array', 'null'], items: type.element ? inner(type.element) : {} };
    case 'quantity':
    case 'int-or-string':
      return { type: ['string', 'number', 'null'] };
    case 'any':
      return {};
    default:
      return { type: [type.kind, 'null'] };
  }
}
