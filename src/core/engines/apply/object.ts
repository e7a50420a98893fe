import type { ApiResource, WriteAnswer } from '../../cluster/cluster.ts';
import { sleep } from '../../lib/backoff.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { EngineTarget, SyncObject } from '../engine.ts';
import { servedType, writerOf } from '../target.ts';
import { adoptClientSide, clientSideManager } from './client-side.ts';
import { definedType, established, isDefinition } from './definition.ts';

/** Applies one object; a reason where it could not be. Rejects only when aborted. */
export async function applyObject(
  target: EngineTarget,
  object: SyncObject,
): Promise<string | undefined> {
  if (object.withheld !== undefined) return object.withheld;
  const { resource, owner, state } = object;
  if (state === 'terminating') return 'it is being deleted';
  const foreign = foreignEngine(owner.manager);
  if (foreign !== undefined) return `${foreign} applies it; sync it there`;
  const definitions = definitionsOf(target);
  const defined = definedType(definitions, resource);
  const type = defined ?? (await servedType(target, resource));
  if ('reason' in type) return type.reason;
  const isClientSide = owner.mode === 'csa' && state !== 'missing';
  const adopted = isClientSide ? await adoptClientSide(target, type, object) : undefined;
  if (adopted !== undefined) return adopted;
  const send = () => sendApply(target, type, object, false);
  const answer = defined ? await untilServed(send, target.signal) : await send();
  if (!answer.ok) return answer.reason;
  return isDefinition(resource) ? established(target, resource) : undefined;
}

/**
 * Asks the server what it would say to the apply of an object; a reason where it would refuse. What cannot be
 * asked before other objects are there is not refused.
 */
export async function tryObject(
  target: EngineTarget,
  object: SyncObject,
): Promise<string | undefined> {
  if (object.withheld !== undefined) return object.withheld;
  const foreign = foreignEngine(object.owner.manager);
  if (foreign !== undefined) return `${foreign} applies it; sync it there`;
  if (definedType(definitionsOf(target), object.resource)) return undefined;
  const type = await servedType(target, object.resource);
  if ('reason' in type) return type.reason;
  const answer = await sendApply(target, type, object, true);
  if (answer.ok || (answer.status === 404 && isPending(target, object))) return undefined;
  return answer.reason;
}

/** With force: another manager's value in a field of ours is the very difference that is taken back. */
function sendApply(
  target: EngineTarget,
  type: ApiResource,
  { desired, owner }: SyncObject,
  dryRun: boolean,
): Promise<WriteAnswer> {
  const { writer, expected } = writerOf(target);
  const manager = appliedAs(owner.manager);
  const options = { expected, manager, force: true, dryRun, signal: target.signal };
  return writer.apply(type, desired, options);
}

/** What client-side apply calls itself is no name for a server-side one; kubectl changes over in the same way. */
function appliedAs(manager: string): string {
  if (manager === '') return 'driftline';
  return manager === clientSideManager ? 'kubectl' : manager;
}

/** Managers of objects that another engine would change back at once. */
const engines: Record<string, string> = {
  'kustomize-controller': 'Flux',
  'helm-controller': 'Flux',
  'flux-operator': 'Flux',
  'argocd-controller': 'Argo CD',
  helm: 'Helm',
};

function foreignEngine(manager: string): string | undefined {
  return engines[manager];
}

function definitionsOf({ objects }: EngineTarget): JsonObject[] {
  return objects.filter(({ resource }) => isDefinition(resource)).map(({ desired }) => desired);
}

/** True for an object whose namespace is one of those that are applied before it. */
function isPending({ objects }: EngineTarget, { resource: { namespace } }: SyncObject): boolean {
  return objects.some(
    ({ resource, state }) =>
      resource.kind === 'Namespace' && resource.name === namespace && state === 'missing',
  );
}

/** A server with a new kind needs a moment before it takes objects of it. */
async function untilServed(
  send: () => Promise<WriteAnswer>,
  signal: AbortSignal | undefined,
): Promise<WriteAnswer> {
  for (let attempt = 0; ; attempt++) {
    const answer = await send();
    if (answer.ok || answer.status !== 404 || attempt >= 50) return answer;
    await sleep(200, signal);
    signal?.throwIfAborted();
  }
}
