import type { ApplicationState, EnvironmentState, ObjectState } from '../core/live/state.ts';
import { resourceKey } from '../core/model/resource.ts';
import { states } from '../core/words/states.ts';
import type { WorkspaceState } from './protocol.ts';

// Used by both sides: what a server answers to who knows an earlier state, and what that makes of it.

/**
 * The state that an answer tells: the answer itself, or where it holds only what changed (`gone`), that over the state
 * which was known.
 */
export function stateAfter(
  known: WorkspaceState | undefined,
  answer: WorkspaceState,
): WorkspaceState {
  const { gone, ...state } = answer;
  if (gone === undefined || known === undefined) return state;
  const environments = answer.environments.map(environment => {
    const before = known.environments.find(({ name }) => name === environment.name);
    return before
      ? environmentAfter(before, environment, gone[environment.name] ?? [])
      : environment;
  });
  return { ...state, environments };
}

function environmentAfter(
  before: EnvironmentState,
  environment: EnvironmentState,
  gone: readonly string[],
): EnvironmentState {
  const changed = environment.applications.flatMap(({ objects }) => objects.map(keyOf));
  const others = new Set([...gone, ...changed]);
  const applications = environment.applications.map(application => {
    const known = before.applications.find(({ name }) => name === application.name);
    return known ? applicationAfter(known, application, others) : application;
  });
  return { ...environment, applications };
}

/** Each object keeps its place among those of its state, so that lines do not jump. */
function applicationAfter(
  before: ApplicationState,
  application: ApplicationState,
  others: ReadonlySet<string>,
): ApplicationState {
  const now = new Map(application.objects.map(object => [keyOf(object), object]));
  const kept = before.objects.flatMap(object => {
    const key = keyOf(object);
    if (!others.has(key)) return [object];
    const changed = now.get(key);
    now.delete(key);
    return changed ? [changed] : [];
  });
  if (kept.length === before.objects.length && application.objects.length === 0)
    return { ...application, objects: before.objects };
  return { ...application, objects: [...kept, ...now.values()].sort(worstFirst) };
}

function keyOf({ resource }: ObjectState): string {
  return resourceKey(resource);
}

function worstFirst(a: ObjectState, b: ObjectState): number {
  return states.indexOf(a.state) - states.indexOf(b.state);
}
