import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ApiResource } from '../../../src/core/cluster/cluster.ts';
import { findContext, readKubeconfig } from '../../../src/core/cluster/kubeconfig/kubeconfig.ts';
import { Connection } from '../../../src/core/cluster/server/connection.ts';
import { ApiWriter } from '../../../src/core/cluster/server/writer.ts';
import { type Answer, json, openSmall, type SmallServer, smallServer } from './small-server.ts';

// What a real server does not do on demand: be slow, be busy, become another one.

let folder: string;
let server: SmallServer;
let connection: Connection;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'driftline-writer-'));
});
afterEach(async () => {
  connection?.close();
  await server.close();
  rmSync(folder, { recursive: true });
});

async function start(routes: Record<string, Answer>): Promise<ApiWriter> {
  server = await smallServer(routes);
  // Writes the kubeconfig, too.
  const opened = await openSmall(folder, server.url);
  if (opened.ok) opened.cluster.close();
  const env = { KUBECONFIG: join(folder, 'kubeconfig') };
  const kubeconfig = await readKubeconfig({ env, root: folder, trusted: true });
  connection = new Connection(findContext(kubeconfig, 'small'), {}, { answer: 300, parallel: 8 });
  server.asked.length = 0;
  return new ApiWriter(connection, () => {});
}

const type: ApiResource = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  namespaced: true,
  verbs: ['patch'],
};
const resource = { ...type, namespace: 'shop', name: 'settings' };
const path = '/api/v1/namespaces/shop/configmaps/settings';
const system = '/api/v1/namespaces/kube-system';
const options = { expected: 'u-1', manager: 'driftline' };

describe('a write', () => {
  it('is not known to have been done when no answer comes', async () => {
    const writer = await start({ [path]: () => {} });
    const answer = await writer.patch(type, resource, { data: {} }, options);
    expect(answer).toMatchObject({ ok: false, status: 0 });
    expect(!answer.ok && answer.reason).toMatch(
      /did not answer within 0.3 s.*whether it did change ConfigMap shop\/settings is not known/,
    );
    const tried = await writer.patch(type, resource, { data: {} }, { ...options, dryRun: true });
    expect(!tried.ok && tried.reason).not.toContain('is not known');
  });

  it('comes again when a busy server asks for it', async () => {
    let busy = true;
    const writer = await start({
      [path]: (request, response, url) => {
        if (!busy) return json({ data: { a: 'b' } })(request, response, url);
        busy = false;
        response.setHeader('Retry-After', '1');
        json({ message: 'too many requests' }, 429)(request, response, url);
      },
    });
    expect(await writer.patch(type, resource, { data: {} }, options)).toMatchObject({
      ok: true,
      object: { kind: 'ConfigMap', data: { a: 'b' } },
    });
    expect(server.asked).toEqual([
      `GET ${system}`,
      `PATCH ${path}?fieldManager=driftline`,
      `PATCH ${path}?fieldManager=driftline`,
    ]);
  });

  it('is not sent once the context leads to another cluster', async () => {
    let uid = 'u-1';
    const writer = await start({
      [system]: (...asked) => json({ metadata: { uid } })(...asked),
      [path]: json({}),
    });
    expect(await writer.delete(type, resource, options)).toMatchObject({ ok: true });
    uid = 'u-2';
    const answer = await writer.delete(type, resource, options);
    expect(!answer.ok && answer.reason).toContain('leads to another cluster (u-2)');
    expect(server.asked.filter(line => line.startsWith('DELETE'))).toHaveLength(1);
  });

  it('ends when it is aborted', async () => {
    const writer = await start({ [path]: () => {} });
    const stop = new AbortController();
    const writing = writer.patch(type, resource, {}, { ...options, signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    await expect(writing).rejects.toThrow('aborted');
  });
});
