import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { backoffDelay } from '../../lib/backoff.ts';
import type { Json } from '../../model/resource.ts';
import type { KubeContext } from '../kubeconfig/context.ts';
import type { Failure } from './failure.ts';

// What is read out of the answers of a server.

/** A read that broke is sent again this often, and after this time. */
const repetitions = { most: 2, base: 250, max: 2000 };

/** Milliseconds after which it is worth while to ask again; undefined when it is not. */
export function waitBefore(failure: Failure, attempt: number, isRead: boolean): number | undefined {
  const { retryAfter, status, why } = failure;
  const pause = backoffDelay(attempt, repetitions);
  // Not all at the moment at which the server expects everybody back.
  if (retryAfter !== undefined) return Math.max(retryAfter, pause / 4) * (1 + Math.random() / 4);
  const isBroken = status >= 500 || failure.cut === true;
  return isRead && isBroken && why !== 'timeout' && attempt < repetitions.most ? pause : undefined;
}

/** What was sent ended in the middle. */
export class Cut extends Error {
  readonly code = 'ERR_STREAM_PREMATURE_CLOSE';
}

/** Throws a SyntaxError for what is no JSON, and the error of a connection that was cut for JSON that is not whole. */
export function parsed(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    if (!text.trimStart().startsWith('{')) throw error;
    throw new Cut();
  }
}

/** Whatever stands at the address, it is no API server: a login page, or a proxy that answers by itself. */
export function strange(what: string, { cluster }: KubeContext): Failure {
  const reason = `${cluster.server} answered something else than asked for (${what}): does a proxy or a login page answer in its place?`;
  return { ok: false, why: 'error', reason, status: 0 };
}

/** `Retry-After` in milliseconds: it is given in seconds, or as a date by the server's clock. */
export function retryAfterOf({ headers }: IncomingMessage): number | undefined {
  const said = headers['retry-after'];
  if (said === undefined) return undefined;
  const seconds = Number(said);
  if (!Number.isNaN(seconds)) return seconds > 0 ? seconds * 1000 : undefined;
  const wait = Date.parse(said) - Date.parse(headers.date ?? new Date().toUTCString());
  return wait > 0 ? wait : undefined;
}

/** The texts of `299 - "text"`, as Kubernetes sends its warnings. */
export function warningsOf({ headers }: IncomingMessage): string[] | undefined {
  const found = headers.warning?.matchAll(/299 \S+ "((?:[^"\\]|\\.)*)"/g);
  return found && [...found].map(([, text = '']) => text.replace(/\\(.)/g, '$1'));
}

/** The body of an answer, unzipped. */
export function bodyOf(response: IncomingMessage): Readable {
  if (response.headers['content-encoding'] !== 'gzip') return response;
  const unzipped = createGunzip();
  response.on('error', error => unzipped.destroy(error));
  return response.pipe(unzipped);
}

/** `heard` is called for every piece. */
export async function readAll(body: Readable, heard: () => void): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Buffer>) {
    heard();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
