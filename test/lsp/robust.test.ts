import { describe, expect, it } from 'vitest';
import { makeDemo } from '../../scripts/demo.ts';
import { requests } from '../../src/lsp/protocol.ts';
import { folderWith } from '../cli/fixtures.ts';
import { childrenOf } from './children.ts';
import { eventually, startClient } from './client.ts';

describe('the server', () => {
  it('survives input that no client should send', async () => {
    const { repository } = await makeDemo(folderWith({}));
    const client = await startClient({
      folder: repository,
      initializationOptions: { trusted: true, markers: true },
    });
    await client.compared();
    const raw = (text: string) => client.process.stdin?.write(text);
    const framed = (text: string) =>
      raw(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
    framed('{"jsonrpc": "2.0", "method": ');
    framed('[1, 2, 3]');
    framed('null');
    framed('{"jsonrpc":"2.0","method":"textDocument/didChange","params":{}}');
    framed('{"jsonrpc":"2.0","method":"textDocument/didOpen","params":null}');
    framed('{"jsonrpc":"2.0","method":"driftline/trust"}');
    framed('{"jsonrpc":"2.0","method":"driftline/settings","params":[null]}');
    framed('{"jsonrpc":"2.0","id":"x","method":"no/such/method","params":{}}');
    const names = Object.values(requests)
      .map(({ method }) => method)
      .filter(method => method !== requests.check.method && method !== requests.validate.method);
    for (const params of [
      undefined,
      null,
      7,
      'x',
      [],
      {},
      { uri: 3 },
      { environment: {}, plan: 1 },
    ])
      for (const method of names)
        await client.connection.sendRequest(method, params).catch(() => undefined);
    for (const method of ['hover', 'codeAction', 'codeLens', 'inlayHint'])
      await client.connection
        .sendRequest(`textDocument/${method}`, { textDocument: { uri: 'nonsense:' } })
        .catch(() => undefined);
    await client.open('apps/web/base/pdb.yaml', '\u0000{{{: - [\n&a [*a]');
    await client.open('../outside.yaml', 'kind: x');
    expect((await client.ask(requests.state, null)).kind).toBe('ready');
    expect(client.process.exitCode).toBeNull();
    expect(await client.stop()).toBe(0);
  });

  it('ends the programs that it started, also when the editor dies', async () => {
    const { repository } = await makeDemo(folderWith({}));
    for (const ending of ['shutdown', 'death'] as const) {
      const client = await startClient({ folder: repository });
      await client.compared();
      const children = childrenOf(client.process.pid);
      expect(children.length).toBeGreaterThan(0);
      if (ending === 'shutdown') await client.stop();
      else client.process.stdin?.end();
      await eventually(
        async () => (children.some(isRunning) ? undefined : true),
        `the programs to end after ${ending}`,
      );
    }
  });

  it('answers what was cancelled as cancelled', async () => {
    const { CancellationTokenSource } = await import('vscode-jsonrpc/node');
    const { repository } = await makeDemo(folderWith({}));
    const client = await startClient({ folder: repository });
    const source = new CancellationTokenSource();
    const answer = client.ask(requests.validate, null, source.token);
    source.cancel();
    await expect(answer).rejects.toMatchObject({ code: -32800 });
    expect((await client.ask(requests.state, null)).kind).not.toBe('none');
    await client.stop();
  });
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
