import type { Pointer } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { FieldType } from '../../schemas/type.ts';
import { valueAt } from '../value.ts';

const deepest = 6;

/** A value to begin with for a field that is required: what the object itself suggests, else the least that its type takes. */
export function skeletonOf(object: JsonObject, type: FieldType, pointer: Pointer): Json {
  return suggested(object, type, pointer) ?? leastOf(object, type, pointer, 0);
}

function suggested(object: JsonObject, type: FieldType, pointer: Pointer): Json | undefined {
  const field = pointer.at(-1);
  if (field === 'selector' && type.ref?.endsWith('.LabelSelector')) {
    const labels = valueAt(object, ['spec', 'template', 'metadata', 'labels']);
    return { matchLabels: isObject(labels) ? labels : { app: nameOf(object) } };
  }
  if (field === 'containers') {
    const name = nameOf(object);
    return [{ name, image: `${name}:latest` }];
  }
  if (field === 'image') {
    const beside = valueAt(object, [...pointer.slice(0, -1), 'name']);
    return `${typeof beside === 'string' ? beside : nameOf(object)}:latest`;
  }
  if (field === 'labels' || field === 'name')
    return field === 'name' ? itemName(object, pointer) : undefined;
  const known: Record<string, Json> = {
    apiGroup: 'rbac.authorization.k8s.io',
    apiVersion: 'v1',
    interval: '10m',
    path: '/',
    pathType: 'Prefix',
    restartPolicy: 'Always',
    schedule: '0 3 * * *',
  };
  const numbers: Record<string, Json> = { containerPort: 8080, port: 80, number: 80 };
  if (type.kind === 'string') return known[String(field)];
  if (type.kind === 'integer') return numbers[String(field)];
  return undefined;
}

/** `web`, or the name of the list for its items: `port`. */
function itemName(object: JsonObject, pointer: Pointer): string {
  const list = pointer.at(-3);
  if (typeof pointer.at(-2) === 'number' && typeof list === 'string' && list !== 'containers')
    return list.replace(/s$/, '').toLowerCase();
  return nameOf(object);
}

function nameOf({ metadata, kind }: JsonObject): string {
  const name = isObject(metadata) ? metadata.name : undefined;
  if (typeof name === 'string' && name !== '') return name;
  return typeof kind === 'string' ? kind.toLowerCase() : 'name';
}

function leastOf(object: JsonObject, type: FieldType, pointer: Pointer, depth: number): Json {
  const value = type.default ?? type.enum?.find(each => each !== '');
  if (value !== undefined && value !== null && depth > -1 && typeof value !== 'object')
    return value;
  switch (type.kind) {
    case 'map':
      return depth > deepest ? {} : leastMap(object, type, pointer, depth);
    case 'list':
      return type.element && ((type.minItems ?? 0) > 0 || type.element.kind === 'map')
        ? [inner(object, type.element, [...pointer, 0], depth)]
        : [];
    case 'integer':
    case 'number':
      return type.minimum ?? 1;
    case 'int-or-string':
      return 1;
    case 'boolean':
      return false;
    case 'quantity':
      return '1Gi';
    default:
      return String(pointer.findLast(step => typeof step === 'string') ?? '').toLowerCase();
  }
}

function leastMap(object: JsonObject, type: FieldType, pointer: Pointer, depth: number): Json {
  const required = type.required ?? [];
  return Object.fromEntries(
    required.flatMap(name => {
      const field = type.fields?.get(name);
      return field ? [[name, inner(object, field, [...pointer, name], depth)]] : [];
    }),
  );
}

function inner(object: JsonObject, type: FieldType, pointer: Pointer, depth: number): Json {
  return suggested(object, type, pointer) ?? leastOf(object, type, pointer, depth + 1);
}
