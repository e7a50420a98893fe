import { isObject, type JsonObject, type Resource, resourceText } from '../../model/resource.ts';
import type { ApiResource, ClusterWriter, WriteAnswer, WriteOptions } from '../cluster.ts';
import { applyRequest, objectPath, typed } from './address.ts';
import type { Connection, Question } from './connection.ts';
import type { Failure } from './failure.ts';
import { readUid } from './pinned.ts';

/** Writes to the server of one connection, after it showed each time that it is the pinned cluster. */
export class ApiWriter implements ClusterWriter {
  readonly #connection: Connection;
  readonly #onWritten: (type: ApiResource) => void;

  constructor(connection: Connection, onWritten: (type: ApiResource) => void) {
    this.#connection = connection;
    this.#onWritten = onWritten;
  }

  patch(
    type: ApiResource,
    resource: Resource,
    body: JsonObject | JsonObject[],
    options: WriteOptions,
  ): Promise<WriteAnswer> {
    const query = new URLSearchParams({ fieldManager: options.manager, ...dryRun(options) });
    const request = {
      path: `${objectPath(type, resource)}?${query}`,
      method: 'PATCH' as const,
      contentType: `application/${Array.isArray(body) ? 'json-patch' : 'merge-patch'}+json`,
      body: JSON.stringify(body),
    };
    return this.#write('change', type, resource, request, options);
  }

  apply(
    type: ApiResource,
    object: JsonObject,
    options: WriteOptions & { force: boolean },
  ): Promise<WriteAnswer> {
    const { manager, force, dryRun = false } = options;
    const { resource, ...request } = applyRequest(type, object, { manager, force, dryRun });
    return this.#write('apply', type, resource, request, options);
  }

  delete(type: ApiResource, resource: Resource, options: WriteOptions): Promise<WriteAnswer> {
    // As kubectl does: what the object owns goes too, whatever the type's own default.
    const query = new URLSearchParams({ propagationPolicy: 'Background', ...dryRun(options) });
    const path = `${objectPath(type, resource)}?${query}`;
    const request = { path, method: 'DELETE' as const };
    return this.#write('delete', type, resource, request, options);
  }

  async #write(
    verb: string,
    type: ApiResource,
    resource: Resource,
    request: Omit<Question, 'what'>,
    options: WriteOptions,
  ): Promise<WriteAnswer> {
    const what = `${verb} ${resourceText({ ...resource, kind: type.kind })}`;
    const { expected, signal } = options;
    const refusal = await this.#otherCluster(expected, what, signal);
    if (refusal !== undefined) return { ok: false, status: 0, reason: refusal };
    const answer = await this.#connection.ask({ ...request, what }, signal);
    if (!options.dryRun) this.#onWritten(type);
    if (answer.ok) return { ok: true, object: typed(answer.body, type) };
    const { status } = answer;
    return { ok: false, status, reason: reasonOf(answer, type, what, options) };
  }

  /** Why this is not surely the pinned cluster; undefined when it is. */
  async #otherCluster(
    expected: string,
    what: string,
    signal: AbortSignal | undefined,
  ): Promise<string | undefined> {
    const { name } = this.#connection.context;
    const answer = await readUid(this.#connection, signal);
    if (!answer.ok)
      return `nothing shows that the context "${name}" leads to the pinned cluster (${expected}), so that it was not asked to ${what}: ${answer.reason}`;
    if (answer.uid === expected && expected !== '') return undefined;
    return `the context "${name}" leads to another cluster (${answer.uid ?? 'without a UID'}) than the pinned one (${expected}), so that it was not asked to ${what}: correct the context or the uid`;
  }
}

function dryRun(options: WriteOptions): { dryRun?: string } {
  return options.dryRun ? { dryRun: 'All' } : {};
}

/** One sentence on one line, in the server's own words where they can be shown. */
function reasonOf(
  failure: Failure,
  type: ApiResource,
  what: string,
  { dryRun }: WriteOptions,
): string {
  const { status, reason, body } = failure;
  if (status === 0)
    return dryRun
      ? reason
      : `${reason}; whether it did ${what} is not known: look before you repeat`;
  if (type.group === '' && type.kind === 'Secret') return secretReason(failure, what);
  const message = typeof body?.message === 'string' ? oneLine(body.message) : '';
  if (status === 403 && !isDenial(message)) return reason;
  return message === '' || status === 401 ? reason : message;
}

/** A policy's word (admission), not a missing permission. */
function isDenial(message: string): boolean {
  return /denied (the )?request/.test(message);
}

/** Messages about a Secret may quote its values: only what kind of refusal it is and the fields are said. */
function secretReason({ status, body, reason }: Failure, what: string): string {
  if (status === 401) return reason;
  if (status === 403) return `no permission to ${what}, or a policy denies it`;
  const why = typeof body?.reason === 'string' ? ` ${body.reason}` : '';
  const details = isObject(body?.details) ? body.details.causes : undefined;
  const causes = (Array.isArray(details) ? details : []).filter(isObject);
  const fields = causes.flatMap(({ field }) => (typeof field === 'string' ? field : []));
  const about = fields.length === 0 ? '' : `: ${fields.join(', ')}`;
  return `the server refuses to ${what} (${status}${why}${about}); its message may hold secret values and is not shown`;
}

/** The server lists conflicts and causes below each other. */
function oneLine(message: string): string {
  return message
    .split('\n')
    .map(line => line.trim().replace(/^[-*] /, ''))
    .filter(line => line !== '')
    .map((line, index, lines) =>
      index < lines.length - 1 && !/[,:;]$/.test(line) ? `${line},` : line,
    )
    .join(' ');
}
