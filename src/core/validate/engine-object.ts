import type { JsonObject, Resource } from '../model/resource.ts';
import { resourceOf } from '../model/resource.ts';
import type { Scope } from './across.ts';
import { isAside } from './aside.ts';
import type { Checks } from './checks.ts';
import type { Subject } from './places/subject.ts';
import { type Realm, realmsOf } from './realm.ts';

/** An object of Flux or Argo CD, with what it is looked at against. */
export interface EngineObject {
  object: JsonObject;
  resource: Resource;
  subject: Subject;
  realm: Realm;
  checks: Checks;
}

/** The final objects of an engine's groups; those of a base that is completed elsewhere are left out. */
export function engineObjects(scope: Scope, isGroup: (group: string) => boolean): EngineObject[] {
  const realms = realmsOf(scope);
  const { checks } = scope;
  return scope.finals.flatMap(({ subject, incomplete }) => {
    const resource = incomplete ? undefined : resourceOf(subject.object);
    if (!resource || !isGroup(resource.group) || isShown(subject)) return [];
    return [{ object: subject.object, resource, subject, realm: realms.of(subject), checks }];
  });
}

/** True for what is only an example, and deployed nowhere. */
export function isShown({ environments, place }: Subject): boolean {
  return environments.length === 0 && isAside(place.file);
}
