import type { Cluster, DryRunQuestion, DryRunReply } from '../../cluster/cluster.ts';
import type { JsonObject, Resource } from '../../model/resource.ts';
import type { Schemas } from '../../schemas/type.ts';
import { begin, type Open } from '../begin.ts';
import { own } from '../values.ts';
import { withoutSecrets } from '../verdict/hidden.ts';
import type { DryRunAnswer } from './dryrun.ts';
import type { Pace } from './pace.ts';
import { answerOf, refusalAnswer } from './reply.ts';

export interface AskOptions {
  cluster: Cluster;
  schemas: Schemas;
  pace: Pace;
  /** Ends the wait of what was not sent yet. */
  signal?: AbortSignal;
  /** Ends requests under way, too. */
  closed: AbortSignal;
}

export interface Asked {
  answer: DryRunAnswer;
  /** What the server sent; absent where it did not try the apply. */
  object?: JsonObject;
  /** The refusal itself, where there was one. */
  refusal?: Extract<DryRunReply, { ok: false }>;
}

const keepsChanging: DryRunAnswer = {
  kind: 'unavailable',
  reason: 'Not confirmed by the server: the object keeps changing.',
};

/**
 * Has the server try the apply of an object. Its answer is compared with the very object that it was made of; one
 * that another writer changed in between is asked about once more (drift.md 3.3).
 */
export async function askServer(
  open: Open,
  question: DryRunQuestion,
  options: AskOptions,
): Promise<Asked> {
  const { cluster, pace, signal, closed } = options;
  const kind = kindOf(open.input.resource);
  for (let attempt = 0; attempt < 2; attempt++) {
    const reply = await pace.ask(kind, () => cluster.dryRun(question, closed), signal);
    if (!reply.ok && reply.status === 409) continue;
    if (!reply.ok) return { answer: refusalAnswer(open, reply), refusal: reply };
    if (reply.created) return { answer: { kind: 'created' } };
    const basis = await basisOf(open, reply.object, question, options);
    if (basis === undefined) continue;
    const answer = answerOf(basis, reply.object);
    return {
      answer: withWarnings(masked(answer, basis), reply.warnings, open),
      object: reply.object,
    };
  }
  return { answer: keepsChanging };
}

/** What the server compared with; undefined when that is gone already. */
async function basisOf(
  open: Open,
  answer: JsonObject,
  { type }: DryRunQuestion,
  { cluster, schemas, closed }: AskOptions,
): Promise<Open | undefined> {
  if (versionOf(answer) === versionOf(open.live)) return open;
  const again = await cluster.get(type, open.input.resource, closed, { fresh: true });
  if (!again.ok || !again.object || versionOf(again.object) !== versionOf(answer)) return undefined;
  const begun = await begin({ ...open.input, live: again.object }, schemas);
  return 'open' in begun ? begun.open : undefined;
}

/** Kept answers hold no value of a Secret. */
function masked(answer: DryRunAnswer, open: Open): DryRunAnswer {
  if (answer.kind !== 'differs' || answer.paths === undefined) return answer;
  const { resource } = open.input;
  const nothing = { extra: [], notes: [], confirmed: 'local' as const };
  const result = { resource, state: 'drifted' as const, paths: answer.paths, ...nothing };
  return { ...answer, paths: withoutSecrets(result, open).paths };
}

/** A tool that does not ask for strict validation is only warned of what gets lost. */
function withWarnings(answer: DryRunAnswer, warnings: string[], { input }: Open): DryRunAnswer {
  const isPlain = input.resource.kind !== 'Secret' && (input.secrets ?? []).length === 0;
  if (warnings.length === 0 || !isPlain || (answer.kind !== 'same' && answer.kind !== 'differs'))
    return answer;
  return { ...answer, warnings };
}

/** What is asked about at one pace. */
export function kindOf({ group, kind }: Resource): string {
  return `${group}/${kind}`;
}

function versionOf(object: JsonObject) {
  return own(own(object, 'metadata'), 'resourceVersion');
}
