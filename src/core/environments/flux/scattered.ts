import { valueAt } from '../../model/fields.ts';
import type { Pointer } from '../../model/path.ts';
import { isObject, type Json } from '../../model/resource.ts';
import type { Place } from '../../model/source.ts';
import type { DeployedObject } from '../context.ts';

/**
 * Where the values below one field of an object stand, by their JSON pointers: for an object that was changed on
 * its way, so that no single text holds it. Values whose place is not known are left out.
 */
export function scatteredPlaces(
  object: DeployedObject,
  ...fields: string[]
): Record<string, Place> {
  const places: Record<string, Place> = {};
  const visit = (value: Json | undefined, pointer: Pointer): void => {
    if (Array.isArray(value))
      for (const [at, item] of value.entries()) visit(item, [...pointer, at]);
    else if (isObject(value))
      for (const [key, item] of Object.entries(value)) visit(item, [...pointer, key]);
    else {
      const { file, line, column, how } = object.locate(pointer);
      if (how === 'exact' || how === 'transformed')
        places[pointerText(pointer)] = { file, line, column };
    }
  };
  visit(valueAt(object.value, ...fields), fields);
  return places;
}

/** RFC 6901. */
function pointerText(pointer: Pointer): string {
  return pointer
    .map(step => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`)
    .join('');
}
