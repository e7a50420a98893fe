import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { Readable } from 'node:stream';
import { sleep } from '../../lib/backoff.ts';
import type { Json } from '../../model/resource.ts';
import type { KubeContext } from '../kubeconfig/context.ts';
import { type Access, Credentials } from '../kubeconfig/credentials.ts';
import { bodyOf, Cut, parsed, readAll, retryAfterOf, waitBefore, warningsOf } from './answer.ts';
import { ServerClock } from './clock.ts';
import { connectionFailure, type Failure, NoAnswer, statusFailure } from './failure.ts';
import { Guard } from './guard.ts';
import { Limit } from './limit.ts';
import { defaultTiming, type Timing } from './timing.ts';

export interface Question {
  /** What is asked, for messages: `list deployments in the namespace shop`. */
  what: string;
  /** Path and query, such as `/api/v1/pods?limit=500`. */
  path: string;
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  accept?: string;
  contentType?: string;
  body?: string;
  /** Only what is not this version of it: else the status is 304 and the body null. */
  unlessTag?: string;
  /** The body is text, as it was sent. */
  plain?: boolean;
  /** True where the asker itself comes back when the server says (`retryAfter`). */
  once?: boolean;
}

export interface Answered {
  ok: true;
  body: Json;
  status: number;
  /** The version of what was sent, for `unlessTag`. */
  tag?: string;
  /** What the server says in `Warning` headers; absent when nothing. */
  warnings?: string[];
}

/** A write waits no longer than a person does. */
const writePatience = 20_000;
/** No server is believed that sends everybody away for longer. */
const longestCalm = 5 * 60_000;

type Answer = Answered | Failure;

/** Speaks HTTP to the server of one context. Its methods reject only when aborted. */
export class Connection {
  readonly context: KubeContext;
  readonly clock = new ServerClock();
  readonly #credentials: Credentials;
  readonly #timing: Timing;
  readonly #limit: Limit;
  readonly #ended = new AbortController();
  /** How often the server was not there, or went away: who answers afterwards may be another one. */
  troubles = 0;
  /** Until when (milliseconds since 1970) the server asks everybody to wait, and how it said so. */
  #calm: { until: number; failure: Failure } | undefined;
  /** With which credentials was asked what was refused. */
  readonly #asked = new WeakMap<Failure, Access>();
  /** How often in a row, and when last, the server did not answer in time. */
  #silence: { times: number; last: number; failure: Failure } | undefined;

  constructor(context: KubeContext, env: NodeJS.ProcessEnv, timing: Partial<Timing> = {}) {
    this.context = context;
    this.#credentials = new Credentials(context, env, this.clock);
    this.#timing = { ...defaultTiming, ...timing };
    this.#limit = new Limit(this.#timing.parallel);
  }

  /**
   * Asks and reads the whole answer. A server that asks to wait is waited for, a read that broke is sent again, and
   * credentials that are refused are renewed once.
   */
  async ask(question: Question, signal?: AbortSignal): Promise<Answer> {
    const isRead = (question.method ?? 'GET') === 'GET';
    const gaveUp =
      Date.now() +
      (isRead ? this.#timing.patience : Math.min(writePatience, this.#timing.patience));
    let renewed = false;
    for (let attempt = 0; ; attempt++) {
      const answer =
        this.#asksToWait() ??
        (await this.#limit.run(() => this.#askUnlessSilent(question, signal)));
      signal?.throwIfAborted();
      if (answer.ok) return answer;
      if (answer.status === 401 && !renewed) {
        renewed = true;
        if (!(await this.#renew(answer))) return answer;
        continue;
      }
      const wait = waitBefore(answer, attempt, isRead);
      if (wait === undefined || question.once || Date.now() + wait > gaveUp) return answer;
      await sleep(wait, signal);
    }
  }

  /** A server that asked one to wait asked all: who comes meanwhile waits as long. */
  #asksToWait(): Failure | undefined {
    const rest = (this.#calm?.until ?? 0) - Date.now();
    return this.#calm && rest > 0 ? { ...this.#calm.failure, retryAfter: rest } : undefined;
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
    const opened = this.#asksToWait() ?? (await this.#open(question, signal));
    if (!opened.ok) {
      if (opened.status === 401) await this.#renew(opened);
      return opened;
    }
    heard.opened?.();
    const guard = new Guard(silence, () => {
      this.troubles++;
      opened.end();
    });
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
      if (!guard.fired) return this.#broken(error);
    } finally {
      guard.stop();
    }
    signal.throwIfAborted();
    if (rest !== '' && !guard.fired) return this.#broken(new Cut());
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
    const opened = await this.#open(question, signal);
    if (!opened.ok) return opened;
    const { status, tag, warnings } = opened;
    const guard = new Guard(this.#timing.answer, () => opened.end());
    try {
      const text = await readAll(opened.body, () => guard.heard());
      const body = status === 304 ? null : question.plain ? text : parsed(text);
      return { ok: true, body, status, ...(tag && { tag }), ...(warnings && { warnings }) };
    } catch (error) {
      signal?.throwIfAborted();
      return this.#broken(guard.fired ? new NoAnswer(stoppedText(this.#timing.answer)) : error);
    } finally {
      guard.stop();
    }
  }

  /** Sends the request and waits for the first byte of the answer. */
  async #open(question: Question, signal?: AbortSignal): Promise<Opened | Failure> {
    const abort = new AbortController();
    const signals = [abort.signal, this.#ended.signal, ...(signal ? [signal] : [])];
    let access: Access;
    try {
      access = await this.#credentials.access();
    } catch (error) {
      return connectionFailure(error, this.context);
    }
    const guard = new Guard(this.#timing.answer, () => abort.abort());
    try {
      const sent = Date.now();
      const response = await this.#send(question, access, AbortSignal.any(signals));
      this.clock.hear(response.headers.date, sent);
      const body = bodyOf(response);
      const status = response.statusCode ?? 0;
      if ((status >= 200 && status < 300) || (status === 304 && question.unlessTag !== undefined))
        return {
          ok: true,
          body,
          status,
          tag: response.headers.etag,
          warnings: warningsOf(response),
          end: () => abort.abort(),
        };
      const text = await readAll(body, () => guard.heard());
      const failure = this.#refused(response, text, question);
      this.#asked.set(failure, access);
      return failure;
    } catch (error) {
      signal?.throwIfAborted();
      return this.#broken(guard.fired ? new NoAnswer(silentText(this.#timing.answer)) : error);
    } finally {
      guard.stop();
    }
  }

  #refused(response: IncomingMessage, text: string, { what }: Question): Failure {
    const failure = statusFailure(response.statusCode ?? 0, text, what, this.context);
    const retryAfter = retryAfterOf(response);
    if (retryAfter === undefined) return failure;
    this.#calm = { until: Date.now() + Math.min(retryAfter, longestCalm), failure };
    return { ...failure, retryAfter };
  }

  #renew(refused: Failure): Promise<boolean> {
    return this.#credentials.renew(this.#asked.get(refused));
  }

  /** The connection failed, and whoever answers the next time may be another server. */
  #broken(error: unknown): Failure {
    this.troubles++;
    // A certificate that does not fit may have been replaced on both sides.
    void this.#credentials.look();
    return connectionFailure(error, this.context);
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
        ...(question.unlessTag ? { 'If-None-Match': question.unlessTag } : {}),
      },
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(`${server}${question.path}`, options, resolve);
      outgoing.on('socket', socket => {
        if (!socket.connecting) return;
        const { connect } = this.#timing;
        const late = setTimeout(() => outgoing.destroy(new NoAnswer(silentText(connect))), connect);
        for (const event of ['connect', 'close']) socket.once(event, () => clearTimeout(late));
      });
      outgoing.on('error', (error: NodeJS.ErrnoException) => {
        // The server may close an idle connection in the moment in which it is used again.
        const stale = outgoing.reusedSocket && error.code === 'ECONNRESET';
        if (!stale || signal.aborted) return reject(error);
        this.troubles++;
        this.#send(question, access, signal).then(resolve, reject);
      });
      outgoing.end(question.body);
    });
  }
}

interface Opened extends Pick<Answered, 'status' | 'tag' | 'warnings'> {
  ok: true;
  body: Readable;
  end: () => void;
}

function silentText(patience: number): string {
  return `did not answer within ${patience / 1000} s: check the network, a VPN or the address`;
}

function stoppedText(patience: number): string {
  return `stopped in the middle of an answer for ${patience / 1000} s`;
}
