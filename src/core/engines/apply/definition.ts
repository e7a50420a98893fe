import type { ApiResource } from '../../cluster/cluster.ts';
import { conditionOf } from '../../cluster/health/verdict.ts';
import { sleep } from '../../lib/backoff.ts';
import { objectsAt, textAt } from '../../model/fields.ts';
import type { GroupVersionKind, JsonObject, Resource } from '../../model/resource.ts';
import type { EngineTarget } from '../engine.ts';
import { readObject } from '../target.ts';

export function isDefinition({ group, kind }: GroupVersionKind): boolean {
  return group === 'apiextensions.k8s.io' && kind === 'CustomResourceDefinition';
}

/** The type that one of these definitions makes served; the server's own list of types may not have it yet. */
export function definedType(
  definitions: readonly JsonObject[],
  { group, version, kind }: GroupVersionKind,
): ApiResource | undefined {
  const definition = definitions.find(
    each =>
      textAt(each, 'spec', 'group') === group &&
      textAt(each, 'spec', 'names', 'kind') === kind &&
      objectsAt(each, 'spec', 'versions').some(
        item => item.name === version && item.served !== false,
      ),
  );
  const resource = textAt(definition, 'spec', 'names', 'plural');
  if (resource === undefined) return undefined;
  const namespaced = textAt(definition, 'spec', 'scope') === 'Namespaced';
  return { group, version, kind, resource, namespaced, verbs: ['get', 'patch'] };
}

/** Milliseconds that the server may take for it; usually one tenth of a second. */
const patience = 30_000;

/** Waits until the server serves the kind that a definition makes; a sentence where it does not. */
export async function established(
  target: EngineTarget,
  resource: Resource,
): Promise<string | undefined> {
  for (const deadline = Date.now() + patience; ; await sleep(100, target.signal)) {
    target.signal?.throwIfAborted();
    const held = await readObject(target, resource);
    const condition = 'reason' in held ? undefined : conditionOf(held.object, 'Established');
    if (condition?.status === 'True') return undefined;
    if (Date.now() > deadline)
      return `its kind is not served after ${patience / 1000} s (${condition?.message ?? 'no word on it'})`;
  }
}
