import { type ApiResource, type Cluster, isType } from '../../cluster/cluster.ts';
import type { DriftResult } from '../../model/drift.ts';
import { type Resource, resourceKey } from '../../model/resource.ts';
import type { Schemas } from '../../schemas/type.ts';
import { begin } from '../begin.ts';
import type { CompareOptions, DriftInput } from '../input.ts';
import { Admission, type MutatingAdmission } from './admission/admission.ts';
import { Answers, type QuestionKey } from './answers.ts';
import { type Asked, askServer } from './ask.ts';
import { type AuditOptions, auditObjects } from './audit.ts';
import { confirm, type DryRunAnswer, isAsked, knowsNoDryRun, whyNot } from './dryrun.ts';
import { epochOf } from './epoch.ts';
import { Failing, isPassing } from './failing.ts';
import { LearnedRewrites } from './learned.ts';
import { withoutDryRun } from './messages.ts';
import { Pace } from './pace.ts';
import { noPermission, Permissions } from './permissions.ts';
import { hasController, questionOf } from './question.ts';

export interface ServerWordOptions {
  /** Sends no dry-run: each leaves an entry in the cluster's audit log. */
  localOnly?: boolean;
  /** Hears that `known` may say more than before, or that it is time to ask again. Called seldom. */
  changed?(): void;
}

export interface ConfirmOptions extends CompareOptions {
  /** What a person looks at is asked first. */
  visible?(resource: Resource): boolean;
  /** Hears every answer as it comes. */
  answered?(index: number, result: DriftResult): void;
}

/** For how long answers count, in milliseconds (drift.md 3.5). */
const wordAge = 24 * 60 * 60_000;
const auditAge = 6 * 60 * 60_000;
const forbiddenAge = 10 * 60_000;
const unsettledAge = 30_000;

/**
 * The word of one cluster's API server on what differs locally, by a dry-run of the apply (drift.md 3): admission
 * could still change the answer. Knows for its session what was asked, what may not be asked, what cannot be asked
 * now, and which fields the server was seen to rewrite. A snapshot answers what it was taken with.
 */
export class ServerWord {
  readonly cluster: Cluster;
  readonly permissions: Permissions;
  readonly admission: Admission;
  readonly #localOnly: boolean;
  readonly #changed: () => void;
  readonly #answers = new Answers();
  readonly #learned = new LearnedRewrites();
  readonly #failing = new Failing();
  readonly #pace = new Pace();
  readonly #closed = new AbortController();
  readonly #underWay = new Map<string, Promise<DryRunAnswer | undefined>>();
  /** Objects in sync that the server was asked about all the same. */
  readonly #audited = new Set<string>();
  /** Webhooks that a dry-run does not get past, each with the epoch in which the server said so. */
  readonly #noDryRun = new Map<string, string>();
  #admission: MutatingAdmission | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(cluster: Cluster, { localOnly = false, changed = () => {} }: ServerWordOptions = {}) {
    this.cluster = cluster;
    this.#localOnly = localOnly;
    this.#changed = changed;
    this.permissions = new Permissions(cluster);
    this.admission = new Admission(cluster, this.permissions);
  }

  /**
   * The result as far as it is known without asking, at once: the server's word where it was given on the very same
   * question, the local result where the server is not to be asked. Undefined where `confirm` would ask.
   */
  known(input: DriftInput, local: DriftResult, schemas: Schemas): DriftResult | undefined {
    if (!this.#isOpen(input, local)) return local;
    const key = this.#keyOf(input, schemas);
    const answer = key && this.#answers.find(key, Date.now());
    if (answer) return confirm(local, answer);
    if (local.state === 'synced') return local;
    const failure = this.#failing.reason(scopeOf(input.resource));
    if (failure === undefined) return undefined;
    return confirm(local, { kind: 'unavailable', reason: failure });
  }

  /** What to show of a result until the server answered: a difference that it is known to make itself is in doubt. */
  meanwhile(local: DriftResult): DriftResult {
    if (!this.#learned.explains(local)) return local;
    const reason = 'The server was seen to rewrite this while it applies; its word is awaited.';
    return { ...local, state: 'suspect', reason: local.reason ?? reason };
  }

  /**
   * The results with the server's word, in the order of the inputs; only what is not known is asked, what a person
   * looks at first. When aborted it rejects at once and asks no more; what is under way is kept for the next time.
   */
  async confirm(
    inputs: readonly DriftInput[],
    locals: readonly DriftResult[],
    options: ConfirmOptions,
  ): Promise<DriftResult[]> {
    const results = [...locals];
    if (this.#localOnly) return results;
    this.#admission = await this.admission.read(options.signal);
    const queue: { input: DriftInput; local: DriftResult; index: number; first: boolean }[] = [];
    for (const [index, input] of inputs.entries()) {
      const local = locals[index];
      if (local === undefined) continue;
      const known = this.known(input, local, options.schemas);
      if (known) results[index] = known;
      else queue.push({ input, local, index, first: options.visible?.(input.resource) === true });
    }
    queue.sort((one, other) => Number(other.first) - Number(one.first));
    const work = async () => {
      for (let next = queue.shift(); next; next = queue.shift()) {
        const { input, local, index } = next;
        options.signal?.throwIfAborted();
        const answer = await this.#ask(input, local, options, wordAge);
        const result = answer ? confirm(local, answer) : local;
        results[index] = result;
        options.answered?.(index, result);
      }
    };
    await unlessAborted(Promise.all(Array.from({ length: askers }, work)), options.signal);
    this.#tellWhenToAskAgain();
    return results;
  }

  /**
   * Has the server try objects that are in sync, where mutating admission may make something else of them than what
   * runs (drift.md 3.4). Answers the results with what it found, and one sentence on what it did not reach.
   */
  async audit(
    inputs: readonly DriftInput[],
    results: readonly DriftResult[],
    options: AuditOptions,
  ): Promise<{ results: DriftResult[]; notReached: string[] }> {
    if (this.#localOnly) return { results: [...results], notReached: [] };
    const admission = await this.admission.read(options.signal);
    this.#admission = admission;
    return auditObjects(inputs, results, {
      ...options,
      admission,
      word: this,
      known: (input, result) => this.#knownAudit(input, result, options.schemas),
      ask: async (input, result) => {
        const answer = await this.#ask(input, result, options, auditAge);
        this.#audited.add(resourceKey(input.resource));
        return answer ? confirm(result, answer) : result;
      },
    });
  }

  /** Forgets everything that was answered: a person asks for the server's word anew. */
  forget(): void {
    this.#answers.clear();
    this.#failing.clear();
    this.#learned.clear();
    this.#audited.clear();
    this.#noDryRun.clear();
    this.permissions.forget();
    this.admission.forget();
  }

  /** Ends what is under way; leaves the cluster open. */
  close(): void {
    this.#closed.abort(new Error('the comparison was closed'));
    clearTimeout(this.#timer);
  }

  /** The type that a resource is served as; undefined where there is none. */
  async typeOf(resource: Resource, signal?: AbortSignal): Promise<ApiResource | undefined> {
    const discovery = await this.cluster.discovery(signal);
    const types = discovery.ok ? discovery.resources : [];
    return types.find(type => isType(type, resource));
  }

  /** True where the server's word counts: what it was asked about, or may be. */
  #isOpen(input: DriftInput, local: DriftResult): boolean {
    const isOpen =
      local.state === 'synced' ? this.#audited.has(resourceKey(input.resource)) : isAsked(local);
    if (this.#localOnly || !isOpen || input.live === undefined) return false;
    return !hasController(input.live);
  }

  #knownAudit(input: DriftInput, result: DriftResult, schemas: Schemas): DriftResult | undefined {
    const key = this.#keyOf(input, schemas);
    const answer = key && this.#answers.find(key, Date.now());
    return answer && confirm(result, answer);
  }

  /** Undefined while it is not known what admission there is. */
  #keyOf(input: DriftInput, schemas: Schemas): QuestionKey | undefined {
    if (this.#admission === undefined || input.live === undefined) return undefined;
    const kind = schemas.lookup(input.resource);
    return this.#answers.keyOf(input, input.live, {
      epoch: epochOf(this.cluster.identity, this.#admission, input.resource, schemas),
      statusApart: kind.found && kind.kind.hasStatusSubresource,
    });
  }

  /** Undefined where the server is not to be asked. Two who ask the same wait for one answer. */
  async #ask(
    input: DriftInput,
    local: DriftResult,
    options: CompareOptions,
    age: number,
  ): Promise<DryRunAnswer | undefined> {
    const key = this.#keyOf(input, options.schemas);
    if (key === undefined) return undefined;
    for (;;) {
      const shared = this.#underWay.get(key.version);
      if (shared === undefined) break;
      // Who asked first may have been told to stop before it was sent.
      const answer = await shared.catch(() => 'stopped' as const);
      if (answer !== 'stopped') return answer;
      options.signal?.throwIfAborted();
    }
    const asking = this.#askAnew(input, local, options, { key, age });
    this.#underWay.set(key.version, asking);
    try {
      return await asking;
    } finally {
      this.#underWay.delete(key.version);
    }
  }

  async #askAnew(
    input: DriftInput,
    local: DriftResult,
    options: CompareOptions,
    { key, age }: { key: QuestionKey; age: number },
  ): Promise<DryRunAnswer | undefined> {
    const begun = await begin(input, options.schemas);
    const type = await this.typeOf(input.resource, options.signal);
    if ('settled' in begun || !type?.verbs.includes('patch')) return undefined;
    const { open } = begun;
    const put = (answer: DryRunAnswer, until: number) => {
      this.#answers.put(key, answer, Date.now() + until);
      return answer;
    };
    const question = await questionOf(open, type, options);
    if (question === undefined) return undefined;
    if (question === 'empty') return put({ kind: 'same' }, age);
    const { namespace } = input.resource;
    if (!(await this.permissions.may('patch', type, namespace)))
      return put(await this.#forbidden(input, open.desired, type), forbiddenAge);
    const scope = scopeOf(input.resource);
    const failure = this.#failing.reason(scope) ?? (await this.#inTheWay(input, type));
    if (failure !== undefined) return { kind: 'unavailable', reason: failure };
    const asked = await askServer(open, question, {
      cluster: this.cluster,
      schemas: options.schemas,
      pace: this.#pace,
      signal: options.signal,
      closed: this.#closed.signal,
    });
    const { answer, object, refusal } = asked;
    if (object) this.#learned.learn(local, answer, { desired: open.desired, stored: object });
    // A snapshot was not asked this when it was taken: what it holds is compared, and nothing else.
    if (refusal?.status === 405 && this.cluster.identity.snapshot) return undefined;
    if (refusal === undefined || !isPassing(refusal)) this.#failing.answered(scope);
    return this.#kept(asked, { type, scope, namespace, age, put });
  }

  /** Keeps an answer for as long as it counts; what passes is not kept with the object but with its kind. */
  #kept({ answer, refusal }: Asked, { type, scope, namespace, age, put }: Keeping): DryRunAnswer {
    if (answer.kind === 'unavailable') {
      if (answer.forbidden) this.permissions.refused('patch', type, namespace);
      return put(answer, answer.forbidden ? forbiddenAge : unsettledAge);
    }
    if (refusal === undefined) return put(answer, age);
    const reason = whyNot(refusal.status, refusal.reason);
    if (isPassing(refusal)) {
      this.#failing.failed(scope, reason);
      return { kind: 'unavailable', reason };
    }
    const webhook = withoutDryRun(refusal.reason);
    if (webhook === undefined) return put(answer, age);
    // It stays so until its configuration changes, where those can be read.
    const { mutations, epoch = '' } = this.#admission ?? {};
    this.#noDryRun.set(webhook, epoch);
    return put(answer, mutations === undefined ? forbiddenAge : age);
  }

  /** Why a dry-run would fail for certain: a webhook is shown the object that was said to know no dry-runs. */
  async #inTheWay({ resource, live, desired }: DriftInput, type: ApiResource) {
    if (this.#noDryRun.size === 0 || !this.#admission || !live) return undefined;
    const written = { type, resource, live, desired };
    const mutations = await this.admission.mutationsOf(this.#admission, written);
    const found = mutations.find(
      ({ webhook, conditional }) =>
        webhook !== undefined &&
        !conditional &&
        this.#noDryRun.get(webhook) === this.#admission?.epoch,
    );
    return found?.webhook === undefined ? undefined : knowsNoDryRun(found.webhook);
  }

  /** A user without the permission is told what else may be the reason of a difference. */
  async #forbidden(
    { resource, live }: DriftInput,
    desired: DriftInput['desired'],
    type: ApiResource,
  ): Promise<DryRunAnswer> {
    const reason = noPermission('patch', type, resource.namespace);
    if (this.#admission === undefined || live === undefined)
      return { kind: 'unavailable', reason, forbidden: true };
    const written = { type, resource, live, desired };
    const [mutation] = await this.admission.mutationsOf(this.#admission, written);
    const rewrites = mutation ? ` The ${mutation.name} may rewrite it.` : '';
    return { kind: 'unavailable', reason: `${reason}${rewrites}`, forbidden: true };
  }

  /** What failed for a while is asked again without anything else having to happen. */
  #tellWhenToAskAgain(): void {
    clearTimeout(this.#timer);
    const now = Date.now();
    const ends = [this.#failing.nextEnd(now), this.#answers.nextExpiry(now)];
    const next = Math.min(...ends.map(end => end ?? Number.POSITIVE_INFINITY));
    if (!Number.isFinite(next) || this.#closed.signal.aborted) return;
    this.#timer = setTimeout(() => this.#changed(), next - now + 1);
    this.#timer.unref();
  }
}

interface Keeping {
  type: ApiResource;
  scope: string;
  namespace: string;
  age: number;
  put(answer: DryRunAnswer, until: number): DryRunAnswer;
}

/** How many objects are prepared at a time; how many requests run at a time is the pace's to say. */
const askers = 16;

/** Objects that fail together: of one kind in one namespace. */
function scopeOf({ group, kind, namespace }: Resource): string {
  return `${group}/${kind}/${namespace}`;
}

/** Rejects as soon as the signal is aborted, whatever the work does then. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  work.catch(() => {});
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
