import type { ClusterIdentity } from '../../cluster/cluster.ts';
import { isObject, type JsonObject, type Resource } from '../../model/resource.ts';
import type { Schemas } from '../../schemas/type.ts';
import { own } from '../values.ts';
import type { MutatingAdmission } from './admission/admission.ts';

/** Everything beside an object and its manifest that decides what the server makes of an apply (drift.md 3.5). */
export function epochOf(
  { uid, version }: ClusterIdentity,
  { epoch }: MutatingAdmission,
  resource: Resource,
  schemas: Schemas,
): string {
  const definition = definitions(schemas.customTypes).get(`${resource.group}/${resource.kind}`);
  return JSON.stringify([uid, version, schemas.version, epoch, definition]);
}

const read = new WeakMap<JsonObject[], Map<string, string>>();

/** Which state of each custom kind's definition there is; read once per set, as the set stays as it is. */
function definitions(customTypes: JsonObject[]): Map<string, string> {
  const known = read.get(customTypes);
  if (known) return known;
  const found = new Map(
    customTypes.flatMap(({ spec, metadata }) => {
      const names = own(spec, 'names');
      if (!isObject(spec) || !isObject(names)) return [];
      const state = JSON.stringify([own(metadata, 'uid'), own(metadata, 'generation')]);
      return [[`${spec.group}/${names.kind}`, state] as const];
    }),
  );
  read.set(customTypes, found);
  return found;
}
