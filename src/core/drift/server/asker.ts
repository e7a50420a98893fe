import { type ApiResource, type Cluster, isType } from '../../cluster/cluster.ts';
import type { DriftResult } from '../../model/drift.ts';
import type { Resource } from '../../model/resource.ts';
import type { Schemas } from '../../schemas/type.ts';
import { begin } from '../begin.ts';
import type { CompareOptions, DriftInput } from '../input.ts';
import { Admission, type MutatingAdmission } from './admission/admission.ts';
import type { Agreements } from './agreements.ts';
import { Answers, type QuestionKey } from './answers.ts';
import { type Asked, askServer, kindOf } from './ask.ts';
import { type DryRunAnswer, knowsNoDryRun, whyNot } from './dryrun.ts';
import { epochOf } from './epoch.ts';
import { Failing, isPassing } from './failing.ts';
import { LearnedRewrites } from './learned.ts';
import { withoutDryRun } from './messages.ts';
import { Pace } from './pace.ts';
import { noPermission, Permissions } from './permissions.ts';
import { questionOf } from './question.ts';

/** For how long these count, in milliseconds (drift.md 3.5): a missing permission, and an object that changes. */
const forbiddenAge = 10 * 60_000;
const unsettledAge = 30_000;
/** Milliseconds: what the server agrees to is written together. */
const saveAfter = 5_000;

/** Asks one cluster's server about one object after another, each question once, and not what cannot be answered. */
export class Asker {
  readonly cluster: Cluster;
  readonly permissions: Permissions;
  readonly admission: Admission;
  readonly learned = new LearnedRewrites();
  readonly #answers: Answers;
  readonly #agreements: Agreements | undefined;
  readonly #failing = new Failing();
  readonly #pace = new Pace();
  readonly #closed = new AbortController();
  readonly #underWay = new Map<string, Promise<DryRunAnswer | undefined>>();
  /** Webhooks that a dry-run does not get past, each with the epoch in which the server said so. */
  readonly #noDryRun = new Map<string, string>();
  #admission: MutatingAdmission | undefined;
  #saving: NodeJS.Timeout | undefined;

  /** `held`: its lists are held current. */
  constructor(cluster: Cluster, held: boolean, agreements?: Agreements) {
    this.cluster = cluster;
    this.#agreements = agreements;
    this.#answers = new Answers(agreements && (text => agreements.hash(text)));
    this.permissions = new Permissions(cluster);
    this.admission = new Admission(cluster, this.permissions, held);
  }

  /** Looks what admission there is now; nothing is known and nothing asked before. */
  async look(signal?: AbortSignal): Promise<MutatingAdmission> {
    const admission = await this.admission.read(signal);
    this.#admission = admission;
    return admission;
  }

  /** The answer to the very same question, where there was one. */
  known(input: DriftInput, schemas: Schemas): DryRunAnswer | undefined {
    const key = this.#keyOf(input, schemas);
    return key && this.#answers.find(key, Date.now());
  }

  /** True where the server agreed to this in an earlier session, and nothing that it depends on is another now. */
  agreed(input: DriftInput, local: DriftResult, schemas: Schemas): boolean {
    const key = this.#agreements && this.#keyOf(input, schemas);
    return key !== undefined && this.#agreements?.knows(key.version, local) === true;
  }

  /** Keeps for later sessions that the server agreed; not where nobody may read what admission there is. */
  keepAgreed(input: DriftInput, local: DriftResult, schemas: Schemas): void {
    const key = this.#admission?.mutations && this.#keyOf(input, schemas);
    if (!key || !this.#agreements) return;
    this.#agreements.add(key.version, local);
    this.#saving ??= setTimeout(() => this.#save(), saveAfter);
    this.#saving.unref();
  }

  /** Why nothing of the kind is asked now. */
  failure(resource: Resource): string | undefined {
    return this.#failing.reason(scopeOf(resource));
  }

  /** Looks for which of these kinds webhooks are called, so that few of them are asked about at a time. */
  async lookForWebhooks(inputs: readonly DriftInput[], signal?: AbortSignal): Promise<void> {
    const { mutations = [] } = this.#admission ?? {};
    if (!mutations.some(({ webhook }) => webhook !== undefined)) return;
    const known = new Set<string>();
    for (const { resource, live, desired } of inputs) {
      const kind = kindOf(resource);
      if (known.has(kind) || !live || !this.#admission) continue;
      const type = await this.typeOf(resource, signal);
      const written = type && { type, resource, live, desired };
      const found = written
        ? await this.admission.mutationsOf(this.#admission, written, signal)
        : [];
      if (!found.some(({ webhook }) => webhook !== undefined)) continue;
      this.#pace.isHeavy(kind);
      known.add(kind);
    }
  }

  /** False where a question about it would only wait for others about its kind. */
  hasRoom(resource: Resource): boolean {
    return this.#pace.hasRoom(kindOf(resource));
  }

  /** In how many milliseconds more may be known by asking again; undefined where nothing is open. */
  nextTime(): number | undefined {
    const now = Date.now();
    const ends = [this.#failing.nextEnd(now), this.#answers.nextExpiry(now)];
    const next = Math.min(...ends.map(end => end ?? Number.POSITIVE_INFINITY));
    return Number.isFinite(next) && !this.#closed.signal.aborted ? next - now + 1 : undefined;
  }

  forget(): void {
    this.#answers.clear();
    this.#agreements?.clear();
    this.#failing.clear();
    this.#noDryRun.clear();
    this.learned.clear();
    this.permissions.forget();
    this.admission.forget();
  }

  close(): void {
    this.#save();
    this.#closed.abort(new Error('the comparison was closed'));
  }

  /** The type that a resource is served as; undefined where there is none. */
  async typeOf(resource: Resource, signal?: AbortSignal): Promise<ApiResource | undefined> {
    const discovery = await this.cluster.discovery(signal);
    const types = discovery.ok ? discovery.resources : [];
    return types.find(type => isType(type, resource));
  }

  /** Writes what later sessions may know. */
  #save(): void {
    clearTimeout(this.#saving);
    this.#saving = undefined;
    this.#agreements?.save();
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
  async ask(
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
    if (object) this.learned.learn(local, answer, { desired: open.desired, stored: object });
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
}

interface Keeping {
  type: ApiResource;
  scope: string;
  namespace: string;
  age: number;
  put(answer: DryRunAnswer, until: number): DryRunAnswer;
}

/** Objects that fail together: of one kind in one namespace. */
function scopeOf({ group, kind, namespace }: Resource): string {
  return `${group}/${kind}/${namespace}`;
}
