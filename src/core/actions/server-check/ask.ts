import type { ApiResource, Cluster, DryRunReply } from '../../cluster/cluster.ts';
import type { Declared } from '../../drift/declared.ts';
import {
  denialOf,
  failedWebhook,
  isMissingPermission,
  isUnreadable,
  withoutDryRun,
} from '../../drift/server/messages.ts';
import type { Pace } from '../../drift/server/pace.ts';
import { isObject, type JsonObject } from '../../model/resource.ts';
import { denied, refused, warned } from '../../validate/judged/server-said.ts';
import type { Violation } from '../../validate/violation.ts';

export type Verdict =
  | { kind: 'tried'; violations: Violation[] }
  | { kind: 'forbidden' }
  /** Its namespace is not there. */
  | { kind: 'namespace' }
  /** The server could not say; one sentence. */
  | { kind: 'open'; reason: string };

export interface AskContext {
  cluster: Cluster;
  pace: Pace;
  signal?: AbortSignal;
}

/** Has the server try the apply of one object, and reads its answer. */
export async function askAbout(
  { resource, object, application }: Declared,
  type: ApiResource,
  { cluster, pace, signal }: AskContext,
): Promise<Verdict> {
  const { namespace, name, group, kind } = resource;
  const apply = placed(object.value, type.namespaced ? namespace : '');
  const question = {
    type,
    resource: { namespace: type.namespaced ? namespace : '', name },
    manager: application.owner.manager,
    send: { apply },
    fieldValidation: 'Strict' as const,
  };
  const reply = await pace.ask(`${group}/${kind}`, () => cluster.dryRun(question, signal), signal);
  if (reply.ok) return { kind: 'tried', violations: warned(object.value, reply.warnings) };
  const { status, reason } = reply;
  if (isMissingPermission(reason)) return { kind: 'forbidden' };
  if (status === 404 && /^namespaces "[^"]*" not found/.test(reason)) return { kind: 'namespace' };
  const webhook = withoutDryRun(reason) ?? failedWebhook(reason);
  if (webhook !== undefined)
    return { kind: 'open', reason: `the admission webhook ${webhook} could not judge: ${reason}` };
  if (denialOf(status, reason) !== undefined)
    return { kind: 'tried', violations: [denied(object.value, reason)] };
  if (couldNotSay(reply))
    return { kind: 'open', reason: `the server could not say: ${reason || 'it did not answer'}` };
  return { kind: 'tried', violations: refused(object.value, reply) };
}

/** True where the answer is about the server, the way to it or another writer, not about the object. */
function couldNotSay({ status, reason, causes }: Extract<DryRunReply, { ok: false }>): boolean {
  if ([0, 401, 404, 409, 429].includes(status)) return true;
  return status >= 500 && causes.length === 0 && !isUnreadable(reason);
}

/** The object with the namespace that it is meant for; what only servers write is left out. */
function placed(object: JsonObject, namespace: string): JsonObject {
  const { status: _, ...rest } = object;
  const metadata = isObject(object.metadata) ? object.metadata : {};
  const { managedFields: __, resourceVersion: ___, ...kept } = metadata;
  return { ...rest, metadata: namespace === '' ? kept : { ...kept, namespace } };
}
