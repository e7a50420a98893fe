import { jsonOf } from '../manifests/locate.ts';
import type { RepositoryIndex } from '../manifests/repository-index.ts';
import type { Application, Environment } from '../model/environment.ts';
import { isObject, type JsonObject, type Resource, resourceKey } from '../model/resource.ts';
import type { Place } from '../model/source.ts';
import type { Scope } from './across.ts';
import type { RenderedSet } from './input.ts';
import type { Subject } from './places/subject.ts';

/** An object that others may name. */
export interface Known {
  resource: Resource;
  place: Place;
  /** Undefined where its fields are not surely known. */
  value(): JsonObject | undefined;
}

/**
 * Objects among which the references of an engine's objects are looked up: what an environment renders, with the
 * manifests that nothing renders for another one; without an environment all manifests of the repository.
 */
export interface Realm {
  environment: Environment | undefined;
  /** True where every object that the engine's own objects make is known. */
  complete: boolean;
  ofKind(group: string, kind: string): readonly Known[];
  /** Those with the name in the namespace; one that says no namespace may be in any. */
  find(reference: Omit<Resource, 'version'>): readonly Known[];
  set(application: Application): RenderedSet | undefined;
}

/** The realms of a validation, each made when it is first asked for. */
export interface Realms {
  of(subject: Subject): Realm;
  in(environment: Environment): Realm;
}

export function realmsOf(scope: Scope): Realms {
  const environments = scope.checks.input.environments ?? [];
  const byName = new Map(environments.map(environment => [environment.name, environment]));
  const roots = rootsOf(environments);
  const made = new Map<Environment | undefined, Realm>();
  const realm = (environment: Environment | undefined): Realm => {
    const known = made.get(environment) ?? realmOf(scope, environment);
    made.set(environment, known);
    return known;
  };
  return {
    of: ({ environments: [name], place }) =>
      realm(byName.get(name ?? '') ?? roots.get(`${place.file}:${place.line}`)),
    in: realm,
  };
}

/** Objects that deploy others and that nothing deploys themselves, by their place. */
function rootsOf(environments: readonly Environment[]): Map<string, Environment> {
  return new Map(
    environments.flatMap(environment =>
      environment.applications.map(({ origin }) => [`${origin.file}:${origin.line}`, environment]),
    ),
  );
}

function realmOf(scope: Scope, environment: Environment | undefined): Realm {
  const { input } = scope.checks;
  const sets = environment
    ? (scope.sets.get(environment.name) ?? [])
    : [...scope.sets.values()].flat();
  const rendered = sets.flatMap(knownIn);
  const elsewhere = environment ? filesOfOthers(scope, environment) : new Set<string>();
  const kinds = new Map<string, Known[]>();
  const renderedByKind = Map.groupBy(rendered, ({ resource }) => kindKey(resource));
  const ofKind = (group: string, kind: string): readonly Known[] => {
    const key = kindKey({ group, kind });
    const known = kinds.get(key) ?? [
      ...(renderedByKind.get(key) ?? []),
      ...written(input.index, group, kind).filter(({ place }) => !elsewhere.has(place.file)),
    ];
    kinds.set(key, known);
    return known;
  };
  const names = new Map<string, Map<string, Known[]>>();
  const named = (group: string, kind: string, name: string): readonly Known[] => {
    const key = kindKey({ group, kind });
    const known =
      names.get(key) ?? Map.groupBy(ofKind(group, kind), ({ resource }) => resource.name);
    names.set(key, known);
    return known.get(name) ?? [];
  };
  const byApplication = new Map(sets.map(set => [set.application, set]));
  return {
    environment,
    complete:
      environment?.engine === 'flux' &&
      isComplete(environment, byApplication) &&
      ofKind(operator, 'ResourceSet').length === 0,
    ofKind,
    find: ({ group, kind, namespace, name }) =>
      named(group, kind, name).filter(
        ({ resource }) =>
          resource.namespace === namespace || resource.namespace === '' || namespace === '',
      ),
    set: ({ name }) => byApplication.get(name),
  };
}

/** Its objects make others of templates. */
const operator = 'fluxcd.controlplane.io';

function kindKey({ group, kind }: { group: string; kind: string }): string {
  return `${group}/${kind}`;
}

function knownIn({ objects, uncertain = [] }: RenderedSet): Known[] {
  const sure = objects.map(({ resource, value, source }) => ({
    resource,
    place: source,
    value: () => value,
  }));
  const keys = new Set(sure.map(({ resource }) => resourceKey(resource)));
  const unsure = uncertain.flatMap(({ resource, place }) =>
    resource && !keys.has(resourceKey(resource))
      ? [{ resource, place, value: () => undefined }]
      : [],
  );
  return [...sure, ...unsure];
}

/** Files that are rendered for other environments, and for this one: what they make is among the renders. */
function filesOfOthers({ sets }: Scope, environment: Environment): Set<string> {
  const roots = new Set(environment.applications.map(({ origin }) => origin.file));
  const reads = [...sets].flatMap(([name, members]) =>
    name === undefined ? [] : members.flatMap(set => set.reads),
  );
  return new Set(reads.filter(file => !roots.has(file)));
}

function written(index: RepositoryIndex, group: string, kind: string): Known[] {
  return index.ofKind(group, kind).map(({ resource, file, line, document }) => ({
    resource,
    place: { file, line, column: 1 },
    value: () => {
      const value = document.root && jsonOf(document.root);
      return isObject(value) ? value : undefined;
    },
  }));
}

/** Charts are not expected to make an engine's objects, unless their name says so. */
function isComplete(
  environment: Environment,
  sets: ReadonlyMap<string | undefined, RenderedSet>,
): boolean {
  return environment.applications.every(({ name, controller, source }) => {
    if (controller?.kind === 'HelmRelease') return !/flux|gitops|sync/i.test(controller.name);
    const set = sets.get(name);
    return (
      source.kind !== 'unresolved' &&
      set !== undefined &&
      set.failure === undefined &&
      (set.uncertain ?? []).every(({ resource }) => resource !== undefined)
    );
  });
}
