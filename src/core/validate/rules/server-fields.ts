import type { Pointer } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import { valueAt } from '../value.ts';
import type { Rule } from './rule.ts';

/** What an API server writes into metadata, by its API conventions. */
const serverFields = [
  'creationTimestamp',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'resourceVersion',
  'selfLink',
  'uid',
];

/** A manifest that was taken out of a cluster carries what the server says of that one object. */
export const serverSideFields: Rule = {
  id: 'server-side-field',
  severity: 'information',
  title: 'Manifests do not carry what only the server writes',
  check(object) {
    const pointers: Pointer[] = [...serverFields.map(field => ['metadata', field]), ['status']];
    // Generated manifests have `creationTimestamp: null` and an empty status, which say nothing.
    const present = pointers.filter(pointer => says(valueAt(object, pointer)));
    const [first, ...others] = present;
    if (!first) return [];
    const also = others.length > 0 ? `, as it does ${others.map(at => at.at(-1)).join(', ')}` : '';
    return [
      {
        pointer: first,
        message: `The server writes ${first.at(-1)} itself${also}: a manifest is applied without.`,
        change: { kind: 'remove', pointers: present },
      },
    ];
  },
};

function says(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '' || value === 0) return false;
  if (Array.isArray(value)) return value.some(says);
  return isObject(value) ? Object.values(value as JsonObject).some(says) : true;
}
