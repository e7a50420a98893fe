import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf } from '../../src/core/lib/errors.ts';
import type { Started } from './processes.ts';

/**
 * Lets the run's test files, each of which is a process of its own, ask for servers that are started when the
 * first asks and shared by all: `GET /NAME` answers what the starter of that name answers.
 */
export async function serveOnDemand(
  starters: Record<string, () => Promise<Started<object>>>,
): Promise<{ url: string; stop: () => Promise<void> }> {
  const started = new Map<string, Promise<Started<object>>>();
  const provide = (name: string) => {
    const start = starters[name];
    if (start === undefined) throw new Error(`there is no server ${name}`);
    const running = started.get(name) ?? start();
    started.set(name, running);
    return running;
  };
  const door = createServer(async (request, response) => {
    try {
      const { servers } = await provide(request.url?.slice(1) ?? '');
      response.end(JSON.stringify(servers));
    } catch (error) {
      response.writeHead(500).end(messageOf(error));
    }
  });
  await new Promise<void>(resolve => door.listen(0, '127.0.0.1', resolve));
  const { port } = door.address() as AddressInfo;
  const stop = async () => {
    door.close();
    door.closeAllConnections();
    const running = await Promise.allSettled(started.values());
    await Promise.all(running.map(one => one.status === 'fulfilled' && one.value.stop()));
  };
  return { url: `http://127.0.0.1:${port}`, stop };
}
