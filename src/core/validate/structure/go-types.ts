import type { FieldType } from '../../schemas/type.ts';

const scalars: Record<string, FieldType> = {
  string: { kind: 'string' },
  bool: { kind: 'boolean' },
  int: { kind: 'integer' },
  int64: { kind: 'integer' },
  any: { kind: 'any' },
};

/** A type by its name in Go (`[]Patch`, `map[]string`, `Label`, `bool`), with the fields of structs from a table. */
export function goType(
  name: string,
  table: Readonly<Record<string, Readonly<Record<string, string>>>>,
): FieldType {
  if (name.startsWith('[]')) return { kind: 'list', element: goType(name.slice(2), table) };
  if (name.startsWith('map[]')) return { kind: 'map', element: goType(name.slice(5), table) };
  const fields = table[name];
  if (!fields) return scalars[name] ?? { kind: 'any' };
  const types = Object.entries(fields).map(
    ([field, type]) => [field, goType(type, table)] as const,
  );
  return { kind: 'map', ref: name, fields: new Map(types) };
}
