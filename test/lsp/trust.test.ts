import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notifications, requests } from '../../src/lsp/protocol.ts';
import { folderWith, repositoryWith } from '../cli/fixtures.ts';
import { type Client, eventually, startClient } from './client.ts';

const config = `version: 1
environments:
  - name: production
    source: { path: app }
    cluster: { context: live }
`;
const manifest = `apiVersion: v1
kind: ConfigMap
metadata: { name: web, namespace: shop }
data: { a: b }
`;

describe('a folder that nobody trusts', () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.statusCode = 404;
    response.end('{}');
  });
  let client: Client;
  let started: string;
  beforeAll(async () => {
    await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    started = join(folderWith({}), 'started');
    const user = {
      exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'touch', args: [started] },
    };
    const kubeconfig = {
      clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}` } }],
      users: [
        { name: 'plain', user: {} },
        { name: 'program', user },
      ],
      contexts: [
        { name: 'live', context: { cluster: 'c', user: 'plain' } },
        { name: 'starts', context: { cluster: 'c', user: 'program' } },
      ],
    };
    const home = folderWith({ config: JSON.stringify(kubeconfig) });
    const folder = repositoryWith({ 'driftline.yaml': config, 'app/web.yaml': manifest });
    client = await startClient({ folder, env: { KUBECONFIG: join(home, 'config') } });
    await client.open('app/web.yaml');
  });
  afterAll(async () => {
    await client.stop();
    server.close();
  });

  const blocked = () =>
    eventually(async () => {
      const { environments } = await client.ask(requests.state, null);
      return environments[0]?.phase === 'blocked' ? environments[0] : undefined;
    }, 'production to be blocked');

  it('opens no connection, also when asked to, and says why', async () => {
    expect((await blocked()).reason).toContain('trust');
    await client.ask(requests.check, {});
    await client.ask(requests.validate, null);
    const person = expect.objectContaining({ code: 1, message: expect.stringContaining('trust') });
    const uid = 'x';
    await expect(client.ask(requests.identify, { context: 'live' })).rejects.toEqual(person);
    await expect(client.ask(requests.identify, { context: 'starts' })).rejects.toEqual(person);
    const sync = { environment: 'production', verb: 'sync', uid, id: '1' } as const;
    await expect(client.ask(requests.syncPlan, sync)).rejects.toEqual(person);
    await expect(client.ask(requests.sync, sync)).rejects.toEqual(person);
    await client.ask(requests.choose, { environment: 'production', context: 'starts', uid });
    await client.ask(requests.check, { environment: 'production' });
    await blocked();
    expect(asked).toEqual([]);
    expect(existsSync(started)).toBe(false);
  });

  it('runs no git of the person', async () => {
    const commit = { paths: ['app/web.yaml'], message: 'm', push: true };
    await expect(client.ask(requests.commitPlan, {})).rejects.toMatchObject({ code: 1 });
    await expect(client.ask(requests.commit, commit)).rejects.toMatchObject({ code: 1 });
    await expect(client.ask(requests.proposalPlan, { paths: [] })).rejects.toMatchObject({
      code: 1,
    });
  });

  it('keeps a chosen cluster until the choice is taken back', async () => {
    const contextOf = async () => {
      const { environments } = await client.ask(requests.state, null);
      const [production] = environments;
      return production?.cluster.kind === 'context' ? production.cluster.context : undefined;
    };
    const becomes = (context: string) =>
      eventually(async () => ((await contextOf()) === context ? true : undefined), context);
    await client.ask(requests.choose, { environment: 'production', context: 'starts', uid: 'x' });
    await becomes('starts');
    await client.ask(requests.unchoose, { environment: 'production' });
    await becomes('live');
  });

  it('still validates', async () => {
    const version = await client.replace('app/web.yaml', 'data:', 'dataa:');
    const { diagnostics } = await client.diagnostics(
      'app/web.yaml',
      each => each.version === version && each.diagnostics.length > 0,
    );
    expect(diagnostics[0]).toMatchObject({ code: 'unknown-field', severity: 1 });
  });

  it('is asked for once the person trusts it', async () => {
    await client.ask(requests.choose, { environment: 'production', context: 'live', uid: 'x' });
    await client.connection.sendNotification(notifications.trust.method, { trusted: true });
    await eventually(async () => (asked.length > 0 ? true : undefined), 'a request');
  });
});
