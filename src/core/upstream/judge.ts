import { createHash } from 'node:crypto';
import type { DriftPath, OwnerProfile } from '../model/drift.ts';
import type { Severity } from '../model/finding.ts';
import type { Json, JsonObject } from '../model/resource.ts';
import { UpstreamError } from './error.ts';
import { type ProgramOptions, ResidentProgram } from './process.ts';
import { requireProgram } from './programs.ts';

/** One thing the API server would say about an object. */
export interface JudgeFinding {
  /**
   * parse: not readable. kind, version: not served by the target. decode: a value of a wrong type.
   * strict: unknown field, or a key twice. invalid: refused by validation. warning: accepted with a
   * warning. unchecked: the judge cannot say (its kind is not known here); never to be shown as green.
   * suspect: of this field it cannot say what a server of the target version does; nor is that green.
   */
  step:
    | 'parse'
    | 'kind'
    | 'version'
    | 'decode'
    | 'strict'
    | 'invalid'
    | 'warning'
    | 'unchecked'
    | 'suspect';
  /** Field path (`model/path.ts`) with list indices, where it is known. */
  path?: string;
  /** Kubernetes' machine-readable cause, such as `FieldValueRequired`. */
  type?: string;
  message: string;
  severity: Severity;
  /** The first version that refuses it, such as `1.34`: the target still accepts it. */
  since?: string;
}

/** Asks what the next apply of `desired` by its owner would make of `live`. */
export interface ApplyQuestion extends OwnerProfile {
  /** The full object, with managedFields. */
  live: JsonObject;
  desired: JsonObject;
  /** csa3: the object in the previous Helm release. */
  previous?: JsonObject;
  /** Whether conflicts with other managers are forced; true when absent. */
  force?: boolean;
  /** Asks for `ApplyVerdict.predicted`. */
  wantPredicted?: boolean;
  /** Asks for `ApplyVerdict.patch`. */
  wantPatch?: boolean;
}

/** The request that a client-side apply sends; one with an empty body is not sent. */
export interface ClientPatch {
  contentType: 'application/strategic-merge-patch+json' | 'application/merge-patch+json';
  body: JsonObject;
}

export type ApplyChange = Pick<DriftPath, 'path' | 'kind' | 'consequence'> & {
  desired?: Json;
  live?: Json;
  becomes?: Json;
};

export interface ApplyVerdict {
  /** Nothing would change, and nothing is refused. */
  equal: boolean;
  changes: ApplyChange[];
  /** The server would refuse the apply; `changes` are what it would have changed. */
  refused?: {
    /** 400, 500: the manifest cannot be read. 409: other managers own fields. 422: the result is invalid. */
    code: number;
    message: string;
    findings: JudgeFinding[];
    /** The manifest by itself is valid; only this change of the living object is refused (immutable). */
    recreate: boolean;
  };
  /** Why the judge cannot say; then nothing else counts. */
  unchecked?: string;
  /** Why a server of the target version may answer otherwise; the rest is then a guess. */
  suspect?: string;
  /**
   * The object as it would be stored, without managedFields, where it was asked for and the apply is not
   * refused. Its uid, resourceVersion and creationTimestamp are those of `live`. In mode flux, what
   * kubectl left behind is taken over first, as Flux does, which a dry-run of the apply alone does not.
   */
  predicted?: JsonObject;
  /** Modes csa and csa3: what the client would send, where it was asked for; also when it is refused. */
  patch?: ClientPatch;
}

export interface JudgeOptions {
  /** Kubernetes version to judge for, such as `1.33`; the judge's own when absent. */
  target?: string;
  /** CustomResourceDefinitions of the environment. The array is taken to stay as it is. */
  customTypes?: JsonObject[];
}

/** What is known of the cluster that objects come to. */
export interface Surroundings {
  /** ValidatingAdmissionPolicies and their bindings; those that the server would refuse are left out. */
  policies: JsonObject[];
  /** Namespaces, and objects that may be parameters of policies. */
  others: JsonObject[];
  /** Nothing else is there; otherwise what is not known may be. */
  whole?: boolean;
}

/** What one ValidatingAdmissionPolicy says of the creation of an object. */
export interface PolicyDecision {
  /** Its name; empty where no policy could be asked. */
  policy: string;
  binding?: string;
  /** Index in `spec.validations`; absent where it is about the policy as a whole. */
  validation?: number;
  /** Deny: the server refuses the object. Absent where it is not decided. */
  action?: 'Deny' | 'Warn' | 'Audit';
  /** In the server's words, without the names of the policy and the binding. */
  message?: string;
  reason?: string;
  /** Why it is not decided. */
  unchecked?: string;
}

/** Minor version of Kubernetes whose code the judge is; what it says of others is emulated. */
export const judgeVersion = '1.36';

/** How many objects go into one request: requests are what can be cancelled. The judge uses all processors itself. */
const chunkSize = 100;
/** About how many bytes: the judge shall stay small where objects are large. */
const chunkBytes = 4 << 20;

/** Kubernetes' own decoding, validation and apply, as functions: the resident program `upstream/judge`. */
export class Judge {
  readonly #program: ResidentProgram;
  readonly #typeSets = new WeakMap<JsonObject[], string>();

  /** Throws a `UserError` when no program is named and none is built. */
  constructor(program = requireProgram('judge'), options: ProgramOptions = {}) {
    this.#program = new ResidentProgram({ program }, options);
  }

  /** The judge's Kubernetes version. */
  async version(signal?: AbortSignal): Promise<string> {
    return (await this.#program.request<{ version: string }>('ping', {}, signal)).version;
  }

  /** Has the program started, and what its first apply would wait for made, beside other work. */
  async warm(signal?: AbortSignal): Promise<void> {
    await this.#program.request('warm', {}, signal);
  }

  /** What creating each object would be answered, one list per object. */
  validate(
    objects: JsonObject[],
    options: JudgeOptions = {},
    signal?: AbortSignal,
  ): Promise<JudgeFinding[][]> {
    return this.#inChunks(objects, signal, {
      ask: async chunk => {
        const body = { objects: chunk, target: options.target };
        return (await this.#ask<{ findings: JudgeFinding[][] }>('validate', body, options, signal))
          .findings;
      },
      lost: message => [{ step: 'unchecked', severity: 'information', message }],
    });
  }

  /**
   * What the policies of a cluster say to the creation of each object, by the API server's own plugin. Nothing is said
   * of objects that the server refuses before it asks policies.
   */
  admit(
    objects: JsonObject[],
    surroundings: Surroundings,
    options: JudgeOptions = {},
    signal?: AbortSignal,
  ): Promise<PolicyDecision[][]> {
    return this.#inChunks(objects, signal, {
      ask: async chunk => {
        const body = { objects: chunk, ...surroundings, target: options.target };
        const answer = this.#ask<{ decisions: PolicyDecision[][] }>('admit', body, options, signal);
        return (await answer).decisions;
      },
      lost: message => [{ policy: '', unchecked: message }],
    });
  }

  /** What each apply would change, one verdict per question. */
  apply(
    questions: ApplyQuestion[],
    options: JudgeOptions = {},
    signal?: AbortSignal,
  ): Promise<ApplyVerdict[]> {
    return this.#inChunks(questions, signal, {
      ask: async chunk => {
        const body = { items: chunk, target: options.target };
        return (await this.#ask<{ verdicts: ApplyVerdict[] }>('apply', body, options, signal))
          .verdicts;
      },
      lost: message => ({ equal: false, changes: [], unchecked: message }),
    });
  }

  close(): Promise<void> {
    return this.#program.close();
  }

  async #inChunks<Q, A>(questions: Q[], signal: AbortSignal | undefined, how: How<Q, A>) {
    const answers: A[] = [];
    for (const chunk of inChunks(questions)) {
      signal?.throwIfAborted();
      answers.push(...(await askOrSplit(chunk, how)));
    }
    return answers;
  }

  /** Sends the custom types first when the program does not know them (any more). */
  async #ask<T>(op: string, body: object, options: JudgeOptions, signal?: AbortSignal): Promise<T> {
    const crds = options.customTypes ?? [];
    if (crds.length === 0) return this.#program.request<T>(op, body, signal);
    const types = this.#nameOf(crds);
    const ask = () => this.#program.request<T>(op, { ...body, types }, signal);
    try {
      return await ask();
    } catch (error) {
      if (!UpstreamError.is(error, 'failed') || error.code !== 'types') throw error;
    }
    await this.#program.request('types', { types, crds }, signal);
    return ask();
  }

  /** Names a set of types by what it holds. */
  #nameOf(types: JsonObject[]): string {
    const known = this.#typeSets.get(types);
    if (known !== undefined) return known;
    const name = createHash('sha256').update(JSON.stringify(types)).digest('hex');
    this.#typeSets.set(types, name);
    return name;
  }
}

function* inChunks<Q>(questions: readonly Q[]): Generator<Q[]> {
  let chunk: Q[] = [];
  let bytes = 0;
  for (const question of questions) {
    const more = roughBytes(question);
    if (chunk.length === chunkSize || (chunk.length > 0 && bytes + more > chunkBytes)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(question);
    bytes += more;
  }
  if (chunk.length > 0) yield chunk;
}

/** About as long as its JSON; far cheaper than making it. */
function roughBytes(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 4;
  let bytes = 2;
  if (Array.isArray(value)) for (const item of value) bytes += roughBytes(item) + 1;
  else for (const name in value) bytes += name.length + 4 + roughBytes(Reflect.get(value, name));
  return bytes;
}

interface How<Q, A> {
  ask(questions: Q[]): Promise<A[]>;
  /** The answer for a question the program does not survive. */
  lost(message: string): A;
}

/**
 * Where the program dies or is stuck, finds the question that does it and answers the others. A single
 * question gets a second try: the program may have been ended by somebody else.
 */
async function askOrSplit<Q, A>(questions: Q[], how: How<Q, A>): Promise<A[]> {
  const failure = await how.ask(questions).catch(gone);
  if (!(failure instanceof UpstreamError)) return failure;
  if (questions.length === 1) {
    const again = await how.ask(questions).catch(gone);
    return again instanceof UpstreamError ? [how.lost(again.message)] : again;
  }
  const half = questions.length >> 1;
  const first = await askOrSplit(questions.slice(0, half), how);
  return [...first, ...(await askOrSplit(questions.slice(half), how))];
}

function gone(error: unknown): UpstreamError {
  if (UpstreamError.is(error, 'died') || UpstreamError.is(error, 'stuck')) return error;
  throw error;
}
