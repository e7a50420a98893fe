import type { ApiResource } from '../../cluster/cluster.ts';
import { objectAt, objectsAt, textAt, valueAt } from '../../model/fields.ts';
import { isObject, type JsonObject } from '../../model/resource.ts';
import type { EngineTarget, SyncObject } from '../engine.ts';
import { writerOf } from '../target.ts';

/** The name under which `kubectl apply` without `--server-side` writes. */
export const clientSideManager = 'kubectl-client-side-apply';
const lastApplied = 'f:kubectl.kubernetes.io/last-applied-configuration';

/**
 * Makes the fields that client-side apply wrote those of the server-side apply that follows, as kubectl does
 * when it changes over: only then the fields go that the manifest no longer has. A reason where the server
 * refuses it.
 */
export async function adoptClientSide(
  target: EngineTarget,
  type: ApiResource,
  { resource, owner: { manager } }: SyncObject,
): Promise<string | undefined> {
  const { writer, expected } = writerOf(target);
  const answer = await target.cluster.get(type, resource, target.signal);
  if (!answer.ok) return answer.reason;
  const entries = objectsAt(answer.object, 'metadata', 'managedFields');
  const applied = manager === clientSideManager ? 'kubectl' : manager;
  const adopted = adoptEntries(entries, manager, applied);
  if (!answer.object || !adopted) return undefined;
  const version = valueAt(answer.object, 'metadata', 'resourceVersion') ?? null;
  const patch = [
    { op: 'test', path: '/metadata/resourceVersion', value: version },
    { op: 'replace', path: '/metadata/managedFields', value: adopted },
  ];
  const options = { expected, manager: applied, signal: target.signal };
  const written = await writer.patch(type, resource, patch, options);
  return written.ok ? undefined : written.reason;
}

/** The entries with those of client-side apply in the one of server-side apply; undefined where there are none. */
export function adoptEntries(
  entries: readonly JsonObject[],
  from: string,
  to: string,
): JsonObject[] | undefined {
  const isOf = (entry: JsonObject, manager: string, operation: string) =>
    entry.manager === manager &&
    entry.operation === operation &&
    textAt(entry, 'subresource') === undefined;
  const written = entries.filter(entry => isOf(entry, from, 'Update'));
  const [first] = written;
  if (first === undefined) return undefined;
  const own = entries.filter(entry => isOf(entry, to, 'Apply'));
  const fields = [...own, ...written].map(entry => objectAt(entry, 'fieldsV1') ?? {});
  const rest = entries.filter(entry => !written.includes(entry) && !own.includes(entry));
  const merged = withoutLastApplied(fields.reduce(union, {}));
  return [...rest, { ...first, ...own[0], manager: to, operation: 'Apply', fieldsV1: merged }];
}

/** Both sets of fields; in `fieldsV1` a set is a map of maps. */
function union(one: JsonObject, other: JsonObject): JsonObject {
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries(
    [...keys].map(key => {
      const [a, b] = [one[key], other[key]];
      return [key, union(isObject(a) ? a : {}, isObject(b) ? b : {})];
    }),
  );
}

/** kubectl's own note of what it applied stays as it is: it is not in the manifest, and would go. */
function withoutLastApplied(fields: JsonObject): JsonObject {
  const metadata = objectAt(fields, 'f:metadata');
  const annotations = objectAt(metadata, 'f:annotations');
  if (!metadata || !annotations) return fields;
  const { [lastApplied]: _, ...kept } = annotations;
  return { ...fields, 'f:metadata': { ...metadata, 'f:annotations': kept } };
}
