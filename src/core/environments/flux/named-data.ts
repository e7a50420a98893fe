import type { NamedData } from '../../model/environment.ts';
import { objectAt, valueAt } from '../../model/fields.ts';
import { parsePath } from '../../model/path.ts';
import type { Json, JsonObject } from '../../model/resource.ts';
import type { Place } from '../../model/source.ts';
import type { DeclaredObject } from '../context.ts';

/**
 * The data of a ConfigMap or Secret as the API server would keep it: text, `stringData` over `data`. What SOPS
 * encrypted is hidden; without `places` nothing is known of where the values stand.
 */
export function namedData(value: JsonObject, places?: (field: string, key: string) => Place) {
  const { kind, metadata } = value;
  const isSecret = kind === 'Secret';
  const found: NamedData = {
    kind: String(kind),
    name: String(valueAt(metadata, 'name')),
    data: {},
    secret: isSecret,
  };
  const stands: Record<string, Place> = {};
  const hidden = new Set<string>();
  for (const field of ['data', ...(isSecret ? ['stringData'] : [])])
    for (const [key, item] of Object.entries(objectAt(value, field) ?? {})) {
      const text = plainText(item, isSecret && field === 'data');
      delete found.data[key];
      if (text === undefined) hidden.add(key);
      else {
        hidden.delete(key);
        found.data[key] = text;
        if (places) stands[key] = places(field, key);
      }
    }
  if (places) found.places = stands;
  if (hidden.size > 0)
    Object.assign(found, { hidden: [...hidden], reason: 'is encrypted with SOPS' });
  return found;
}

/** What an object that an environment declares sets; a value that a Secret made is as secret as that. */
export function declaredData(object: DeclaredObject): NamedData {
  const data = namedData(object.value, (field, key) => {
    const { file, line, column } = object.locate([field, key]);
    return { file, line, column };
  });
  const isReached = (object.sensitive ?? []).some(path => {
    const [first] = parsePath(path);
    return first === undefined || first === 'data';
  });
  return { ...data, secret: data.secret || isReached };
}

/** Undefined for what SOPS encrypted, or is not what the field takes. */
function plainText(value: Json, encoded: boolean): string | undefined {
  if (value === null) return '';
  if (typeof value !== 'string' || /^ENC\[.*\]$/s.test(value)) return undefined;
  return encoded ? Buffer.from(value, 'base64').toString() : value;
}
