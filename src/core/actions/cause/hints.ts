import type { Cluster } from '../../cluster/cluster.ts';
import { managedEntries, treeAt } from '../../drift/owners/fields.ts';
import type { DriftPath, Owner } from '../../model/drift.ts';
import { objectAt, textAt } from '../../model/fields.ts';
import { newestFirst } from '../../model/newest-first.ts';
import { parsePath } from '../../model/path.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { AuditHint } from './audit-hint.ts';

/** Where more than managedFields is told. */
export interface HintSources {
  events: EventsByUid;
  /** Where the person named an audit log. */
  audit?: AuditHint | undefined;
}

/** What else is told about who changed a field in the cluster: one sentence, nothing secret in it. */
export function changeHint(
  path: DriftPath,
  live: JsonObject,
  owners: readonly Owner[],
  { events, audit }: HintSources,
): string | undefined {
  const [newest] = newestFirst(owners);
  if (path.path.includes('kubectl.kubernetes.io/restartedAt')) return 'By kubectl rollout restart.';
  if (newest?.subresource === 'scale' && newest.manager === 'kube-controller-manager')
    return 'A HorizontalPodAutoscaler scales it.';
  return (
    newest && (audit?.(live, newest) ?? noted(live, newest) ?? eventHint(live, newest, events))
  );
}

/** The Events about what somebody changed in one cluster; those of a namespace are asked for once. */
export class ClusterEvents {
  readonly #cluster: Cluster;
  readonly #signal: AbortSignal | undefined;
  readonly #namespaces = new Map<string, Promise<readonly JsonObject[]>>();
  /** Whose Events may be wanted, as far as nobody else's of the namespace are. */
  readonly #foreseen = new Map<string, JsonObject>();

  constructor(cluster: Cluster, signal?: AbortSignal) {
    this.#cluster = cluster;
    this.#signal = signal;
  }

  /** Begins to ask, beside other work, as soon as the Events of a second object in its namespace may be wanted. */
  foresee(live: JsonObject): void {
    const namespace = namespaceOf(live);
    const other = this.#foreseen.get(namespace);
    this.#foreseen.set(namespace, live);
    if (!other || other === live || this.#namespaces.size >= mostNamespaces) return;
    // Whoever wants them hears of a failure.
    this.#ask(namespace).catch(() => {});
  }

  /** The Events about these, by the uid of what they are about; of one object alone only its own are asked for. */
  async about(objects: readonly JsonObject[]): Promise<EventsByUid> {
    const byNamespace = Map.groupBy(objects, namespaceOf);
    const asked = [...byNamespace]
      .slice(0, mostNamespaces)
      .map(([namespace, [first, ...others]]) =>
        this.#ask(namespace, others.length === 0 ? textAt(first, 'metadata', 'uid') : undefined),
      );
    const events = (await Promise.all(asked)).flat();
    return eventsByUid(events);
  }

  async #ask(namespace: string, uid?: string): Promise<readonly JsonObject[]> {
    const known = this.#namespaces.get(namespace);
    if (known) return known;
    const asked = this.#cluster.events?.({ namespace, ...(uid && { uid }) }, this.#signal) ?? [];
    const events = Promise.resolve(asked);
    if (uid === undefined) this.#namespaces.set(namespace, events);
    return events;
  }
}

export type EventsByUid = ReadonlyMap<string, readonly JsonObject[]>;

/** By the uid of what each is about. */
export function eventsByUid(events: readonly JsonObject[]): EventsByUid {
  return Map.groupBy(events, event => textAt(aboutOf(event), 'uid') ?? '');
}

function namespaceOf(live: JsonObject): string {
  return textAt(live, 'metadata', 'namespace') ?? '';
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
function eventHint(live: JsonObject, { time }: Owner, events: EventsByUid): string | undefined {
  const uid = textAt(live, 'metadata', 'uid');
  const since = Date.parse(time ?? '');
  if (uid === undefined || Number.isNaN(since)) return undefined;
  const first = (events.get(uid) ?? [])
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
