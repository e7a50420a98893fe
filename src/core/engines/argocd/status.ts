import { healthOf } from '../../cluster/health.ts';
import { sentence } from '../../lib/sentence.ts';
import { type Application, foldersOf } from '../../model/environment.ts';
import { objectsAt, textAt, textsAt } from '../../model/fields.ts';
import type { Health } from '../../model/health.ts';
import type { Json, JsonObject } from '../../model/resource.ts';
import type { EngineStatus } from '../engine.ts';
import { isPaused, operationState } from './application.ts';

/**
 * What Argo CD says of an application. Suspended is only what `skip-reconcile` pauses: an Application without
 * automatic sync is compared and waits for a person, as it is meant to.
 */
export function argoStatus(
  application: Application,
  controller: JsonObject | undefined,
): EngineStatus {
  if (!controller) {
    const reason = 'Its Application is not in the cluster.';
    return { suspended: false, health: { status: 'Missing', reason } };
  }
  const revision = appliedRevision(application, controller);
  const trouble = troubleOf(controller);
  return {
    suspended: isPaused(controller),
    health: ownHealth(controller),
    ...(revision && { revision }),
    ...(trouble && { trouble }),
  };
}

/** What the last sync that reached its end applied; `status.sync.revision` is only what was compared. */
function appliedRevision(application: Application, controller: JsonObject): string | undefined {
  const last = objectsAt(controller, 'status', 'history').at(-1);
  const revisions = textsAt(last, 'revisions');
  if (revisions.length === 0) return textAt(last, 'revision') || undefined;
  const at = sourceIndex(application, last);
  return at === undefined ? undefined : revisions[at];
}

/** Which of several sources an application is: the only one with its path. */
export function sourceIndex({ source }: Application, entry: Json | undefined): number | undefined {
  const paths = objectsAt(entry, 'sources').map(each => normal(textAt(each, 'path') ?? ''));
  for (const folder of foldersOf(source)) {
    const found = paths.flatMap((path, index) => (path === normal(folder) ? index : []));
    if (found.length === 1) return found[0];
  }
  return undefined;
}

function normal(path: string): string {
  return path.replace(/^(\.?\/)+/, '').replace(/\/+$/, '');
}

/** Argo CD's own health, which a paused Application keeps from before. */
function ownHealth(controller: JsonObject): Health {
  const health = healthOf(controller, new Date());
  if (!isPaused(controller) || health.status === 'Terminating') return health;
  const paused = 'As it was before Argo CD was told to leave it.';
  return { ...health, reason: health.reason ? `${health.reason} ${paused}` : paused };
}

/** Errors first, then an operation that failed, then what is only a warning. */
function troubleOf(controller: JsonObject): string | undefined {
  const complaints = conditionsOf(controller);
  const error = complaints.find(({ type }) => type.endsWith('Error'));
  const state = operationState(controller);
  const failed = ['Failed', 'Error'].includes(textAt(state, 'phase') ?? '')
    ? textAt(state, 'message')
    : undefined;
  const said = error?.message ?? failed ?? complaints[0]?.message;
  return said ? ownWords(said) : undefined;
}

/** `status.conditions` of Argo CD have no status: what is there is so. */
export function conditionsOf(controller: JsonObject): { type: string; message: string }[] {
  return objectsAt(controller, 'status', 'conditions').flatMap(condition => {
    const type = textAt(condition, 'type') ?? '';
    const message = textAt(condition, 'message') || type;
    return /(Error|Warning)$/.test(type) ? { type, message } : [];
  });
}

/** What Argo CD says as one sentence, without the password of an address that it quotes. */
export function ownWords(message: string): string {
  return sentence(message.replace(/(\w:\/\/)[^\s/@]+@/g, '$1'));
}
