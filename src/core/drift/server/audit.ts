import type { ApiResource, Cluster } from '../../cluster/cluster.ts';
import { sleep } from '../../lib/backoff.ts';
import type { DriftResult } from '../../model/drift.ts';
import { isObject, type Json, type JsonObject, type Resource } from '../../model/resource.ts';
import type { CompareOptions, DriftInput } from '../input.ts';
import { chooseProfile } from '../owners/profile.ts';
import { own } from '../values.ts';
import type { Admission, MutatingAdmission } from './admission/admission.ts';
import type { Permissions } from './permissions.ts';
import { hasController } from './question.ts';

export interface AuditOptions extends CompareOptions {
  /** At most so many objects are tried now; where there is no limit, all that may be rewritten are. */
  most: number;
  /** What a person looks at is tried first. */
  visible?(resource: Resource): boolean;
  /** What may be tried at all; all when absent. */
  isTried?(resource: Resource): boolean;
  /** Hears every answer as it comes. */
  answered?(index: number, result: DriftResult): void;
}

interface Auditing extends AuditOptions {
  admission: MutatingAdmission;
  cluster: AuditedCluster;
  /** The result with the server's word, where it is known already. */
  known(input: DriftInput, result: DriftResult): DriftResult | undefined;
  ask(input: DriftInput, result: DriftResult): Promise<DriftResult>;
}

/** An `Asker`. */
interface AuditedCluster {
  cluster: Cluster;
  admission: Admission;
  permissions: Permissions;
  typeOf(resource: Resource, signal?: AbortSignal): Promise<ApiResource | undefined>;
}

interface Candidate {
  index: number;
  input: DriftInput;
  result: DriftResult;
  kind: string;
  /** What may rewrite it; empty where that may not be read. */
  names: string[];
}

/** Milliseconds between two objects: two in a second (drift.md 3.4). */
const interval = 500;
/** One of so many is tried where it may not be read what admission there is. */
const sample = 10;

/** Tries objects in sync on the server, those that changed last first; see `ServerWord.audit`. */
export async function auditObjects(
  inputs: readonly DriftInput[],
  results: readonly DriftResult[],
  options: Auditing,
): Promise<{ results: DriftResult[]; notReached: string[] }> {
  const audited = [...results];
  const { candidates, forbidden } = await candidatesOf(inputs, results, options);
  const open: Candidate[] = [];
  for (const candidate of candidates) {
    const known = options.known(candidate.input, candidate.result);
    if (known) audited[candidate.index] = known;
    else open.push(candidate);
  }
  open.sort(byUrgency(options));
  const sampled = options.admission.mutations === undefined && Number.isFinite(options.most);
  const wanted = open.filter(({ input }) => options.isTried?.(input.resource) !== false);
  const left = sampled ? sampleOf(wanted) : { now: wanted, later: [] };
  for (let tried = 0; tried < options.most; tried++) {
    const next = left.now.shift();
    if (next === undefined) break;
    if (tried > 0 && !options.cluster.cluster.identity.snapshot)
      await sleep(interval, options.signal);
    options.signal?.throwIfAborted();
    const result = await options.ask(next.input, next.result);
    audited[next.index] = result;
    options.answered?.(next.index, result);
    // Where a sample disagrees, all of its kind are in doubt.
    const { kind } = next;
    if (sampled && result.state !== 'synced') {
      left.now.push(...left.later.filter(other => other.kind === kind));
      left.later = left.later.filter(other => other.kind !== kind);
    }
  }
  const unreached = open.filter(({ index }) => audited[index] === results[index]);
  return { results: audited, notReached: sentences(unreached, forbidden, options.admission) };
}

/** Objects in sync that admission may rewrite, and how many of those this user may not have tried. */
async function candidatesOf(
  inputs: readonly DriftInput[],
  results: readonly DriftResult[],
  { admission, cluster, signal }: Auditing,
): Promise<{ candidates: Candidate[]; forbidden: Candidate[] }> {
  const candidates: Candidate[] = [];
  const forbidden: Candidate[] = [];
  // A snapshot that was taken without a word on admission can try nothing.
  const isUntold = cluster.cluster.identity.snapshot && admission.forbidden !== true;
  if (admission.mutations ? admission.mutations.length === 0 : isUntold)
    return { candidates, forbidden };
  for (const [index, input] of inputs.entries()) {
    const result = results[index];
    const { live, desired, resource } = input;
    if (result?.state !== 'synced' || result.confirmed !== 'local' || live === undefined) continue;
    const { mode } = chooseProfile(live, input.owners);
    // A client-side apply that changes nothing sends nothing.
    if (mode === 'csa' || mode === 'csa3' || hasController(live)) continue;
    const type = await cluster.typeOf(resource, signal);
    if (!type?.verbs.includes('patch')) continue;
    const written = { type, resource, live, desired };
    const mutations = await cluster.admission.mutationsOf(admission, written, signal);
    if (admission.mutations && mutations.length === 0) continue;
    const names = mutations.map(({ name }) => name);
    const candidate = { index, input, result, kind: `${type.group}/${type.kind}`, names };
    const may = await cluster.permissions.may('patch', type, resource.namespace);
    (may ? candidates : forbidden).push(candidate);
  }
  return { candidates, forbidden };
}

/** What a person looks at first, then what changed last. */
function byUrgency({ visible }: Auditing): (one: Candidate, other: Candidate) => number {
  const seen = ({ input }: Candidate) => Number(visible?.(input.resource) === true);
  return (one, other) => {
    const [a, b] = [changedAt(one.input.live), changedAt(other.input.live)];
    return seen(other) - seen(one) || Number(a < b) - Number(a > b);
  };
}

/** RFC 3339; empty where nothing says it. */
function changedAt(live: JsonObject | undefined): string {
  const metadata = own(live, 'metadata');
  const entries = own(metadata, 'managedFields');
  const times = (Array.isArray(entries) ? entries.filter(isObject) : []).map(({ time }) => time);
  const isTime = (time: Json | undefined) => typeof time === 'string';
  return [own(metadata, 'creationTimestamp'), ...times].filter(isTime).sort().at(-1) ?? '';
}

/** One in ten of each kind, at least one. */
function sampleOf(open: readonly Candidate[]): { now: Candidate[]; later: Candidate[] } {
  const count = new Map<string, number>();
  const now: Candidate[] = [];
  const later: Candidate[] = [];
  for (const candidate of open) {
    const before = count.get(candidate.kind) ?? 0;
    count.set(candidate.kind, before + 1);
    (before % sample === 0 ? now : later).push(candidate);
  }
  return { now, later };
}

/** Once for all, never per object. */
function sentences(
  unreached: readonly Candidate[],
  forbidden: readonly Candidate[],
  { hidden }: MutatingAdmission,
): string[] {
  const who =
    hidden === undefined
      ? `${list([...new Set([...unreached, ...forbidden].flatMap(({ names }) => names))])} may rewrite`
      : `webhooks and policies, which may not be read here (${hidden}), may rewrite`;
  const count = (some: readonly Candidate[]) =>
    some.length === 1 ? '1 object in sync was' : `${some.length} objects in sync were`;
  return [
    ...(unreached.length > 0
      ? [
          `${count(unreached)} not tried on the server, where ${who} what is applied: verify to try them all.`,
        ]
      : []),
    ...(forbidden.length > 0
      ? [
          `${count(forbidden)} not tried on the server, where ${who} what is applied: it takes the permission to patch.`,
        ]
      : []),
  ];
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 3).map(name => `the ${name}`);
  const more = names.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : [])]
    .join(', ')
    .replace(/, ([^,]*)$/, ' and $1');
}
