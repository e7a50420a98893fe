import type { DriftResult } from '../model/drift.ts';
import type { Application, Environment } from '../model/environment.ts';
import type { Rendered, RenderedObject } from '../model/rendered.ts';
import { type Resource, resourceKey } from '../model/resource.ts';
import type { Schemas } from '../schemas/type.ts';

export interface RenderedApplication {
  application: Application;
  rendered: Rendered;
}

/** An object that an environment should run. */
export interface Declared {
  /** With the namespace that the application or the environment gives it. */
  resource: Resource;
  object: RenderedObject;
  application: Application;
  /** Other applications that declare the same object; the last one counts. */
  alsoBy: string[];
  /** Why it is not surely what the engine would apply. */
  notChecked?: string;
}

/** The objects of all applications of an environment; of those with one identity the last counts. */
export function declaredObjects(
  environment: Environment,
  applications: readonly RenderedApplication[],
  schemas: Schemas,
): Declared[] {
  const declared = new Map<string, Declared>();
  for (const { application, rendered } of applications) {
    const namespace = application.namespace ?? environment.namespace;
    const unsure = new Map(
      rendered.notChecked.flatMap(({ resource, reason }) =>
        resource ? [[resourceKey(resource), reason] as const] : [],
      ),
    );
    for (const object of rendered.objects) {
      const resource = effectiveResource(object.resource, namespace, schemas);
      const key = resourceKey(resource);
      const before = declared.get(key);
      const others = before ? [...before.alsoBy, before.application.name] : [];
      // Under a key of its own, the last one stands at its place in the order of applying.
      declared.delete(key);
      declared.set(key, {
        resource,
        object,
        application,
        alsoBy: [...new Set(others)],
        notChecked: unsure.get(resourceKey(object.resource)),
      });
    }
  }
  return [...declared.values()];
}

/**
 * Objects that an application surely declares and nobody could render as its engine would: *not checked*,
 * and never taken for removed from git.
 */
export function unsureObjects(
  environment: Environment,
  applications: readonly RenderedApplication[],
  schemas: Schemas,
  declared: readonly Declared[],
): { result: DriftResult; application: string }[] {
  const known = new Set(declared.map(({ resource }) => resourceKey(resource)));
  return applications.flatMap(({ application, rendered }) =>
    rendered.notChecked.flatMap(({ resource: named, reason, place }) => {
      if (!named) return [];
      const namespace = application.namespace ?? environment.namespace;
      const resource = effectiveResource(named, namespace, schemas);
      if (known.has(resourceKey(resource))) return [];
      known.add(resourceKey(resource));
      const nothing = { paths: [], extra: [], notes: [], confirmed: 'local' as const };
      const state = 'unknown' as const;
      const result = { resource, state, reason, source: place, ...nothing };
      return [{ result, application: application.name }];
    }),
  );
}

/** Cluster-scoped kinds lose a namespace, namespaced ones get the one they were meant for. */
export function effectiveResource(
  resource: Resource,
  namespace: string,
  schemas: Schemas,
): Resource {
  const known = schemas.lookup(resource);
  if (known.found && !known.kind.namespaced) return { ...resource, namespace: '' };
  return { ...resource, namespace: resource.namespace || namespace };
}
