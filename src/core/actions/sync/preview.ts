import { isApplied } from '../../engines/apply/apply.ts';
import { tryObject } from '../../engines/apply/object.ts';
import type { EngineTarget, EngineVerb, SyncObject } from '../../engines/engine.ts';
import { sentence } from '../../lib/sentence.ts';
import type { DriftResult } from '../../model/drift.ts';
import type { EngineId } from '../../model/environment.ts';
import type { NotChecked } from '../../model/finding.ts';
import { resourceKey } from '../../model/resource.ts';
import type { SyncChange, SyncPlan } from '../plans.ts';
import type { Found } from './state.ts';

export type Preview = Pick<SyncPlan, 'changes' | 'unchanged' | 'notChecked'>;

/** Verbs after which the engine applies what the repository says. */
export function applies(verb: EngineVerb): boolean {
  return verb === 'sync' || verb === 'resume';
}

/** What the next apply would do to the objects of one unit, from their comparison; masked as that is. */
export async function previewOf(
  target: EngineTarget,
  { compared }: Found,
  names: readonly string[],
): Promise<Preview> {
  const { engine } = target.application;
  const own = compared.filter(({ application }) => names.includes(application));
  const changes = own.flatMap(({ result, application }) => changeOf(result, application, engine));
  const refused = engine === 'apply' ? await refusedObjects(target) : new Map<string, string>();
  return {
    changes: changes.map(change => {
      const reason = refused.get(resourceKey(change.object));
      return reason === undefined ? change : { ...change, change: 'refused' as const, reason };
    }),
    unchanged: own.filter(({ result: { state } }) => state === 'synced').length,
    notChecked: own.flatMap(({ result }) => uncheckedOf(result, target.environment.name)),
  };
}

function changeOf(result: DriftResult, application: string, engine: EngineId): SyncChange[] {
  const { resource: object, state, paths, reason, recreate, kept } = result;
  const change = (kind: SyncChange['change'], said: string | undefined = reason): SyncChange[] => [
    {
      object,
      application,
      change: kind,
      paths: kind === 'update' || kind === 'refused' ? paths : [],
      ...(said === undefined ? {} : { reason: said }),
    },
  ];
  switch (state) {
    case 'missing':
      return change('create');
    case 'drifted':
    case 'suspect':
      return change(recreate ? 'refused' : 'update');
    case 'invalid':
      return change('refused');
    case 'terminating':
      return change('refused', reason ?? 'It is being deleted.');
    case 'prune-candidate':
      // Argo CD is not told to prune, and plain apply never does.
      return engine === 'flux' && !kept ? change('delete') : [];
    default:
      return [];
  }
}

function uncheckedOf(result: DriftResult, environment: string): NotChecked[] {
  if (result.state !== 'unknown') return [];
  const { resource: object, source: place, reason = 'It could not be compared.' } = result;
  return [{ reason, object, environment, ...(place && { place }) }];
}

/** How many objects are tried at the same time. */
const parallel = 8;

/** What the server would refuse of a plain apply, by a dry-run of each object. */
async function refusedObjects(target: EngineTarget): Promise<Map<string, string>> {
  const refused = new Map<string, string>();
  const queue = target.objects.filter(isApplied);
  const work = async () => {
    for (let next: SyncObject | undefined = queue.shift(); next; next = queue.shift()) {
      const reason = await tryObject(target, next);
      if (reason !== undefined) refused.set(resourceKey(next.resource), sentence(reason));
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, queue.length) }, work));
  return refused;
}
