import { messageOf, UserError } from '../lib/errors.ts';
import { isObject, type Json } from '../model/resource.ts';
import { printable } from '../words/values.ts';
import type { ForgeAccess } from './forge.ts';

export interface ForgeQuestion {
  /** What is asked, for messages: `open a pull request in acme/shop`. */
  what: string;
  url: string;
  /** POST where there is one, else GET. */
  body?: Record<string, string>;
  /** Those that carry the token, too. */
  headers: Record<string, string>;
  /** What the token must be allowed to do, in the forge's own words. */
  permission: string;
}

/** A forge that answered, but did not do what it was asked. */
export class ForgeRefusal extends UserError {
  override name = 'ForgeRefusal';
  readonly status: number;
  /** What the forge itself says. */
  readonly reasons: readonly string[];

  constructor(message: string, status: number, reasons: readonly string[]) {
    super(message);
    this.status = status;
    this.reasons = reasons;
  }
}

/**
 * Asks a forge and reads its JSON. A redirect is followed to the same origin only, since the token goes with it.
 * Throws a `ForgeRefusal` with the forge's reasons, or a `UserError` when there was no answer.
 */
export async function askForge(question: ForgeQuestion, access: ForgeAccess): Promise<Json> {
  const host = new URL(question.url).host;
  const response = await send(question, access);
  const text = await response.text().catch(error => {
    throw noAnswer(host, error, access);
  });
  const json = parsed(text);
  if (!response.ok) throw refusal(response.status, json, question, access);
  if (json === undefined)
    throw new UserError(
      `${host} answered something else than JSON when asked to ${question.what}; check what is said to run there.`,
    );
  return json;
}

/** Milliseconds until an answer must be there. */
const patience = 30_000;
const mostRedirects = 5;

async function send(question: ForgeQuestion, access: ForgeAccess): Promise<Response> {
  const { body, headers } = question;
  const timeout = AbortSignal.timeout(patience);
  const signal = access.signal ? AbortSignal.any([access.signal, timeout]) : timeout;
  let url = new URL(question.url);
  for (let hop = 0; hop <= mostRedirects; hop++) {
    const response = await fetch(url.href, {
      method: body ? 'POST' : 'GET',
      headers: {
        'User-Agent': 'driftline',
        Accept: 'application/json',
        ...(body && { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
      redirect: 'manual',
      signal,
    }).catch(error => {
      throw noAnswer(url.host, error, access);
    });
    const location = response.headers.get('location');
    if (![301, 302, 307, 308].includes(response.status) || location === null) return response;
    await response.body?.cancel();
    url = sameOrigin(url, location);
  }
  throw new UserError(`${url.host} redirects without end when asked to ${question.what}.`);
}

function sameOrigin(from: URL, location: string): URL {
  const to = URL.canParse(location, from.href) ? new URL(location, from) : undefined;
  if (to?.origin === from.origin) return to;
  const where = to ? `${to.protocol}//${to.host}` : 'an address that is none';
  throw new UserError(
    `${from.origin} redirects to ${where}, where the token is not sent; give the remote its new address with git remote set-url.`,
  );
}

function noAnswer(host: string, error: unknown, { signal }: ForgeAccess): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof Error && error.name === 'TimeoutError')
    return new UserError(
      `${host} did not answer within ${patience / 1000} s; check the network, a VPN or the address.`,
    );
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return new UserError(
    `${host} cannot be reached (${printable(messageOf(cause))}); check the network, a VPN or the address.`,
  );
}

function refusal(
  status: number,
  json: Json | undefined,
  { url, what, permission }: ForgeQuestion,
  { token }: ForgeAccess,
): ForgeRefusal {
  const { host } = new URL(url);
  const reasons = reasonsOf(json).map(reason =>
    printable(reason.replaceAll(token, '•••')).slice(0, 500),
  );
  const said = reasons.length > 0 ? `: ${reasons.join('; ')}` : '';
  return new ForgeRefusal(sentence(status, { host, what, permission, said }), status, reasons);
}

function sentence(
  status: number,
  {
    host,
    what,
    permission,
    said,
  }: { host: string; what: string; permission: string; said: string },
): string {
  const given = said === '' ? '' : ` (${said.slice(2)})`;
  switch (status) {
    case 401:
      return `${host} does not accept the token${given}; it is wrong or expired, make a new one.`;
    case 403:
      return `${host} does not allow to ${what}${given}; the token needs ${permission}.`;
    case 404:
      return `${host} does not find what is needed to ${what}${given}; check the remote's address, and that the token may see the repository.`;
    case 409:
    case 422:
      return `${host} refused to ${what}${said || ' and gave no reason'}.`;
    default:
      return `${host} answered ${status} when asked to ${what}${given}.`;
  }
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/**
 * What a forge says about a failure, in the shapes that there are: GitHub's `message` and `errors` (texts or
 * objects with a `message`, or with a `field` and a `code`), GitLab's `message` (a text, a list, or a map from
 * field to texts) and `error` with its description, Gitea's `message` and `errors`.
 */
function reasonsOf(json: Json | undefined): string[] {
  if (!isObject(json)) return [];
  const details = Array.isArray(json.errors) ? json.errors.flatMap(detailTexts) : [];
  const own = [...texts(json.message), ...texts(json.error_description ?? json.error)];
  // `Validation Failed` says nothing beside the failures themselves.
  const general = details.length > 0 ? own.filter(text => text !== 'Validation Failed') : own;
  return [...new Set([...general, ...details])].filter(text => text.trim() !== '');
}

function texts(value: Json | undefined): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(texts);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([field, inner]) =>
    texts(inner).map(text => (field === 'base' ? text : `${field}: ${text}`)),
  );
}

function detailTexts(detail: Json): string[] {
  if (!isObject(detail)) return texts(detail);
  if (typeof detail.message === 'string') return [detail.message];
  const { field, code } = detail;
  return typeof field === 'string' && typeof code === 'string' ? [`${field}: ${code}`] : [];
}
