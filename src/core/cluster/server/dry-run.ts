import { isObject, type JsonObject, resourceText } from '../../model/resource.ts';
import type { DryRunQuestion, DryRunReply } from '../cluster.ts';
import { applyRequest, objectPath } from './address.ts';
import type { Question } from './connection.ts';
import type { Failure } from './failure.ts';

/** The request that tries a write and changes nothing. Who asks waits himself where the server is busy. */
export function dryRunRequest(question: DryRunQuestion): Question {
  const { type, resource, manager, send, fieldValidation } = question;
  const what = `try ${resourceText({ ...resource, group: type.group, kind: type.kind })}`;
  if ('apply' in send) {
    const options = { manager, force: true, dryRun: true, fieldValidation };
    const { resource: _, ...request } = applyRequest(type, send.apply, options);
    return { what, once: true, ...request };
  }
  const query = new URLSearchParams({ fieldManager: manager, fieldValidation, dryRun: 'All' });
  return {
    what,
    once: true,
    path: `${objectPath(type, resource)}?${query}`,
    method: 'PATCH',
    contentType: send.contentType,
    body: JSON.stringify(send.patch),
  };
}

export function dryRunFailure(failure: Failure): Extract<DryRunReply, { ok: false }> {
  const { status, reason, body, retryAfter } = failure;
  return {
    ok: false,
    status,
    reason: typeof body?.message === 'string' ? body.message : reason,
    causes: causesOf(body),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

function causesOf(body: JsonObject | undefined): { field: string; message: string }[] {
  const causes = isObject(body?.details) ? body.details.causes : undefined;
  return (Array.isArray(causes) ? causes : [])
    .filter(isObject)
    .flatMap(({ field, message }) =>
      typeof field === 'string' && field !== ''
        ? { field, message: typeof message === 'string' ? message : '' }
        : [],
    );
}
