import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { Connection } from '../../../src/core/cluster/server/connection.ts';
import type { Timing } from '../../../src/core/cluster/server/timing.ts';
import { type Answer, json, type SmallServer, smallServer } from './small-server.ts';

// What a connection does when the server, or the way to it, is in trouble.

let server: SmallServer;
let connection: Connection;
afterEach(async () => {
  connection.close();
  await server.close();
});

async function start(answer: Answer, timing: Partial<Timing> = {}): Promise<Connection> {
  server = await smallServer({ '/x': answer });
  const cluster = { name: 'c', server: server.url, skipTlsVerify: false };
  connection = new Connection({ name: 's', file: 'f', cluster, user: { name: 'u' } }, {}, timing);
  return connection;
}

const what = 'look';
const ask = () => connection.ask({ what, path: '/x' });
const good = json({ a: 1 });
const busy =
  (seconds: string): Answer =>
  (_, response) =>
    void response.writeHead(429, { 'retry-after': seconds }).end();
/** The first requests are answered like this, the others well. */
const first =
  (times: number, answer: Answer): Answer =>
  (request, response, url) => {
    const turn = server.asked.length <= times ? answer : good;
    turn(request, response, url);
  };
const whole = Buffer.from(JSON.stringify({ items: 'x'.repeat(5000) }));

describe('a read', () => {
  const cuts: [string, Answer][] = [
    ['before its answer', (_, response) => response.destroy()],
    [
      'in the middle of its answer',
      (_, response) => {
        response.writeHead(200, { 'content-length': String(whole.length) });
        response.write(whole.subarray(0, 99), () => response.destroy());
      },
    ],
    [
      'in the middle of chunks',
      (_, response) => void response.write(whole.subarray(0, 99), () => response.destroy()),
    ],
    [
      'in the middle of what is zipped',
      (_, response) => {
        const zipped = gzipSync(whole);
        response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': '30' });
        response.end(zipped.subarray(0, 30));
      },
    ],
    ['by a server that is broken', json({ kind: 'Status', message: 'etcd' }, 500)],
  ];

  it.each(cuts)('that is cut %s is sent again, three times at most', async (_, cut) => {
    await start(first(2, cut));
    expect(await ask()).toMatchObject({ ok: true, body: { a: 1 } });
    connection.close();
    await server.close();
    await start(cut);
    expect(await ask()).toMatchObject({ ok: false });
    expect(server.asked).toHaveLength(3);
  });

  it('that is refused is not sent again', async () => {
    await start(json({ kind: 'Status', message: 'no' }, 403));
    expect(await ask()).toMatchObject({ ok: false, why: 'forbidden' });
    expect(server.asked).toHaveLength(1);
  });

  it('is asked for by its version', async () => {
    await start((request, response, url) => {
      if (request.headers['if-none-match'] === '"v1"') response.writeHead(304).end();
      else {
        response.setHeader('etag', '"v1"');
        good(request, response, url);
      }
    });
    const answer = await ask();
    expect(answer).toMatchObject({ ok: true, tag: '"v1"' });
    const again = await connection.ask({ what, path: '/x', unlessTag: '"v1"' });
    expect(again).toMatchObject({ ok: true, status: 304, body: null });
  });
});

describe('a write', () => {
  it('whose answer was cut is not sent again: nobody knows whether it was done', async () => {
    await start((_, response) => response.destroy());
    const answer = await connection.ask({ what, path: '/x', method: 'PATCH', body: '{}' });
    expect(answer).toMatchObject({ ok: false, status: 0 });
    expect(server.asked).toHaveLength(1);
  });
});

describe('a server that asks to wait', () => {
  it('is waited for as long as it asks', async () => {
    await start(first(1, busy('0.4')));
    const began = Date.now();
    expect(await ask()).toMatchObject({ ok: true });
    expect(Date.now() - began).toBeGreaterThanOrEqual(400);
    expect(server.asked).toHaveLength(2);
  });

  it('is not asked by others meanwhile', async () => {
    await start(first(1, busy('0.4')));
    const answers = [ask()];
    await expect.poll(() => server.asked.length).toBe(1);
    await new Promise(resolve => setTimeout(resolve, 50));
    for (let times = 0; times < 20; times++) answers.push(ask());
    await new Promise(resolve => setTimeout(resolve, 150));
    expect(server.asked).toHaveLength(1);
    expect((await Promise.all(answers)).every(({ ok }) => ok)).toBe(true);
    expect(server.asked).toHaveLength(22);
  });

  it('is told at once to who has no patience, with the time, and a date is one, too', async () => {
    const date = new Date(Date.now() + 3_600_000);
    await start(
      (_, response) =>
        void response
          .writeHead(503, {
            date: date.toUTCString(),
            'retry-after': new Date(date.getTime() + 30_000).toUTCString(),
          })
          .end(),
      { patience: 100 },
    );
    const answer = await ask();
    expect(answer).toMatchObject({ ok: false, status: 503 });
    expect(answer.ok || answer.retryAfter).toBeGreaterThan(28_000);
    expect(await ask()).toMatchObject({ ok: false, status: 503 });
    expect(server.asked).toHaveLength(1);
  });

  it('says that it does, and not a number alone', async () => {
    await start(busy('30'), { patience: 100 });
    expect(await ask()).toMatchObject({
      reason: `${server.url} has too much to do and asks to wait (429)`,
    });
  });
});

describe('a trouble', () => {
  it('is counted when the server was not there, so that who answers afterwards is looked at', async () => {
    await start(json({ kind: 'Status' }, 403));
    await ask();
    expect(connection.troubles).toBe(0);
    await server.close();
    await ask();
    expect(connection.troubles).toBeGreaterThan(0);
  });
});
