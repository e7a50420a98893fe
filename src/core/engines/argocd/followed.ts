import { objectAt, objectsAt, textAt, textsAt, valueAt } from '../../model/fields.ts';
import { type JsonObject, resourceOf, resourceText } from '../../model/resource.ts';
import type { ControlledTarget, Followed } from '../engine.ts';
import { readWatched } from '../read-watched.ts';
import { isPaused, operationState, pendingOperation, shortRevision } from './application.ts';
import { conditionsOf, ownWords, sourceIndex } from './status.ts';
import { deniedByWindow } from './sync-windows.ts';

/** The repository and `targetRevision` of the source that the application is rendered from. */
export async function followedRevision({
  application,
  controller,
}: ControlledTarget): Promise<Followed | undefined> {
  const spec = objectAt(controller, 'spec');
  if (!spec) return undefined;
  const index = objectsAt(spec, 'sources').length > 0 ? sourceIndex(application, spec) : undefined;
  const source =
    objectAt(spec, 'sourceHydrator', 'drySource') ??
    (index === undefined ? objectAt(spec, 'source') : objectsAt(spec, 'sources')[index]);
  if (!source || textAt(source, 'chart')) return undefined;
  const url = textAt(source, 'repoURL');
  const name = textAt(source, 'targetRevision') ?? '';
  const sync = objectAt(controller, 'status', 'sync');
  const said = index === undefined ? textAt(sync, 'revision') : textsAt(sync, 'revisions')[index];
  return {
    ...(url !== undefined && { url }),
    ...(name === '' || name === 'HEAD'
      ? { kind: 'default', name: 'HEAD' }
      : { kind: 'any', name: name.replace(/^refs\/(heads|tags)\//, '') }),
    ...(/^[0-9a-f]{40}$/.test(said ?? '') && { commit: said }),
  };
}

/** Why Argo CD did not sync what was pushed. */
export async function argoDelay(target: ControlledTarget): Promise<string | undefined> {
  const { controller } = target;
  const resource = controller && resourceOf(controller);
  if (!controller || !resource) return 'Its Application is not in the cluster.';
  const name = resourceText(resource);
  if (textAt(controller, 'metadata', 'deletionTimestamp')) return `${name} is being deleted.`;
  if (isPaused(controller)) return `${name} is paused (skip-reconcile).`;
  const complaint =
    troubledBy(controller) ?? (await windowOver(target, controller, resource.namespace));
  if (complaint !== undefined) return complaint;
  if (!isAutomatic(controller)) return `${name} has no automatic sync: it waits for a person.`;
  const compared = textAt(controller, 'status', 'sync', 'revision');
  const status = textAt(controller, 'status', 'sync', 'status');
  return compared && `Argo CD compared with ${shortRevision(compared)} last (${status}).`;
}

/** An operation that runs, errors of the Application, then an operation that failed. */
function troubledBy(controller: JsonObject): string | undefined {
  const state = operationState(controller);
  const [phase, message] = [textAt(state, 'phase') ?? '', textAt(state, 'message') ?? ''];
  if (pendingOperation(controller) || phase === 'Running')
    return ownWords(message === '' ? 'A sync is under way' : `A sync is under way: ${message}`);
  const error = conditionsOf(controller).find(({ type }) => type.endsWith('Error'));
  if (error) return ownWords(error.message);
  const failed = phase === 'Failed' || phase === 'Error';
  return failed ? ownWords(message === '' ? 'The last sync failed' : message) : undefined;
}

/** A window of its project that holds the automatic sync back; a project that cannot be read holds nothing. */
async function windowOver(
  target: ControlledTarget,
  controller: JsonObject,
  own: string,
): Promise<string | undefined> {
  const namespace = textAt(controller, 'status', 'controllerNamespace') || own;
  const name = textAt(controller, 'spec', 'project') || 'default';
  const named = { group: 'argoproj.io', kind: 'AppProject', namespace, name };
  const project = await readWatched(target, named);
  return project && deniedByWindow(project, controller, new Date(), 'automation');
}

function isAutomatic(controller: JsonObject): boolean {
  const automated = objectAt(controller, 'spec', 'syncPolicy', 'automated');
  return automated !== undefined && valueAt(automated, 'enabled') !== false;
}
