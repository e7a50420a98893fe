import { messageOf, UserError } from '../../lib/errors.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { ListAnswer } from '../cluster.ts';
import type { KubeContext } from '../kubeconfig/context.ts';

/** Why a request got no answer that can be used; `reason` is a sentence without a full stop. */
export interface Failure {
  ok: false;
  why: Exclude<Extract<ListAnswer, { ok: false }>['why'], 'partial'>;
  reason: string;
  /** HTTP status; 0 when there was no answer. */
  status: number;
  /** The `Status` object that the server sent. */
  body?: JsonObject;
  /** Milliseconds that the server asks to wait. */
  retryAfter?: number;
  /** The connection ended in the middle, so that asking again may help. */
  cut?: boolean;
}

/** Thrown inside the room when the server does not answer in time. */
export class NoAnswer extends Error {
  override name = 'NoAnswer';
}

/** Puts the server's refusal into a sentence; `what` is what was asked, such as `list deployments in shop`. */
export function statusFailure(
  status: number,
  text: string,
  what: string,
  context: KubeContext,
): Failure {
  const body = parseStatus(text);
  const message = typeof body?.message === 'string' ? body.message : plainText(text);
  const failure = (why: Failure['why'], reason: string) => ({
    ok: false as const,
    why,
    reason,
    status,
    body,
  });
  switch (status) {
    case 401:
      return failure(
        'unauthorized',
        `${serverOf(context)} does not accept the credentials of the context "${context.name}" (expired or wrong): sign in again`,
      );
    case 403:
      return failure('forbidden', `no permission to ${what}${whose(message)}`);
    case 404:
      return failure('not-served', `${serverOf(context)} does not serve what was asked: ${what}`);
    case 429:
      return failure('error', `${serverOf(context)} has too much to do and asks to wait (429)`);
    case 407:
      return failure('unreachable', `the proxy before ${serverOf(context)} asks for credentials`);
    default:
      return failure(
        'error',
        `${serverOf(context)} answered ${status} when asked to ${what}${message ? ` (${message})` : ''}`,
      );
  }
}

/** What Node says of a connection that ended before the answer did. */
const cuts = new Set(['ECONNRESET', 'EPIPE', 'Z_BUF_ERROR', 'ERR_STREAM_PREMATURE_CLOSE']);

/** Puts a connection that failed into a sentence that says what to do. */
export function connectionFailure(error: unknown, context: KubeContext): Failure {
  const failure = sentenceOf(error, context);
  return cuts.has((error as NodeJS.ErrnoException).code ?? '')
    ? { ...failure, cut: true }
    : failure;
}

function sentenceOf(error: unknown, context: KubeContext): Failure {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  const server = serverOf(context);
  const failure = (why: Failure['why'], reason: string) => ({
    ok: false as const,
    why,
    reason,
    status: 0,
  });
  if (error instanceof UserError) return failure('unauthorized', error.message.replace(/\.$/, ''));
  if (code === 'Z_BUF_ERROR' || code === 'ERR_STREAM_PREMATURE_CLOSE')
    return failure('unreachable', `${server} closed the connection in the middle of an answer`);
  if (error instanceof NoAnswer) return failure('timeout', `${server} ${error.message}`);
  if (error instanceof SyntaxError)
    return failure(
      'error',
      `${server} answered something else than JSON: is it a Kubernetes API server?`,
    );
  const certificate = certificateProblems[code];
  if (certificate !== undefined) return failure('unreachable', certificate(server, context));
  const network = networkProblems[code];
  if (network !== undefined) return failure('unreachable', network(server, context));
  if (code.startsWith('ERR_SSL') || code.startsWith('ERR_TLS') || code === 'EPROTO')
    return failure(
      'unreachable',
      `${server} does not speak TLS as expected (${messageOf(error)}): correct the server of the cluster "${context.cluster.name}" in ${context.file}`,
    );
  return failure('unreachable', `${server} cannot be reached (${messageOf(error) || code})`);
}

/** What a proxy or an old server says; pages for browsers say nothing to a person in a terminal. */
function plainText(text: string): string {
  const line = text.trim().split('\n')[0] ?? '';
  return line.startsWith('<') ? '' : line.slice(0, 300);
}

/** The server's own words without the resource that it begins with: `User "eve" cannot list …`. */
function whose(message: string): string {
  const words = message.replace(/^.* is forbidden: /, '');
  return words === '' ? '' : ` (${words})`;
}

type Sentence = (server: string, context: KubeContext) => string;

const unknownIssuer: Sentence = (server, context) =>
  `the certificate of ${server} is self-signed or of an unknown authority, and is not trusted: set certificate-authority-data of the cluster "${context.cluster.name}" in ${context.file}`;

/** Node's names for what OpenSSL finds wrong with a server's certificate. */
const certificateProblems: Record<string, Sentence> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownIssuer,
  SELF_SIGNED_CERT_IN_CHAIN: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT: unknownIssuer,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownIssuer,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownIssuer,
  CERT_HAS_EXPIRED: server => `the certificate of ${server} has expired: it must be renewed`,
  CERT_NOT_YET_VALID: server =>
    `the certificate of ${server} is not valid yet: compare the clocks of both machines`,
  ERR_TLS_CERT_ALTNAME_INVALID: (server, context) =>
    `the certificate of ${server} is for another name: correct the server, or set tls-server-name of the cluster "${context.cluster.name}" in ${context.file}`,
};

const networkProblems: Record<string, Sentence> = {
  ECONNREFUSED: server => `${server} cannot be reached: nothing listens there`,
  ENOTFOUND: server => `${server} cannot be reached: its name is not known here`,
  EAI_AGAIN: server => `${server} cannot be reached: names cannot be looked up now`,
  EHOSTUNREACH: server => `${server} cannot be reached: there is no way to that network`,
  ENETUNREACH: server => `${server} cannot be reached: there is no way to that network`,
  ETIMEDOUT: server => `${server} cannot be reached: the connection was not answered`,
  ECONNRESET: server => `${server} closed the connection without an answer`,
};

function serverOf(context: KubeContext): string {
  return context.cluster.server;
}

function parseStatus(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
