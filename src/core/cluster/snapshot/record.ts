import type { JsonObject, Resource } from '../../model/resource.ts';
import type {
  Access,
  ApiResource,
  Cluster,
  ClusterIdentity,
  DiscoveryAnswer,
  DryRunQuestion,
  DryRunReply,
  ListAnswer,
  WatchEvent,
} from '../cluster.ts';

type GetAnswer = Awaited<ReturnType<Cluster['get']>>;

type HelmRelease = Parameters<NonNullable<Cluster['helmRelease']>>[0];

type About = Parameters<NonNullable<Cluster['events']>>[0];

/** What was asked of a cluster, each question once, and what it answered. */
export interface ClusterRecord {
  discovery: DiscoveryAnswer | undefined;
  lists: { type: ApiResource; namespace: string; answer: ListAnswer }[];
  gets: { type: ApiResource; resource: Resource; answer: GetAnswer }[];
  dryRuns: { question: DryRunQuestion; answer: DryRunReply }[];
  releases: { release: HelmRelease; answer: GetAnswer }[];
  events: { about: About; answer: JsonObject[] }[];
  permissions: { access: Access; answer: boolean | undefined }[];
}

/**
 * A cluster that keeps what it was asked and what it answered: a snapshot of that answers the same
 * questions alike, whatever a comparison asks. A question is passed on once. Closing it leaves the
 * cluster behind it open.
 */
export class RecordingCluster implements Cluster {
  readonly identity: ClusterIdentity;
  readonly #cluster: Cluster;
  readonly #discovery: { answer?: Promise<DiscoveryAnswer> } = {};
  readonly #lists = new Map<string, Asked<ClusterRecord['lists'][number]>>();
  readonly #gets = new Map<string, Asked<ClusterRecord['gets'][number]>>();
  readonly #releases = new Map<string, Asked<ClusterRecord['releases'][number]>>();
  readonly #events = new Map<string, Asked<ClusterRecord['events'][number]>>();
  readonly #permissions = new Map<string, Asked<ClusterRecord['permissions'][number]>>();
  readonly #dryRuns = new Map<string, Asked<ClusterRecord['dryRuns'][number]>>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
    this.identity = cluster.identity;
  }

  /** Everything that was answered so far. */
  async record(): Promise<ClusterRecord> {
    return {
      discovery: await this.#discovery.answer,
      lists: await answers(this.#lists),
      gets: await answers(this.#gets),
      dryRuns: await answers(this.#dryRuns),
      releases: await answers(this.#releases),
      events: await answers(this.#events),
      permissions: await answers(this.#permissions),
    };
  }

  discovery(signal?: AbortSignal): Promise<DiscoveryAnswer> {
    this.#discovery.answer ??= this.#cluster.discovery(signal);
    return this.#discovery.answer;
  }

  list(type: ApiResource, namespace: string, signal?: AbortSignal): Promise<ListAnswer> {
    const ask = () => this.#cluster.list(type, namespace, signal);
    return once(this.#lists, [typeKey(type), namespace], { type, namespace }, ask);
  }

  get(
    type: ApiResource,
    resource: Resource,
    signal?: AbortSignal,
    how?: { fresh: boolean },
  ): Promise<GetAnswer> {
    if (how?.fresh) return this.#cluster.get(type, resource, signal, how);
    const { namespace, name } = resource;
    const ask = () => this.#cluster.get(type, resource, signal);
    return once(this.#gets, [typeKey(type), namespace, name], { type, resource }, ask);
  }

  dryRun(question: DryRunQuestion, signal?: AbortSignal): Promise<DryRunReply> {
    const ask = () => this.#cluster.dryRun(question, signal);
    return once(this.#dryRuns, [question], { question }, ask);
  }

  mayI(access: Access, signal?: AbortSignal): Promise<boolean | undefined> {
    const ask = () => this.#cluster.mayI?.(access, signal) ?? Promise.resolve(undefined);
    return once(this.#permissions, [access], { access }, ask);
  }

  helmRelease(release: HelmRelease, signal?: AbortSignal): Promise<GetAnswer> {
    const none: GetAnswer = { ok: true, object: undefined };
    const ask = () => this.#cluster.helmRelease?.(release, signal) ?? Promise.resolve(none);
    return once(this.#releases, [release], { release }, ask);
  }

  events(about: About, signal?: AbortSignal): Promise<JsonObject[]> {
    const ask = () => this.#cluster.events?.(about, signal) ?? Promise.resolve([]);
    return once(this.#events, [about], { about }, ask);
  }

  openApi(type: { group: string; version: string }, signal?: AbortSignal) {
    return this.#cluster.openApi?.(type, signal) ?? Promise.resolve(undefined);
  }

  watch(type: ApiResource, namespace: string, listener: (event: WatchEvent) => void): () => void {
    return this.#cluster.watch(type, namespace, listener);
  }

  close(): void {}
}

type Asked<T extends { answer: unknown }> = Omit<T, 'answer'> & { answer: Promise<T['answer']> };

function once<T extends { answer: unknown }>(
  known: Map<string, Asked<T>>,
  parts: unknown[],
  question: Omit<T, 'answer'>,
  ask: () => Promise<T['answer']>,
): Promise<T['answer']> {
  const key = JSON.stringify(parts);
  const asked = known.get(key) ?? { ...question, answer: ask() };
  known.set(key, asked);
  return asked.answer;
}

async function answers<T extends { answer: unknown }>(asked: Map<string, Asked<T>>): Promise<T[]> {
  return Promise.all(
    [...asked.values()].map(async each => ({ ...each, answer: await each.answer }) as T),
  );
}

function typeKey({ group, version, resource }: ApiResource): string {
  return `${group}/${version}/${resource}`;
}
