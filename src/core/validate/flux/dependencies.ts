import { type JsonObject, type Resource, resourceKey } from '../../model/resource.ts';
import type { EngineObject } from '../engine-object.ts';
import type { Known, Realm } from '../realm.ts';
import type { Violation } from '../violation.ts';
import { fluxReferences } from './references.ts';

/**
 * Objects that wait for each other: Flux does not look for cycles, none of them is ever reconciled. Each is told
 * on the dependency that goes on in the cycle.
 */
export function checkDependencies(object: EngineObject): Violation[] {
  const { realm, resource } = object;
  return dependenciesOf(object.object).flatMap(({ pointer, to }): Violation[] => {
    const way = wayBack(realm, to, resource);
    if (!way) return [];
    const names = [resource, ...way].map(({ name }) => name);
    return [
      {
        rule: 'flux-depends-cycle',
        severity: 'error',
        pointer,
        on: 'value',
        message:
          names.length === 2
            ? `${resource.kind} ${resource.name} depends on itself, so it is never reconciled.`
            : `These ${resource.kind}s wait for each other, so none is ever reconciled: ${names.join(' → ')}.`,
      },
    ];
  });
}

function dependenciesOf(object: JsonObject) {
  return fluxReferences(object)
    .filter(({ pointer }) => pointer[1] === 'dependsOn')
    .map(({ pointer, group, kind, namespace, name }) => ({
      pointer,
      to: { group, version: '', kind, namespace, name },
    }));
}

/** The shortest way along dependencies from one object to another, both included. */
function wayBack(realm: Realm, from: Resource, to: Resource): Resource[] | undefined {
  const goal = resourceKey(to);
  const seen = new Set<string>();
  const queue = [[from]];
  for (const way of queue) {
    const at = way.at(-1) as Resource;
    const key = resourceKey(at);
    if (key === goal) return way;
    if (seen.has(key)) continue;
    seen.add(key);
    const next = dependencies(realm, at);
    queue.push(...next.map(resource => [...way, resource]));
  }
  return undefined;
}

/** Only of objects whose place is sure: of several with one name nothing is said. */
function dependencies(realm: Realm, resource: Resource): Resource[] {
  const [known, ...others] = realm.find(resource) as Known[];
  const value = known?.value();
  if (!known || !value || others.length > 0) return [];
  return dependenciesOf(value).map(({ to }) => to);
}
