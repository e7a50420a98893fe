import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { sleep } from '../../lib/backoff.ts';
import type { Json } from '../../model/resource.ts';
import type { KubeContext } from '../kubeconfig/context.ts';
import { type Access, Credentials } from '../kubeconfig/credentials.ts';
import { connectionFailure, type Failure, NoAnswer, statusFailure } from './failure.ts';
import { Guard } from './guard.ts';
import { Limit } from './limit.ts';

export interface Question {
  /** What is asked, for messages: `list deployments in the namespace shop`. */
  what: string;
  /** Path and query, such as `/api/v1/pods?limit=500`. */
  path: string;
  method?: 'GET' | 'PATCH' | 'DELETE';
  accept?: string;
  contentType?: string;
  body?: string;
}

export interface Timing {
  /** Milliseconds without a byte from the server before a request is given up. */
  answer: number;
  /** Requests at a time, watches not counted. */
  parallel: number;
}

export const defaultTiming: Timing = { answer: 10_000, parallel: 8 };

type Answer = { ok: true; body: Json } | Failure;

/** Speaks HTTP to the server of one context. Its methods reject only when aborted. */
export class Connection {
  readonly context: KubeContext;
  readonly #credentials: Credentials;
  readonly #timing: Timing;
  readonly #limit: Limit;
  readonly #ended = new AbortController();
  /** How often in a row, and when last, the server did not answer in time. */
  #silence: { times: number; last: number; failure: Failure } | undefined;

  constructor(context: KubeContext, env: NodeJS.ProcessEnv, timing: Timing = defaultTiming) {
    this.context = context;
    this.#credentials = new Credentials(context, env);
    this.#timing = timing;
    this.#limit = new Limit(timing.parallel);
  }

  /** Asks and reads the whole answer. A server that says when to come back is asked twice more. */
  async ask(question: Question, signal?: AbortSignal): Promise<{ ok: true; body: Json } | Failure> {
    for (let attempt = 0; ; attempt++) {
      const answer = await this.#limit.run(() => this.#askUnlessSilent(question, signal));
      signal?.throwIfAborted();
      if (answer.ok || attempt >= 2) return answer;
      const renewed = answer.status === 401 && attempt === 0 && (await this.#credentials.renew());
      if (answer.retryAfter === undefined && !renewed) return answer;
      await sleep(answer.retryAfter ?? 0, signal);
    }
  }

  /**
   * Asks and hands over the answer line by line while it comes; a line that was cut is left out. Resolves when the
   * server ends it, or when no byte came for `silence` milliseconds (`silent`).
   */
  async stream(
    question: Question,
    silence: number,
    heard: { opened?(): void; line(text: string): void },
    signal: AbortSignal,
  ): Promise<{ ok: true; silent: boolean } | Failure> {
    const opened = await this.#open(question, this.#timing.answer, signal);
    if (!opened.ok) {
      if (opened.status === 401) await this.#credentials.renew();
      return opened;
    }
    heard.opened?.();
    const guard = new Guard(silence, () => opened.end());
    let rest = '';
    try {
      for await (const chunk of opened.body.setEncoding('utf8') as AsyncIterable<string>) {
        guard.heard();
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line !== '') heard.line(line);
      }
    } catch (error) {
      signal.throwIfAborted();
      if (!guard.fired) return connectionFailure(error, this.context);
    } finally {
      guard.stop();
    }
    signal.throwIfAborted();
    return { ok: true, silent: guard.fired };
  }

  close(): void {
    this.#ended.abort(new Error('the connection was closed'));
    void this.#credentials.close();
  }

  /**
   * When as many requests as run at a time were not answered, those that wait behind them are not sent:
   * the whole takes the time of one request, not of all. After that time the server is asked again.
   */
  async #askUnlessSilent(question: Question, signal?: AbortSignal): Promise<Answer> {
    const { answer: patience, parallel } = this.#timing;
    const silence = this.#silence;
    if (silence && silence.times >= parallel && Date.now() - silence.last < patience)
      return silence.failure;
    const answer = await this.#askOnce(question, signal);
    const failed = !answer.ok && answer.why === 'timeout' ? answer : undefined;
    this.#silence = failed && {
      times: (this.#silence?.times ?? 0) + 1,
      last: Date.now(),
      failure: failed,
    };
    return answer;
  }

  async #askOnce(question: Question, signal?: AbortSignal): Promise<Answer> {
    const opened = await this.#open(question, this.#timing.answer, signal);
    if (!opened.ok) return opened;
    const guard = new Guard(this.#timing.answer, () => opened.end());
    try {
      const text = await readAll(opened.body, () => guard.heard());
      return { ok: true, body: JSON.parse(text) as Json };
    } catch (error) {
      signal?.throwIfAborted();
      const cause = guard.fired ? new NoAnswer(stoppedText(this.#timing.answer)) : error;
      return connectionFailure(cause, this.context);
    } finally {
      guard.stop();
    }
  }

  /** Sends the request and waits for the first byte of the answer. */
  async #open(
    question: Question,
    patience: number,
    signal?: AbortSignal,
  ): Promise<{ ok: true; body: Readable; end: () => void } | Failure> {
    const abort = new AbortController();
    const signals = [abort.signal, this.#ended.signal, ...(signal ? [signal] : [])];
    let access: Access;
    try {
      access = await this.#credentials.access();
    } catch (error) {
      return connectionFailure(error, this.context);
    }
    const guard = new Guard(patience, () => abort.abort());
    try {
      const response = await this.#send(question, access, AbortSignal.any(signals));
      const body = response.headers['content-encoding'] === 'gzip' ? gunzip(response) : response;
      const status = response.statusCode ?? 0;
      if (status >= 200 && status < 300) return { ok: true, body, end: () => abort.abort() };
      const text = await readAll(body, () => guard.heard());
      const seconds = Number(response.headers['retry-after']);
      const retryAfter = seconds > 0 ? Math.min(seconds * 1000, patience) : undefined;
      return { ...statusFailure(status, text, question.what, this.context), retryAfter };
    } catch (error) {
      signal?.throwIfAborted();
      const cause = guard.fired ? new NoAnswer(silentText(patience)) : error;
      return connectionFailure(cause, this.context);
    } finally {
      guard.stop();
    }
  }

  #send(question: Question, access: Access, signal: AbortSignal): Promise<IncomingMessage> {
    const { server } = this.context.cluster;
    const request = server.startsWith('http:') ? requestHttp : requestHttps;
    const options = {
      agent: access.agent,
      signal,
      method: question.method ?? 'GET',
      headers: {
        ...access.headers,
        Accept: question.accept ?? 'application/json',
        'Accept-Encoding': 'gzip',
        'User-Agent': 'driftline',
        ...(question.contentType ? { 'Content-Type': question.contentType } : {}),
      },
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(`${server}${question.path}`, options, resolve);
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // The server may close an idle connection in the moment in which it is used again.
        const stale = outgoing.reusedSocket && error.code === 'ECONNRESET';
        if (!stale || signal.aborted) return reject(error);
        this.#send(question, access, signal).then(resolve, reject);
      });
      outgoing.end(question.body);
    });
  }
}

function gunzip(response: IncomingMessage): Readable {
  const unzipped = createGunzip();
  response.on('error', error => unzipped.destroy(error));
  return response.pipe(unzipped);
}

async function readAll(body: Readable, heard: () => void): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body as AsyncIterable<Buffer>) {
    heard();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function silentText(patience: number): string {
  return `did not answer within ${patience / 1000} s: check the network, a VPN or the address`;
}

function stoppedText(patience: number): string {
  return `stopped in the middle of an answer for ${patience / 1000} s`;
}
