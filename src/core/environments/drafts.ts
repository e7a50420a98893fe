import type { Application, Environment, Unresolved } from '../model/environment.ts';
import { type Resource, resourceKey } from '../model/resource.ts';
import type { Place } from '../model/source.ts';

/** An application before the names in its environment are known. */
export interface Draft {
  application: Omit<Application, 'dependsOn'>;
  /** `resourceKey`s of the controllers it waits for. */
  needs: string[];
}

/**
 * How far objects that deploy each other are followed: a name prefix can make new ones without end.
 */
export const maxDepth = 10;

export function tooDeep({ kind, name }: Resource): string {
  return `${kind} ${name} is deployed through more than ${maxDepth} others, which are not followed`;
}

/** Tells the objects of a repository apart by where they are written. */
export function positionKey({ source }: { source: Place }): string {
  return `${source.file}:${source.line}`;
}

/** Gives each application a name of its own and turns needed controllers into names. */
export function nameApplications(drafts: readonly Draft[]): Application[] {
  const taken = new Set<string>();
  const names = new Map<string, string>();
  const named = drafts.map(({ application, needs }) => {
    const { controller } = application;
    const longer = controller
      ? [
          `${controller.namespace}/${controller.name}`,
          `${controller.kind}/${controller.namespace}/${controller.name}`,
        ]
      : [];
    const numbered = Array.from(
      { length: drafts.length },
      (_, at) => `${application.name}-${at + 2}`,
    );
    const name =
      [application.name, ...longer, ...numbered].find(choice => !taken.has(choice)) ??
      application.name;
    taken.add(name);
    if (controller) names.set(resourceKey(controller), name);
    return { application: { ...application, name }, needs };
  });
  return named.map(({ application, needs }) => ({
    ...application,
    dependsOn: needs.flatMap(key => names.get(key) ?? []),
  }));
}

/** An environment with what conventions say of it: no cluster chosen yet, production protected. */
export function newEnvironment(
  fields: Pick<Environment, 'name' | 'engine' | 'applications' | 'origin'> & {
    unresolved?: Unresolved[];
  },
): Environment {
  return {
    namespace: 'default',
    protected: isProduction(fields.name),
    ignore: [],
    unresolved: [],
    ...fields,
    cluster: { kind: 'none', reason: noCluster(fields.name) },
  };
}

/** Changed by mistake it hurts most: until driftline.yaml says otherwise, whoever writes to it names it. */
function isProduction(name: string): boolean {
  return /(^|[^a-z])(prod|prd|production)([^a-z]|$)/i.test(name);
}

function noCluster(name: string): string {
  return `no cluster is chosen for ${name}; give it a context or a snapshot in driftline.yaml`;
}

export function firstLine(file: string): Place {
  return { file, line: 1, column: 1 };
}

/** The key of an object that another one names; the namespace defaults to the namer's. */
export function referenceKey(
  group: string,
  kind: string,
  reference: { name?: string; namespace?: string },
  from: Resource,
): string {
  return resourceKey({
    group,
    kind,
    namespace: reference.namespace ?? from.namespace,
    name: reference.name ?? '',
  });
}
