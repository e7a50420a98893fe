import { type ApiResource, type Cluster, isType } from '../../cluster/cluster.ts';
import type { DriftResult } from '../../model/drift.ts';
import type { Json, JsonObject } from '../../model/resource.ts';
import type { Schemas } from '../../schemas/type.ts';
import { openApplied } from '../applied.ts';
import { begin, type Open } from '../begin.ts';
import { isWithoutJudge } from '../conclude.ts';
import { judgePaths } from '../ignore/hide.ts';
import type { DriftInput } from '../input.ts';
import { anyType } from '../typed-path.ts';
import { own } from '../values.ts';
import { withoutSecrets } from '../verdict/hidden.ts';
import { pathsOf } from '../verdict/verdict.ts';
import { differences } from './difference.ts';
import { confirm, type DryRunAnswer } from './dryrun.ts';

export interface ServerWordOptions {
  cluster: Cluster;
  schemas: Schemas;
  signal?: AbortSignal;
}

/** How many dry-runs are under way at the same time (drift.md 3.5). */
const parallel = 8;

/**
 * Asks the server for its word on what differs locally, by a dry-run of the apply, because admission
 * could still change the answer. Client-side apply and snapshots keep the local verdict: a dry-run of
 * their kind cannot be asked. A kind that may not be patched is asked for once.
 */
export async function withServerWord(
  inputs: readonly DriftInput[],
  results: readonly DriftResult[],
  options: ServerWordOptions,
): Promise<DriftResult[]> {
  const answers = [...results];
  if (options.cluster.identity.snapshot) return answers;
  const forbidden = new Map<string, DryRunAnswer>();
  const queue = inputs.flatMap((input, index) => {
    const result = results[index];
    return result && isAsked(result) ? [{ input, result, index }] : [];
  });
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { input, result, index } = next;
      answers[index] = await ask(input, result, options, forbidden);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, queue.length) }, work));
  return answers;
}

function isAsked(result: DriftResult): boolean {
  return ['drifted', 'suspect'].includes(result.state) || isWithoutJudge(result);
}

async function ask(
  input: DriftInput,
  result: DriftResult,
  { cluster, schemas, signal }: ServerWordOptions,
  forbidden: Map<string, DryRunAnswer>,
): Promise<DriftResult> {
  const begun = await begin(input, schemas);
  if ('settled' in begun) return result;
  const { open } = begun;
  if (open.profile.mode === 'csa' || open.profile.mode === 'csa3') return result;
  const { group, kind, namespace } = input.resource;
  const scope = `${group}/${kind}/${namespace}`;
  const type = await typeOf(cluster, input, signal);
  const answer = forbidden.get(scope) ?? (type && (await dryRun(open, cluster, type, signal)));
  if (!answer) return result;
  if (answer.kind === 'unavailable' && answer.forbidden) forbidden.set(scope, answer);
  return withoutSecrets(confirm(result, answer), open);
}

async function typeOf(
  cluster: Cluster,
  { resource }: DriftInput,
  signal?: AbortSignal,
): Promise<ApiResource | undefined> {
  const discovery = await cluster.discovery(signal);
  const types = discovery.ok ? discovery.resources : [];
  return types.find(type => isType(type, resource));
}

async function dryRun(
  open: Open,
  cluster: Cluster,
  type: ApiResource,
  signal?: AbortSignal,
): Promise<DryRunAnswer> {
  const fields = open.type ?? anyType;
  const answer = await cluster.dryRunApply(type, openApplied(open), open.profile.manager, signal);
  if (answer.ok) {
    const live = await basis(open, answer.object, cluster, type, signal);
    const changes = differences(live, answer.object, open.desired, fields);
    const judged = judgePaths(open, pathsOf(changes, open));
    const paths = judged.filter(({ cover }) => cover !== 'hidden').map(({ path }) => path);
    return paths.length === 0 ? { kind: 'same' } : { kind: 'differs', paths };
  }
  const { status, reason } = answer;
  if (status === 403 && !/denied the request/.test(reason))
    return {
      kind: 'unavailable',
      reason: `The server could not confirm it: ${reason}`,
      forbidden: true,
    };
  if (status === 0)
    return { kind: 'unavailable', reason: `The server could not confirm it: ${reason}` };
  return { kind: 'refused', status, message: reason };
}

/**
 * The live object that an answer was computed from. When it is not the one we hold, a controller wrote
 * in the meantime, and what it wrote is no effect of the apply (drift.md 3.3).
 */
async function basis(
  { live, input }: Open,
  answer: JsonObject,
  cluster: Cluster,
  type: ApiResource,
  signal?: AbortSignal,
): Promise<JsonObject> {
  if (versionOf(answer) === versionOf(live)) return live;
  const again = await cluster.get(type, input.resource, signal);
  return again.ok && again.object ? again.object : live;
}

function versionOf(object: JsonObject): Json | undefined {
  return own(own(object, 'metadata'), 'resourceVersion');
}
