import { readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Agent, request as ask, createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { ControlPlane } from './start.ts';

/** What goes wrong with one request. */
export type Fault =
  | { status: number; headers?: OutgoingHttpHeaders; message?: string }
  /** Milliseconds before the request is passed on. */
  | { delay: number }
  /** Bytes of the answer after which the connection is cut, in the middle of whatever it is. */
  | { cutAfter: number }
  /** Changes the headers of the answer. */
  | { headers: OutgoingHttpHeaders }
  /** Takes the request and never says anything. */
  | 'silence';

export interface Asked {
  method: string;
  path: string;
  query: URLSearchParams;
  watch: boolean;
  /** Of the answer, once there is one. */
  status?: number;
}

/**
 * Stands before an API server as a proxy of the tests' own, which can do to connections what networks, load balancers
 * and servers do to them.
 */
export class FaultProxy {
  readonly url: string;
  /** Every request since it was last emptied. */
  asked: Asked[] = [];
  /** Decides over each request; undefined lets it pass. */
  fault: (asked: Asked) => Fault | undefined = () => undefined;
  #target: ControlPlane;
  #tokens: Record<string, string> = {};
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #answers = new Set<ServerResponse>();
  #pulled = false;
  /** What watches said since they are held back. */
  #held: { response: ServerResponse; text: string }[] | undefined;
  #agent: Agent;

  static async before(target: ControlPlane): Promise<FaultProxy> {
    const { certificate: cert, key } = target;
    const server = createServer({ cert, key });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    return new FaultProxy(server, target);
  }

  private constructor(server: Server, target: ControlPlane) {
    this.#server = server;
    this.#target = target;
    this.#agent = new Agent({ keepAlive: true, ca: target.certificate });
    this.url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      socket.on('error', () => {});
    });
    server.on('request', (request, response) => this.#take(request, response));
  }

  /** Connections that stand now. */
  get connections(): number {
    return this.#sockets.size;
  }

  /** How many of the requests since `asked` was emptied were like this. */
  count(isIt: (asked: Asked) => boolean): number {
    return this.asked.filter(isIt).length;
  }

  /** Ends every connection. */
  cut(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  /** From now on nothing comes through any more, and nobody is told: a cable that was pulled. */
  pull(): void {
    this.fault = () => 'silence';
    for (const response of this.#answers) response.cork();
    this.#pulled = true;
  }

  /** Puts the cable back; what stood is gone by then. */
  plug(): void {
    this.#pulled = false;
    this.fault = () => undefined;
    this.cut();
  }

  /** From now on what watches say waits here. */
  hold(): void {
    this.#held ??= [];
  }

  /** Events that wait here and are whole. */
  get waiting(): number {
    return linesOf(this.#held ?? []).filter(({ text }) => isEvent(text)).length;
  }

  /** Passes on what waits at no more than so many events a second; answers how many there were and how long it took. */
  async release(rate: number): Promise<{ events: number; milliseconds: number }> {
    const start = performance.now();
    const waiting = linesOf(this.#held ?? []);
    this.#held = [];
    let events = 0;
    for (const { response, text } of waiting) {
      if (isEvent(text)) events++;
      response.write(text, 'latin1');
      const early = start + (events / rate) * 1000 - performance.now();
      if (early > 5) await new Promise(resolve => setTimeout(resolve, early));
    }
    // What came meanwhile.
    for (const { response, text } of this.#held) response.write(text, 'latin1');
    this.#held = undefined;
    return { events, milliseconds: performance.now() - start };
  }

  /** Leads to another server from now on, which takes one token for another. */
  leadTo(target: ControlPlane, tokens: Record<string, string> = {}): void {
    this.#target = target;
    this.#tokens = tokens;
    this.#agent.destroy();
    this.#agent = new Agent({ keepAlive: true, ca: target.certificate });
    this.cut();
  }

  /** Shows another certificate from now on. */
  show({ certificate: cert, key }: ControlPlane): void {
    this.#server.setSecureContext({ cert, key });
    this.cut();
  }

  async close(): Promise<void> {
    const closed = new Promise(resolve => this.#server.close(resolve));
    this.cut();
    this.#agent.destroy();
    await closed;
  }

  #take(request: IncomingMessage, response: ServerResponse): void {
    const { pathname: path, searchParams: query } = new URL(request.url ?? '/', this.url);
    const asked: Asked = { method: request.method ?? '', path, query, watch: query.has('watch') };
    this.asked.push(asked);
    response.once('close', () => {
      if (response.headersSent) asked.status = response.statusCode;
    });
    const fault = this.fault(asked);
    if (fault === 'silence') return;
    if (fault && 'status' in fault) {
      refuse(response, fault);
      return;
    }
    const cutAfter = fault && 'cutAfter' in fault ? fault.cutAfter : undefined;
    const headers = fault && 'headers' in fault ? fault.headers : {};
    const pass = () =>
      this.#pass(request, response, {
        ...{ headers, watch: asked.watch },
        ...(cutAfter !== undefined && { cutAfter }),
      });
    if (fault && 'delay' in fault) setTimeout(pass, fault.delay);
    else pass();
  }

  #pass(
    request: IncomingMessage,
    response: ServerResponse,
    {
      headers,
      cutAfter,
      watch,
    }: { headers?: OutgoingHttpHeaders; cutAfter?: number; watch: boolean },
  ): void {
    const { method, headers: given } = request;
    const url = new URL(request.url ?? '/', this.#target.server);
    const [kind, token = ''] = (given.authorization ?? '').split(' ');
    const authorization = `${kind} ${this.#tokens[token] ?? token}`;
    const outgoing = ask(url, {
      method,
      headers: { ...given, host: url.host, authorization },
      agent: this.#agent,
    });
    outgoing.on('error', () => response.destroy());
    this.#answers.add(response);
    response.on('close', () => {
      this.#answers.delete(response);
      outgoing.destroy();
    });
    outgoing.on('response', answer => {
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, ...headers });
      response.flushHeaders();
      answer.on('error', () => response.destroy());
      let sent = 0;
      answer.on('data', (chunk: Buffer) => {
        if (this.#pulled) return;
        if (watch && this.#held) {
          this.#held.push({ response, text: chunk.toString('latin1') });
          return;
        }
        const room = cutAfter === undefined ? chunk.length : cutAfter - sent;
        sent += chunk.length;
        response.write(chunk.subarray(0, Math.max(0, room)), () => {
          if (cutAfter !== undefined && sent >= cutAfter) response.destroy();
        });
      });
      answer.on('end', () => response.end());
    });
    request.pipe(outgoing);
  }
}

/** What each watch said, line by line in turn; the start of a line that is not whole stays at its end. */
function linesOf(held: readonly { response: ServerResponse; text: string }[]) {
  const byResponse = Map.groupBy(held, ({ response }) => response);
  const lines = [...byResponse].map(([response, parts]) =>
    parts
      .map(({ text }) => text)
      .join('')
      .split(/(?<=\n)/)
      .map(text => ({ response, text })),
  );
  const longest = Math.max(0, ...lines.map(each => each.length));
  return Array.from({ length: longest }, (_, at) => lines.flatMap(each => each[at] ?? [])).flat();
}

function isEvent(line: string): boolean {
  return /^\{"type":"(ADDED|MODIFIED|DELETED)".*\n$/.test(line);
}

/** A kubeconfig with the context `admin` that leads to `server`. */
export function writeKubeconfig(
  file: string,
  plane: ControlPlane,
  server: string,
  user?: object,
): void {
  const config = JSON.parse(readFileSync(plane.kubeconfig, 'utf8'));
  config.clusters[0].cluster.server = server;
  if (user) config.users = [{ name: 'admin', user }];
  writeFileSync(file, JSON.stringify(config));
}

function refuse(response: ServerResponse, fault: Extract<Fault, { status: number }>): void {
  const { status, headers, message = 'a fault of the test' } = fault;
  const body = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status, message };
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}
