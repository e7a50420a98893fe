import type { CompactAttributes, CompactType } from './compact.ts';
import type { FieldType } from './type.ts';

/** Gives the field type of a full type name, such as `io.k8s.api.core.v1.PodSpec`. */
export type TypeResolver = (name: string) => FieldType;

/**
 * Resolves names to field types. Each name is made once, so types are shared and may contain themselves;
 * a name that `definition` does not know is of any type.
 */
export function typeResolver(definition: (name: string) => CompactType | undefined): TypeResolver {
  const made = new Map<string, FieldType>();

  const named: TypeResolver = name => {
    const known = made.get(name);
    if (known) return known;
    const type: Mutable = { kind: 'any', ref: name };
    // Known before its fields are made: they may lead back to it.
    made.set(name, type);
    fill(type, definition(name) ?? 'any');
    return type;
  };

  const typeOf = (compact: CompactType): FieldType => {
    if (typeof compact === 'string' && compact.startsWith('#')) return named(compact.slice(1));
    const type: Mutable = { kind: 'any' };
    fill(type, compact);
    return type;
  };

  const fill = (type: Mutable, compact: CompactType): void => {
    if (typeof compact === 'string') {
      type.kind = compact as FieldType['kind'];
      return;
    }
    const { kind, of, fields, element, ...rest } = compact;
    if (of !== undefined) Object.assign(type, named(of));
    if (kind !== undefined) type.kind = kind as FieldType['kind'];
    Object.assign(type, mergeOf(type.kind, compact), rest);
    if (fields) {
      const own = new Map<string, FieldType>();
      type.fields = own;
      for (const [field, inner] of Object.entries(fields)) own.set(field, typeOf(inner));
    }
    if (element !== undefined) type.element = typeOf(element);
  };

  return named;
}

type Mutable = { -readonly [key in keyof FieldType]: FieldType[key] };

/** Server-side apply's rules where nothing is said: maps are granular, lists are atomic. */
function mergeOf(kind: FieldType['kind'], compact: CompactAttributes): Pick<FieldType, 'merge'> {
  if (compact.merge !== undefined) return { merge: compact.merge };
  if (kind === 'map' && compact.of === undefined) return { merge: 'granular' };
  return kind === 'list' ? { merge: 'atomic' } : {};
}
