import type { Cluster } from '../../cluster/cluster.ts';
import type { Compared } from '../../drift/environment-input.ts';
import { chooseProfile } from '../../drift/owners/profile.ts';
import { lastApplied } from '../../drift/prepare/last-applied.ts';
import { engineOf } from '../../engines/index.ts';
import type { Cause, DriftPath, DriftResult, DriftState } from '../../model/drift.ts';
import { type Application, secretValues } from '../../model/environment.ts';
import type { JsonObject, Resource } from '../../model/resource.ts';
import type { CommitStates, Present } from './commit-states.ts';
import { changeHint, type HintSources, mayHaveEvent } from './hints.ts';
import { causeInCluster, foreignOwners, type InCluster } from './in-cluster.ts';
import { repositoryCause, type Travelled } from './path-cause.ts';
import type { Stage } from './stage.ts';
import type { Declaring, StageObjects } from './stage-objects.ts';
import { fieldOf, sameValue } from './values.ts';
import type { Way, Ways } from './way.ts';
import { wholeCause } from './whole-cause.ts';

const differing: readonly DriftState[] = [
  'drifted',
  'missing',
  'invalid',
  'suspect',
  'terminating',
  'prune-candidate',
  'orphan',
];

/** False for what does not differ, or nobody knows whether it does. */
export function wantsCause({ state }: DriftResult): boolean {
  return differing.includes(state);
}

/** True where an Event may tell more about who changed something. */
/** True where somebody changed something in the cluster, so that more may be told of it. */
export function wantsHints({ paths }: DriftResult): boolean {
  return paths.some(({ cause }) => cause?.kind === 'changed-in-cluster');
}

export function wantsEvents({ paths, resource }: DriftResult): boolean {
  return (
    resource.kind !== 'Secret' &&
    paths.some(path => path.cause?.kind === 'changed-in-cluster' && mayHaveEvent(path))
  );
}

export interface ObjectCausesOptions extends Present {
  applications: ReadonlyMap<string, Application>;
  cluster: Cluster;
  controllers: ReadonlyMap<string, JsonObject>;
  states: CommitStates;
  ways: Ways;
  objects: StageObjects;
  /** True where what an engine applied may be another thing than its commit says. */
  isUnsure(application: Application): boolean | undefined;
  signal?: AbortSignal;
}

/** Finds the causes of one environment's results. */
export class ObjectCauses {
  readonly #options: ObjectCausesOptions;
  readonly #delays = new Map<string, Promise<string | undefined>>();

  constructor(options: ObjectCausesOptions) {
    this.#options = options;
  }

  async of(result: DriftResult, compared: Compared): Promise<DriftResult> {
    const { declared } = compared;
    const application =
      declared?.application ?? this.#options.applications.get(compared.application);
    if (!application) return result;
    const way = await this.#options.ways.of(application);
    const about = { application, way, declared: declared?.object.value };
    const object = this.#declaringAt(result.resource, about);
    if (result.paths.length === 0) {
      const cause = await wholeCause(result, compared.live, this.#travelled(about, object));
      return cause ? { ...result, cause } : result;
    }
    const paths = await Promise.all(
      result.paths.map(path => this.#ofPath(path, compared, about, object)),
    );
    return { ...result, paths: followingOthers(paths) };
  }

  /** The same with what else is told about the fields that somebody changed in the cluster. */
  withHints(result: DriftResult, compared: Compared | undefined, from: HintSources): DriftResult {
    const live = compared?.live;
    if (!live || !wantsHints(result)) return result;
    const profile = chooseProfile(live, compared.input?.owners ?? {});
    const secrets = compared.declared ? secretValues(compared.declared.application.source) : [];
    const paths = result.paths.map(path => {
      const { cause } = path;
      if (cause?.kind !== 'changed-in-cluster' || cause.reason !== undefined) return path;
      const hint = changeHint(path, live, foreignOwners(path, profile), from);
      const told = hint !== undefined && !secrets.some(secret => hint.includes(secret));
      return told ? { ...path, cause: { ...cause, reason: hint } } : path;
    });
    return { ...result, paths };
  }

  async #ofPath(
    path: DriftPath,
    compared: Compared,
    about: About,
    object: DeclaringAt,
  ): Promise<DriftPath> {
    if (compared.declared?.object.volatile?.includes(path.path)) return path;
    const travelled = this.#travelled(about, async stage => {
      const found = await object(stage);
      return found && { value: fieldOf(found.value, path.path) };
    });
    const { cause, last } = await repositoryCause(travelled);
    if (cause) return { ...path, cause };
    const { live, input } = compared;
    if (!last || !live) return path;
    const profile = chooseProfile(live, input?.owners ?? {});
    const before = lastApplied(live, profile, input?.previous);
    const declared = fieldOf(about.declared, path.path);
    const isCommitted = last.at !== 'present' && last.at !== 'disk';
    if (last.at !== 'deployed' && isCommitted && before && before !== 'unreadable') {
      // Where no engine says a commit, the manifest that was applied last is what it applied.
      if (!sameValue(fieldOf(before, path.path), declared)) {
        const pushed = await travelled.ways.isPushed(last);
        return { ...path, cause: { kind: pushed ? 'not-synced' : 'not-pushed' } };
      }
      return withCause(path, causeInCluster(path, { live, profile, applied: 'stated' }));
    }
    const applied = this.#applied(last, about);
    const found = causeInCluster(path, { live, profile, applied });
    if (found) return withCause(path, found);
    const complaint = applied === 'applied' ? undefined : await this.#complaint(about.application);
    return complaint === undefined
      ? path
      : { ...path, cause: { kind: 'not-synced', reason: complaint } };
  }

  #applied(last: Stage, { way, application }: About): InCluster['applied'] {
    if (way.deployedBy === 'nobody' || last !== way.stages.at(-1)) return 'unknown';
    const isUnsure = way.deployedBy === 'parent' || this.#options.isUnsure(application);
    return isUnsure ? 'stated' : 'applied';
  }

  /** What is in the engine's way, where it says that something is. */
  async #complaint(application: Application): Promise<string | undefined> {
    const controller = this.#options.controllers.get(application.name);
    if (!controller) return undefined;
    const { trouble, suspended } = engineOf(application).status(application, controller);
    return trouble !== undefined || suspended ? this.#delay(application) : undefined;
  }

  #delay(application: Application): Promise<string | undefined> {
    const { cluster, controllers, signal } = this.#options;
    const known = this.#delays.get(application.name);
    if (known) return known;
    const controller = controllers.get(application.name);
    const secrets = secretValues(application.source);
    const said = engineOf(application)
      .delays({ application, cluster, controller, signal })
      .then(text => (text && !secrets.some(secret => text.includes(secret)) ? text : undefined));
    this.#delays.set(application.name, said);
    return said;
  }

  #declaringAt(resource: Resource, { application, way, declared }: About): DeclaringAt {
    const { objects } = this.#options;
    const [first] = way.stages;
    return async stage => {
      if (stage === first) return { value: declared };
      const state = await stage.open().catch(() => undefined);
      return state && objects.find(state, application, resource);
    };
  }

  #travelled<T>(about: About, at: Travelled<T>['at']): Travelled<T> {
    const { application, way } = about;
    const { states, ways } = this.#options;
    return {
      application,
      way,
      ways,
      at,
      open: commit => () => states.commit(this.#options, commit),
      delay: () => this.#delay(application),
      complaint: () => this.#complaint(application),
      applied: last => this.#applied(last, about),
    };
  }
}

type DeclaringAt = (stage: Pick<Stage, 'open'>) => Promise<Declaring | undefined>;

interface About {
  application: Application;
  way: Way;
  /** The object in the present state; undefined where nothing declares it. */
  declared: JsonObject | undefined;
}

function withCause(path: DriftPath, cause: Cause | undefined): DriftPath {
  return cause ? { ...path, cause } : path;
}

/** What follows from an edit that is on its way begins where that does. */
function followingOthers(paths: DriftPath[]): DriftPath[] {
  const edits = paths.flatMap(({ cause, consequence }) =>
    cause && !consequence && isOnItsWay(cause) ? [cause] : [],
  );
  const [first, ...others] = edits;
  if (!first || others.some(({ kind }) => kind !== first.kind)) return paths;
  return paths.map(path =>
    path.consequence && !(path.cause && isOnItsWay(path.cause)) ? { ...path, cause: first } : path,
  );
}

function isOnItsWay({ kind }: Cause): boolean {
  return kind !== 'changed-in-cluster' && kind !== 'default-or-webhook';
}
