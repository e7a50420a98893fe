import { createServer, type IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { inject } from 'vitest';

export interface Answer {
  status: number;
  message: string;
  /** `reason` of the Status. */
  reason?: string;
  headers?: Record<string, string>;
}

export interface WordProxy {
  url: string;
  /** `PATCH dry-run`, `GET`, … of single objects, in the order in which they came. */
  asked: string[];
  /** How many dry-runs were under way at the same time at most. */
  widest: number;
  stop(): Promise<void>;
}

/**
 * A proxy before the control plane. `instead` may answer a dry-run in the server's place, or do something before it
 * is passed on; `before` may do something before any other request for a single object.
 */
export async function startProxy({
  instead = async () => undefined,
  before = async () => {},
}: {
  instead?(count: number): Promise<Answer | undefined>;
  before?(method: string): Promise<void>;
}): Promise<WordProxy> {
  const { server: target, certificate } = inject('plane');
  let dryRuns = 0;
  let underWay = 0;
  const proxy: WordProxy = { url: '', asked: [], widest: 0, stop: async () => {} };
  const server = createServer(async (incoming, response) => {
    const body = await textOf(incoming);
    const { method = '', url = '' } = incoming;
    const isDryRun = url.includes('dryRun=All');
    const isObject = /\/namespaces\/[^/]+\/[^/]+\/[^/?]+/.test(url);
    if (isObject) proxy.asked.push(isDryRun ? `${method} dry-run` : method);
    if (isObject && !isDryRun) await before(method);
    if (isDryRun) {
      proxy.widest = Math.max(proxy.widest, ++underWay);
      response.once('close', () => underWay--);
      const answer = await instead(dryRuns++);
      if (answer) {
        const { status, message, reason, headers } = answer;
        response.writeHead(status, { 'content-type': 'application/json', ...headers });
        const text = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: status };
        return void response.end(JSON.stringify({ ...text, message, reason }));
      }
    }
    const headers = { ...incoming.headers, host: new URL(target).host };
    const outgoing = request(`${target}${url}`, { method, headers, ca: certificate }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    outgoing.end(body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  proxy.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  proxy.stop = async () => {
    server.close();
    server.closeAllConnections();
  };
  return proxy;
}

async function textOf(incoming: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of incoming.setEncoding('utf8')) text += chunk;
  return text;
}
