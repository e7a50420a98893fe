import type { Cluster } from '../../cluster/cluster.ts';
import { declaredObjects } from '../../drift/declared.ts';
import { isWithin } from '../../environments/folders.ts';
import { type Application, type Environment, foldersOf } from '../../model/environment.ts';
import { type JsonObject, type Resource, resourceKey } from '../../model/resource.ts';
import type { Schemas } from '../../schemas/type.ts';
import type { Workspace } from '../../workspace.ts';
import { renderApplications } from '../rendering.ts';

/** An object as a state of the repository declares it; undefined where it declares none. */
export interface Declaring {
  value: JsonObject | undefined;
}

export interface ObjectsOptions {
  /** As it is found in the present state. */
  environment: Environment;
  schemas: Schemas;
  cluster?: Cluster;
  signal?: AbortSignal;
}

/** What other states of the repository declare of one environment; each application is rendered once per state. */
export class StageObjects {
  readonly #options: ObjectsOptions;
  readonly #made = new WeakMap<Workspace, Map<string, Promise<Made | undefined>>>();

  constructor(options: ObjectsOptions) {
    this.#options = options;
  }

  /**
   * The object that an application declares there, or another application of its environment in its place. Undefined
   * where that is not known: something did not render, or the object is not surely what the engine would apply.
   */
  async find(
    state: Workspace,
    application: Application,
    resource: Resource,
  ): Promise<Declaring | undefined> {
    const there = await this.#there(state, application);
    if (!there) return undefined;
    const key = resourceKey(resource);
    const own = there.application && (await this.#objects(state, there, there.application));
    if (there.application && !own) return undefined;
    if (own?.unsure.has(key)) return undefined;
    const found = own?.objects.get(key);
    if (found) return { value: found };
    for (const other of there.others) {
      const made = await this.#objects(state, there, other);
      if (!made || made.unsure.has(key)) return undefined;
      const moved = made.objects.get(key);
      if (moved) return { value: moved };
    }
    return { value: undefined };
  }

  /** The application as that state declares it, and those beside it; undefined where nobody can say. */
  async #there(state: Workspace, application: Application): Promise<There | undefined> {
    const { name } = this.#options.environment;
    const { environments } = await state.discovery();
    const named = environments.find(each => each.name === name);
    const all = named ? [named, ...environments] : environments;
    for (const environment of all) {
      const found = environment.applications.find(each =>
        isSame(each, application, environment === named),
      );
      if (!found) continue;
      const others = environment.applications.filter(each => each !== found);
      return { environment, application: found, others };
    }
    const present = this.#options.environment;
    const folders = foldersOf(application.source);
    // A chart from elsewhere leaves no trace by which it could be told that it was not there yet.
    if (!application.controller && !named && folders.length === 0) return undefined;
    if (application.controller || !folders.some(folder => hasFolder(state, folder)))
      return { environment: named ?? present, others: named?.applications ?? [] };
    // Nothing there calls it by this name: what counts is what its folder would make.
    return { environment: present, application, others: [] };
  }

  #objects(
    state: Workspace,
    { environment }: There,
    application: Application,
  ): Promise<Made | undefined> {
    const known = this.#made.get(state) ?? new Map<string, Promise<Made | undefined>>();
    this.#made.set(state, known);
    const key = JSON.stringify([environment.name, application.name, application.origin]);
    const made = known.get(key) ?? this.#make(state, environment, application);
    known.set(key, made);
    return made;
  }

  async #make(
    state: Workspace,
    environment: Environment,
    application: Application,
  ): Promise<Made | undefined> {
    const { schemas, cluster, signal } = this.#options;
    const alone = { ...environment, applications: [application] };
    const rendered = await renderApplications(state, alone, {
      trace: false,
      cluster: Promise.resolve(cluster),
      signal,
    });
    if (rendered.some(({ rendered: { failure } }) => failure !== undefined)) return undefined;
    const made: Made = { objects: new Map(), unsure: new Set() };
    for (const { resource, object, notChecked } of declaredObjects(alone, rendered, schemas)) {
      const key = resourceKey(resource);
      made.objects.set(key, object.value);
      if (notChecked !== undefined) made.unsure.add(key);
    }
    for (const { rendered: each } of rendered)
      for (const { resource } of each.notChecked)
        if (resource) made.unsure.add(resourceKey(resource));
    return made;
  }
}

interface There {
  environment: Environment;
  /** Absent where the state does not declare it. */
  application?: Application;
  others: readonly Application[];
}

interface Made {
  objects: Map<string, JsonObject>;
  unsure: Set<string>;
}

/** The object that deploys an application is its identity; without one its name in its environment is. */
function isSame(one: Application, other: Application, inEnvironment: boolean): boolean {
  if (one.controller && other.controller)
    return resourceKey(one.controller) === resourceKey(other.controller) && one.name === other.name;
  return inEnvironment && one.name === other.name && !one.controller === !other.controller;
}

function hasFolder({ repository }: Workspace, folder: string): boolean {
  return repository.files.some(file => isWithin(folder, file));
}
