import { createHash } from 'node:crypto';
import type { ApiResource, Cluster } from '../../../cluster/cluster.ts';
import type { JsonObject, Resource } from '../../../model/resource.ts';
import { metadataMap, own } from '../../values.ts';
import type { Permissions } from '../permissions.ts';
import { type Mutation, policyMutations, webhookMutations } from './configurations.ts';
import { isShownTo, nameLabel, needsNamespace } from './match.ts';

export interface MutatingAdmission {
  /** Changes with everything that may change what admission makes of an object. */
  epoch: string;
  /** What may rewrite objects; undefined where that may not be read. */
  mutations: readonly Mutation[] | undefined;
  /** Why it is not known. */
  hidden?: string;
  /** The user may not see it; a snapshot that never asked does not say so. */
  forbidden?: boolean;
}

const group = 'admissionregistration.k8s.io';
const webhooks = 'MutatingWebhookConfiguration';
const policies = 'MutatingAdmissionPolicy';
const bindings = 'MutatingAdmissionPolicyBinding';
/** Newest first: the server serves one object in all of them. */
const versions = ['v1', 'v1beta1', 'v1alpha1'];
/** How long a namespace's labels count. */
const labelsAge = 5 * 60_000;
/** How long a missing permission to see the configurations counts, and how long another failure. */
const forbiddenAge = 10 * 60_000;
const failedAge = 30_000;
/** How long an answer counts where lists are not held current. */
const readAge = 30_000;

/** What a cluster's admission may make of objects (drift.md 3.4), read through a held cluster at no cost. */
export class Admission {
  readonly #cluster: Cluster;
  readonly #permissions: Permissions;
  /** True where lists are held current, so that reading them again costs nothing. */
  readonly #held: boolean;
  #hidden: { until: number; answer: MutatingAdmission } | undefined;
  #read: { until: number; answer: Promise<MutatingAdmission> } | undefined;
  readonly #labels = new Map<string, { at: number; labels: Promise<Labels> }>();

  constructor(cluster: Cluster, permissions: Permissions, held: boolean) {
    this.#held = held;
    this.#cluster = cluster;
    this.#permissions = permissions;
  }

  async read(signal?: AbortSignal): Promise<MutatingAdmission> {
    if (this.#held) return this.#readNow(signal);
    // Shared by all who ask, so that no one's signal ends it for the others.
    if (this.#read === undefined || Date.now() > this.#read.until)
      this.#read = { until: Date.now() + readAge, answer: this.#readNow() };
    const answer = await this.#read.answer;
    signal?.throwIfAborted();
    return answer;
  }

  async #readNow(signal?: AbortSignal): Promise<MutatingAdmission> {
    if (this.#hidden && Date.now() < this.#hidden.until) return this.#hidden.answer;
    const discovery = await this.#cluster.discovery(signal);
    const served = discovery.ok ? discovery.resources : [];
    const types = [webhooks, policies, bindings].map(kind => typeOf(served, kind));
    const lists = await Promise.all(types.map(type => this.#list(type, signal)));
    for (const list of lists) {
      if (Array.isArray(list)) continue;
      const { reason: hidden, forbidden } = list;
      const answer = { epoch: 'unknown', mutations: undefined, hidden, forbidden };
      this.#hidden = { until: Date.now() + (forbidden ? forbiddenAge : failedAge), answer };
      return answer;
    }
    const [ofWebhooks = [], ofPolicies = [], ofBindings = []] = lists.filter(Array.isArray);
    return {
      epoch: epochOf([...ofWebhooks, ...ofPolicies, ...ofBindings]),
      mutations: [...webhookMutations(ofWebhooks), ...policyMutations(ofPolicies, ofBindings)],
    };
  }

  /** What may rewrite an object when it is applied; empty where nothing does. */
  async mutationsOf(
    { mutations = [] }: MutatingAdmission,
    written: { type: ApiResource; resource: Resource; live: JsonObject; desired: JsonObject },
    signal?: AbortSignal,
  ): Promise<Mutation[]> {
    if (mutations.length === 0) return [];
    const { type, resource } = written;
    const needed = type.namespaced && mutations.some(needsNamespace);
    const own = { [nameLabel]: resource.namespace };
    const namespaceLabels = needed ? await this.#labelsOf(resource.namespace, signal) : own;
    const shown = { ...written, name: resource.name, namespaceLabels };
    return mutations.filter(mutation => isShownTo(mutation, shown));
  }

  forget(): void {
    this.#hidden = undefined;
    this.#read = undefined;
    this.#labels.clear();
  }

  async #list(
    type: ApiResource | undefined,
    signal?: AbortSignal,
  ): Promise<JsonObject[] | { reason: string; forbidden: boolean }> {
    if (type === undefined) return [];
    if (!(await this.#permissions.may('list', type, '')))
      return { reason: `no permission to list ${type.resource}`, forbidden: true };
    const answer = await this.#cluster.list(type, '', signal);
    if (answer.ok) return answer.objects;
    return { reason: answer.reason, forbidden: answer.why === 'forbidden' };
  }

  #labelsOf(namespace: string, signal?: AbortSignal): Promise<Labels> {
    const known = this.#labels.get(namespace);
    if (known && Date.now() - known.at < labelsAge) return known.labels;
    const labels = this.#readLabels(namespace, signal);
    this.#labels.set(namespace, { at: Date.now(), labels });
    labels.catch(() => this.#labels.delete(namespace));
    return labels;
  }

  async #readLabels(namespace: string, signal?: AbortSignal): Promise<Labels> {
    const discovery = await this.#cluster.discovery(signal);
    const served = discovery.ok ? discovery.resources : [];
    const type = served.find(each => each.group === '' && each.kind === 'Namespace');
    if (type === undefined) return undefined;
    const resource = {
      group: '',
      version: 'v1',
      kind: 'Namespace',
      namespace: '',
      name: namespace,
    };
    const answer = await this.#cluster.get(type, resource, signal, { fresh: true });
    return answer.ok && answer.object ? metadataMap(answer.object, 'labels') : undefined;
  }
}

type Labels = Readonly<Record<string, string>> | undefined;

function typeOf(served: readonly ApiResource[], kind: string): ApiResource | undefined {
  const found = served.filter(type => type.group === group && type.kind === kind);
  return versions.flatMap(version => found.filter(type => type.version === version))[0];
}

function epochOf(objects: readonly JsonObject[]): string {
  const names = objects.map(({ kind, metadata }) =>
    JSON.stringify([kind, own(metadata, 'uid'), own(metadata, 'resourceVersion')]),
  );
  return createHash('sha256').update(names.sort().join()).digest('base64url');
}
