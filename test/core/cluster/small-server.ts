import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type OpenAnswer, openCluster } from '../../../src/core/cluster/open.ts';

/** Answers one request; the path is without the query. */
export type Answer = (request: IncomingMessage, response: ServerResponse, url: URL) => void;

export interface SmallServer {
  url: string;
  /** Method, path and query of every request so far. */
  asked: string[];
  close(): Promise<void>;
}

/** A server of a few lines that speaks as much of the Kubernetes API as a test wants. */
export async function smallServer(routes: Record<string, Answer>): Promise<SmallServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    asked.push(`${request.method} ${request.url}`);
    const answer = routes[url.pathname] ?? basics[url.pathname] ?? notServed;
    answer(request, response, url);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export function json(value: unknown, status = 200): Answer {
  return (_, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
}

/** Writes a kubeconfig with one context, `small`, and opens it. */
export async function openSmall(
  folder: string,
  server: string,
  options: { user?: object; cluster?: object; uid?: string; trusted?: boolean } = {},
): Promise<OpenAnswer> {
  const file = join(folder, 'kubeconfig');
  const config = {
    clusters: [{ name: 'c', cluster: { server, ...options.cluster } }],
    users: [{ name: 'u', user: options.user ?? {} }],
    contexts: [{ name: 'small', context: { cluster: 'c', user: 'u' } }],
  };
  writeFileSync(file, JSON.stringify(config));
  return openCluster(
    { kind: 'context', context: 'small', uid: options.uid },
    {
      root: join(folder, 'repository'),
      host: {
        log: () => {},
        trusted: () => options.trusted === true,
        secret: () => undefined,
        forges: () => ({}),
      },
      env: { KUBECONFIG: file },
    },
  );
}

const notServed: Answer = json({ kind: 'Status', message: 'not found', code: 404 }, 404);

const basics: Record<string, Answer> = {
  '/version': json({ gitVersion: 'v1.30.0' }),
  '/api/v1/namespaces/kube-system': json({ metadata: { name: 'kube-system', uid: 'u-1' } }),
};
