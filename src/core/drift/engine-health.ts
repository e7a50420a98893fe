import { toldHealth } from '../cluster/health/argo.ts';
import { objectsAt, textAt } from '../model/fields.ts';
import type { Health } from '../model/health.ts';
import { type JsonObject, type Resource, resourceKey, resourceOf } from '../model/resource.ts';

/** By the object's key: what an Application says of each; it is read once for each state of the Application. */
const told = new WeakMap<JsonObject, ReadonlyMap<string, JsonObject>>();

/**
 * What Argo CD says of an object's health, where it keeps that of each in the Application (`status.resources[].health`)
 * and has looked since the object changed last: only then it is known to speak of this object as it is (drift.md 5.3).
 * Undefined elsewhere.
 */
export function reportedHealth(
  application: JsonObject | undefined,
  live: JsonObject,
): Health | undefined {
  const resource = resourceOf(live);
  const entry = resource && entriesOf(application).get(resourceKey(resource));
  if (!entry || !(changedAt(live) < timeAt(application, 'status', 'reconciledAt')))
    return undefined;
  return toldHealth(entry);
}

function entriesOf(application: JsonObject | undefined): ReadonlyMap<string, JsonObject> {
  if (application?.kind !== 'Application') return new Map();
  const known = told.get(application);
  if (known) return known;
  const entries = objectsAt(application, 'status', 'resources').filter(
    entry => textAt(entry, 'health', 'status') !== undefined,
  );
  const read = new Map(entries.map(entry => [resourceKey(identityOf(entry)), entry]));
  told.set(application, read);
  return read;
}

function identityOf(entry: JsonObject): Omit<Resource, 'version'> {
  const at = (field: string) => textAt(entry, field) ?? '';
  return {
    ...{ group: at('group'), kind: at('kind') },
    ...{ namespace: at('namespace'), name: at('name') },
  };
}

/** Milliseconds; of the object's creation and of all that managers wrote since. NaN where nobody says. */
function changedAt(live: JsonObject): number {
  const written = objectsAt(live, 'metadata', 'managedFields').map(entry => timeAt(entry, 'time'));
  const known = written.filter(time => !Number.isNaN(time));
  return Math.max(timeAt(live, 'metadata', 'creationTimestamp'), ...known);
}

function timeAt(object: JsonObject | undefined, ...path: string[]): number {
  return Date.parse(textAt(object, ...path) ?? '');
}
