import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Answer, parseBody, type Server } from './server.ts';

export interface PatchProxy {
  url: string;
  /** What the server said to patches, by the path of the object. */
  answers: ReadonlyMap<string, Answer>;
  stop(): Promise<void>;
}

/** A proxy before an API server that passes everything on as its administrator, patches as dry-runs. */
export async function startPatchProxy(server: Server): Promise<PatchProxy> {
  const answers = new Map<string, Answer>();
  const proxy = createServer(async (incoming, response) => {
    try {
      const { method = 'GET', url = '/' } = incoming;
      const isPatch = method === 'PATCH';
      const path = isPatch ? `${url}${url.includes('?') ? '&' : '?'}dryRun=All` : url;
      const { accept, 'content-type': type } = incoming.headers;
      const headers = {
        ...(accept === undefined ? {} : { accept }),
        ...(type === undefined ? {} : { 'content-type': type }),
      };
      const passed = await server.pass(method, path, headers, await bodyOf(incoming));
      if (isPatch)
        answers.set(url.split('?')[0] as string, {
          code: passed.code,
          body: parseBody(passed.body),
        });
      response.writeHead(passed.code, { 'content-type': passed.type });
      response.end(passed.body);
    } catch (cause) {
      response.writeHead(502).end(String(cause));
    }
  });
  await new Promise<void>(resolve => proxy.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    answers,
    stop: () =>
      new Promise(resolve => {
        proxy.close(() => resolve());
        proxy.closeAllConnections();
      }),
  };
}

async function bodyOf(incoming: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
