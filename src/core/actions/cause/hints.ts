import type { Cluster } from '../../cluster/cluster.ts';
import { managedEntries, treeAt } from '../../drift/owners/fields.ts';
import type { DriftPath, Owner } from '../../model/drift.ts';
import { objectAt, textAt } from '../../model/fields.ts';
import { parsePath } from '../../model/path.ts';
import type { JsonObject } from '../../model/resource.ts';

/** What else is told about who changed a field in the cluster: one sentence, nothing secret in it. */
export function changeHint(
  path: DriftPath,
  live: JsonObject,
  owners: readonly Owner[],
  events: readonly JsonObject[],
): string | undefined {
  const newest = [...owners].sort((a, b) => (b.time ?? '').localeCompare(a.time ?? ''))[0];
  if (path.path.includes('kubectl.kubernetes.io/restartedAt')) return 'By kubectl rollout restart.';
  if (newest?.subresource === 'scale' && newest.manager === 'kube-controller-manager')
    return 'A HorizontalPodAutoscaler scales it.';
  return newest && (noted(live, newest) ?? eventHint(live, newest, events));
}

/** Events of a namespace are asked for once, those of one object alone where there is only one. */
export async function eventsAbout(
  cluster: Cluster,
  objects: readonly JsonObject[],
  signal?: AbortSignal,
): Promise<JsonObject[]> {
  if (!cluster.events) return [];
  const byNamespace = Map.groupBy(objects, live => textAt(live, 'metadata', 'namespace') ?? '');
  const asked = [...byNamespace].slice(0, mostNamespaces).map(([namespace, [first, ...others]]) => {
    const uid = others.length === 0 ? textAt(first, 'metadata', 'uid') : undefined;
    return cluster.events?.({ namespace, ...(uid && { uid }) }, signal) ?? [];
  });
  return (await Promise.all(asked)).flat();
}

/** More are not worth waiting for. */
const mostNamespaces = 5;

const changeCause = 'kubernetes.io/change-cause';

/**
 * The command that `kubectl --record` wrote beside the change. Values in it may be anybody's secrets: only what
 * stands before `=` is told.
 */
function noted(live: JsonObject, { manager, time }: Owner): string | undefined {
  const text = textAt(live, 'metadata', 'annotations', changeCause);
  if (text === undefined || live.kind === 'Secret') return undefined;
  const same = managedEntries(live).some(
    entry =>
      entry.manager === manager &&
      entry.time === time &&
      treeAt(entry.fields, ['metadata', 'annotations', changeCause]).tree !== undefined,
  );
  const command = text.replace(/=.*/s, '=…').replace(/\s+/g, ' ').trim();
  return same && command !== '' ? `Its change-cause is: ${command.slice(0, 120)}` : undefined;
}

/** The first Event about the object from its change on. */
function eventHint(
  live: JsonObject,
  { time }: Owner,
  events: readonly JsonObject[],
): string | undefined {
  const uid = textAt(live, 'metadata', 'uid');
  const since = Date.parse(time ?? '');
  if (uid === undefined || Number.isNaN(since)) return undefined;
  const first = events
    .filter(event => textAt(aboutOf(event), 'uid') === uid)
    .map(event => ({ event, at: Date.parse(timeOf(event) ?? '') }))
    .filter(({ at }) => at >= since && at - since < soon)
    .sort((a, b) => a.at - b.at)[0];
  return first && eventText(first.event);
}

/** An Event that comes much later is about something else. */
const soon = 5 * 60_000;

function aboutOf(event: JsonObject): JsonObject | undefined {
  return objectAt(event, 'involvedObject') ?? objectAt(event, 'regarding');
}

function timeOf(event: JsonObject): string | undefined {
  return (
    textAt(event, 'firstTimestamp') ??
    textAt(event, 'eventTime') ??
    textAt(event, 'metadata', 'creationTimestamp')
  );
}

/**
 * Anybody can write an Event, with anything in its message: only what Kubernetes' own controllers say of numbers and
 * names of objects is told; of others the reason, which is one word.
 */
function eventText(event: JsonObject): string | undefined {
  const reason = textAt(event, 'reason') ?? '';
  const from =
    textAt(event, 'source', 'component') || textAt(event, 'reportingComponent') || 'somebody';
  if (!/^[A-Za-z]{1,64}$/.test(reason) || !/^[\w./-]{1,80}$/.test(from)) return undefined;
  const message = textAt(event, 'message') ?? textAt(event, 'note') ?? '';
  const told = harmless.test(message) ? `: ${message.replace(/\.$/, '')}` : '';
  return `Event ${reason} by ${from}${told}.`;
}

const harmless =
  /^(Scaled (up|down) replica set [a-z0-9.-]{1,253} (from \d+ )?to \d+( from \d+)?|New size: \d+; reason: [\w /%().-]{1,100})\.?$/;

/** True for a field whose steps are worth asking for Events. */
export function mayHaveEvent({ path }: DriftPath): boolean {
  return parsePath(path)[0] === 'spec';
}
