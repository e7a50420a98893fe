import type { DryRunReply } from '../../cluster/cluster.ts';
import type { DriftPath } from '../../model/drift.ts';
import { formatPath, parsePath, resolveSteps, type Step } from '../../model/path.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { Open } from '../begin.ts';
import { stateOf, visiblePaths } from '../conclude.ts';
import { judgePaths } from '../ignore/hide.ts';
import { managedEntries, treeAt } from '../owners/fields.ts';
import { isClaimed } from '../owners/owners.ts';
import { lastApplied } from '../prepare/last-applied.ts';
import { anyType, startsWith, typedSteps } from '../typed-path.ts';
import { equal } from '../values.ts';
import { pathsOf } from '../verdict/verdict.ts';
import { differences } from './difference.ts';
import type { DryRunAnswer } from './dryrun.ts';
import { isMissingPermission } from './messages.ts';

type Refusal = Extract<DryRunReply, { ok: false }>;

/** What the server's answer says: every difference to the live object that it was made of. */
export function answerOf(open: Open, answer: JsonObject): DryRunAnswer {
  const { live, desired, type = anyType } = open;
  const changes = differences({ live, desired, type, isOurs: oursBefore(open) }, answer);
  const judged = judgePaths(open, pathsOf(changes, open));
  const paths = visiblePaths({ judged });
  const said = stateOf(open, { equal: paths.length === 0, changes: [] }, paths);
  return paths.length === 0 ? { kind: 'same', said } : { kind: 'differs', paths, said };
}

/** Reads why the server did not try the apply, or refused it. */
export function refusalAnswer(open: Open, reply: Refusal): DryRunAnswer {
  const { status, reason, causes } = reply;
  if (status === 401 || (status === 403 && (reason === '' || isMissingPermission(reason)))) {
    const why = reason === '' ? 'no permission' : reason;
    return {
      kind: 'unavailable',
      reason: `Not confirmed by the server: ${why}`,
      forbidden: status === 403,
    };
  }
  // A patch of what is not there: the server says so of the object itself, not of its namespace or kind.
  if (status === 404 && isGone(open, reason)) return { kind: 'created' };
  const paths = causes.flatMap(({ field }) => causePath(open, field) ?? []);
  return { kind: 'refused', status, message: reason, ...(paths.length > 0 ? { paths } : {}) };
}

function isGone({ input: { resource } }: Open, message: string): boolean {
  const named = message.endsWith(`"${resource.name}" not found`);
  return named && (resource.kind === 'Namespace' || !message.startsWith('namespaces "'));
}

/** What the owner applied before, by the object's own record of it. */
function oursBefore({ live, profile, input }: Open): (steps: readonly Step[]) => boolean {
  if (profile.mode === 'csa' || profile.mode === 'csa3') {
    const last = lastApplied(live, profile, input.previous);
    if (last === undefined || last === 'unreadable') return () => false;
    return steps => resolveSteps(last, steps).complete;
  }
  const entries = managedEntries(live).filter(entry => isClaimed(entry, profile));
  return steps =>
    entries.some(({ fields }) => {
      const { tree, coveredAbove } = treeAt(fields, steps);
      return coveredAbove || tree !== undefined;
    });
}

/** A field as the server names it (`spec.containers[0].image`), where the manifest changes something there. */
function causePath(open: Open, field: string): DriftPath | undefined {
  const { desired, live, type = anyType } = open;
  const pointer = pointerOf(field);
  const steps = pointer && typedSteps(type, desired, pointer);
  if (steps === undefined || steps.length === 0) return undefined;
  const declared = resolveSteps(desired, steps);
  const runs = resolveSteps(live, steps);
  if (!declared.complete || equal(declared.value, runs.complete ? runs.value : undefined))
    return undefined;
  const change = {
    path: formatPath(steps),
    kind: runs.complete ? ('changed' as const) : ('missing' as const),
  };
  return pathsOf([change], open).find(({ path }) => startsWith(parsePath(path), steps));
}

/** Kubernetes writes `spec.ports[0].name` and, for keys of maps, `data[key.with.dots]`. */
function pointerOf(field: string): (string | number)[] | undefined {
  const parts = field.match(/[^.[\]]+|\[[^\]]*\]/g);
  return parts?.map(part => {
    const inner = part.startsWith('[') ? part.slice(1, -1) : part;
    return inner;
  });
}
