import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiResource, Cluster } from '../../../src/core/cluster/cluster.ts';
import { type Answer, json, openSmall, type SmallServer, smallServer } from './small-server.ts';

// A credential plug-in is a program of the person's: it may open a browser, and runs as seldom as can be.

let folder: string;
let server: SmallServer;
let cluster: Cluster;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'driftline-exec-'));
});
afterEach(async () => {
  cluster.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

const pods: ApiResource = {
  group: '',
  version: 'v1',
  kind: 'Pod',
  resource: 'pods',
  namespaced: true,
  verbs: ['list', 'watch'],
};
const path = '/api/v1/namespaces/shop/pods';
const runs = () => readFileSync(join(folder, 'runs'), 'utf8').length;

/** A plug-in that counts its runs, gives each time another token, and says when it ends. */
function plugin(ends: string | undefined): object {
  const script = join(folder, 'plugin.mjs');
  writeFileSync(
    script,
    `import { appendFileSync, readFileSync } from 'node:fs';
    appendFileSync(${JSON.stringify(join(folder, 'runs'))}, 'x');
    const token = 't' + readFileSync(${JSON.stringify(join(folder, 'runs'))}, 'utf8').length;
    const status = { token, expirationTimestamp: ${JSON.stringify(ends) ?? 'undefined'} };
    console.log(JSON.stringify({ kind: 'ExecCredential', status }));`,
  );
  return { command: process.execPath, args: [script] };
}

async function open(exec: object, answer: Answer, clock = 0): Promise<void> {
  server = await smallServer({
    [path]: (request, response, url) => {
      response.setHeader('date', new Date(Date.now() + clock).toUTCString());
      answer(request, response, url);
    },
    '/version': (request, response, url) => {
      response.setHeader('date', new Date(Date.now() + clock).toUTCString());
      json({ gitVersion: 'v1.36.0' })(request, response, url);
    },
  });
  const opened = await openSmall(folder, server.url, { user: { exec }, trusted: true });
  if (!opened.ok) throw new Error(opened.reason);
  cluster = opened.cluster;
}

const list = json({ metadata: { resourceVersion: '1' }, items: [] });
const asked = () => server.asked.filter(line => line.includes(path)).length;
const hour = 3_600_000;
const at = (ahead: number) => new Date(Date.now() + ahead).toISOString();

describe('a credential plug-in', () => {
  it('runs once for many requests at a time', async () => {
    await open(plugin(undefined), list);
    await Promise.all(Array.from({ length: 40 }, () => cluster.list(pods, 'shop')));
    expect(runs()).toBe(1);
  });

  it.each([
    ['an hour behind, so that its tokens look as if they had ended', -hour, at(-hour / 2)],
    ['an hour ahead, so that they look good for longer', hour, at(hour + hour / 2)],
  ])('of a server whose clock is %s, runs no more often', async (_, clock, ends) => {
    await open(plugin(ends), list, clock);
    for (let times = 0; times < 10; times++) await cluster.list(pods, 'shop');
    expect(runs()).toBe(1);
  });

  it('that gives what has ended is not run for every request', async () => {
    await open(plugin(at(-60_000)), list);
    for (let times = 0; times < 10; times++) await cluster.list(pods, 'shop');
    expect(runs()).toBeLessThanOrEqual(2);
  });

  it('runs once more when what it gave is refused, for all who were', async () => {
    const refused = json({ kind: 'Status', code: 401, message: 'expired' }, 401);
    await open(plugin(undefined), (request, response, url) => {
      const isOld = request.headers.authorization === 'Bearer t1';
      // Those that were asked with the old one hear it at different times.
      const delay = isOld ? Math.random() * 100 : 0;
      setTimeout(() => (isOld ? refused : list)(request, response, url), delay);
    });
    const answers = await Promise.all(Array.from({ length: 40 }, () => cluster.list(pods, 'shop')));
    expect(answers.filter(({ ok }) => !ok)).toEqual([]);
    expect(runs()).toBe(2);
  });

  it('is left alone by watches of a server that refuses whatever it gives', async () => {
    await open(plugin(undefined), json({ kind: 'Status', code: 401, message: 'no' }, 401));
    const ends = Array.from({ length: 20 }, () => cluster.watch(pods, 'shop', () => {}));
    await new Promise(resolve => setTimeout(resolve, 3000));
    for (const end of ends) end();
    expect(asked()).toBeGreaterThan(30);
    expect(runs()).toBe(2);
  });
});
