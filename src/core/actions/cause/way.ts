import type { Cluster } from '../../cluster/cluster.ts';
import type { Followed } from '../../engines/engine.ts';
import { engineOf } from '../../engines/index.ts';
import { sameRemote } from '../../environments/remotes.ts';
import type { KnownCommit } from '../../git/commits.ts';
import { workingTree } from '../../git/working-tree.ts';
import type { Application } from '../../model/environment.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { CommitStates, Present } from './commit-states.ts';
import type { GitFacts } from './git-facts.ts';
import type { Stage } from './stage.ts';

export interface WayOptions extends Present {
  cluster: Cluster;
  states: CommitStates;
  /** The engines' own objects as they are now, by application. */
  controllers: ReadonlyMap<string, JsonObject>;
  /** The application that deploys the engine's object of another one. */
  parentOf(application: Application): Application | undefined;
  signal?: AbortSignal;
}

/** The states of the repository between the editor and the cluster, as one application goes through them. */
export interface Way {
  stages: readonly [Stage, ...Stage[]];
  /**
   * Who says which commit was deployed: the application's own engine, only the one that deploys the engine's object
   * (so that what follows from there may still be to come), or nobody.
   */
  deployedBy: 'itself' | 'parent' | 'nobody';
  /** The branch, tag or commit that the engine deploys from. */
  follows?: string;
}

/** Works out the ways of one environment's applications; git and the engines are asked once for each thing. */
export class Ways {
  readonly #options: WayOptions;
  readonly #git: GitFacts;
  readonly #ways = new Map<string, Promise<Way>>();

  constructor(options: WayOptions) {
    this.#options = options;
    const { workspace, states, disk } = options;
    this.#git = states.facts(disk?.repository ?? workspace.repository);
  }

  of(application: Application): Promise<Way> {
    const way = this.#ways.get(application.name) ?? this.#way(application);
    this.#ways.set(application.name, way);
    return way;
  }

  get git(): GitFacts {
    return this.#git;
  }

  /** False for a commit that no remote has; true where there is no remote to push to. */
  async isPushed({ at, commit }: Stage): Promise<boolean> {
    if (at === 'pushed' || at === 'followed') return true;
    if (commit === undefined) return false;
    const remotes = await this.#git.remotes();
    return remotes.length === 0 || this.#git.isOnRemote(commit);
  }

  async #way(application: Application): Promise<Way> {
    const [own, followed, deployed] = await Promise.all([
      this.#ownStages(),
      this.#followed(application),
      this.#deployed(application),
    ]);
    const stages: [Stage, ...Stage[]] = [...own];
    if (followed) stages.push(this.#stage('followed', followed.commit));
    if (deployed) stages.push(this.#stage('deployed', deployed.commit));
    const follows = followed && (followed.name === 'HEAD' ? undefined : followed.name);
    return { stages, deployedBy: deployed?.by ?? 'nobody', ...(follows && { follows }) };
  }

  /** Those that do not depend on the application: up to the branch that the checked-out one tracks. */
  async #ownStages(): Promise<readonly [Stage, ...Stage[]]> {
    const { workspace, states, disk, signal } = this.#options;
    const { revision } = workspace.repository;
    if (revision !== workingTree) {
      const commit = await this.#git.commit(revision);
      const read = { at: 'head', content: commit?.tree ?? 'read', commit: revision } as const;
      return [{ ...read, open: async () => workspace }];
    }
    const { head, pushed, changed } = await this.#git.own();
    signal?.throwIfAborted();
    const saved = changed?.length === 0 && head ? head.tree : 'disk';
    const later = [
      ...(head ? [this.#stage('head', head)] : []),
      ...(head && pushed ? [this.#stage('pushed', pushed)] : []),
    ];
    const open = async () => workspace;
    if (!disk) return [{ at: 'disk', content: saved, open }, ...later];
    const onDisk = () => states.onDisk({ workspace, disk });
    return [
      { at: 'present', content: 'present', open },
      { at: 'disk', content: saved, open: onDisk },
      ...later,
    ];
  }

  #stage(at: Stage['at'], { id, tree }: KnownCommit): Stage {
    const open = () => this.#options.states.commit(this.#options, id);
    return { at, content: tree, commit: id, open };
  }

  /** What the engine deploys from, as far as it was fetched. */
  async #followed(
    application: Application,
  ): Promise<{ name: string; commit: KnownCommit } | undefined> {
    const { cluster, controllers, signal } = this.#options;
    const controller = controllers.get(application.name);
    if (!controller) return undefined;
    const said = await engineOf(application).follows({ application, cluster, controller, signal });
    if (!said) return undefined;
    const remote = remoteOf(await this.#git.remotes(), said.url);
    const names = namesOf(said, remote);
    const found = await this.#git.named(names);
    const commit = names.map(name => found.get(name)).find(each => each !== undefined);
    return commit && { name: said.name, commit };
  }

  async #deployed(application: Application, depth = 0): Promise<Deployed | undefined> {
    const { controllers, parentOf } = this.#options;
    const controller = controllers.get(application.name);
    const { revision = '' } = engineOf(application).status(application, controller);
    if (controller && isCommit(revision)) {
      const commit = await this.#git.commit(revision);
      return commit && { by: 'itself', commit };
    }
    const parent = parentOf(application);
    // An engine's object may deploy itself, or two each other.
    if (!parent || parent === application || depth > deepest) return undefined;
    const above = (await this.#deployed(parent, depth + 1))?.commit;
    // A chart that Flux packed from a commit carries that in its version: `0.4.0+5912cc0e37c5`.
    const packed = /\+([0-9a-f]{7,40})$/.exec(revision)?.[1];
    const chart = packed === undefined ? undefined : await this.#git.commit(packed);
    const commit = above && chart ? await this.#older(above, chart) : (above ?? chart);
    return commit && { by: 'parent', commit };
  }

  async #older(one: KnownCommit, other: KnownCommit): Promise<KnownCommit> {
    const common = await this.#git.ancestry(one.id, other.id);
    return common.kind === 'base' && common.commit === other.id ? other : one;
  }
}

interface Deployed {
  by: 'itself' | 'parent';
  commit: KnownCommit;
}

/** Engines' objects that deploy engines' objects. */
const deepest = 5;

function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

/** The remote with the address, else `origin`, else the only one. */
function remoteOf(
  remotes: readonly { name: string; url: string }[],
  url: string | undefined,
): string | undefined {
  const same = remotes.find(remote => url !== undefined && sameRemote(remote.url, url));
  const usual = remotes.find(({ name }) => name === 'origin') ?? remotes[0];
  return (same ?? usual)?.name;
}

/** Where git keeps what the engine names, the likeliest first; then the commit that the engine takes it for. */
function namesOf({ kind, name, commit }: Followed, remote: string | undefined): string[] {
  const branch = remote === undefined ? `refs/heads/${name}` : `refs/remotes/${remote}/${name}`;
  const names = {
    branch: [branch],
    default: [branch],
    tag: [`refs/tags/${name}`],
    commit: [name],
    any: [branch, `refs/tags/${name}`, ...(/^[0-9a-f]{7,40}$/.test(name) ? [name] : [])],
  };
  return [...names[kind], ...(commit === undefined ? [] : [commit])];
}
