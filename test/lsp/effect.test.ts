import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CodeLens } from 'vscode-languageserver-protocol';
import { makeDemo } from '../../scripts/demo.ts';
import { commands, type EnvironmentEdit, requests } from '../../src/lsp/protocol.ts';
import { folderWith } from '../cli/fixtures.ts';
import { type Client, eventually, startClient } from './client.ts';

const replicas = 'apps/web/overlays/production/replicas.yaml';
const config = 'apps/web/base/configmap.yaml';
const secret = 'apps/web/base/secret.yaml';

describe('the effect of edits', () => {
  let client: Client;
  const effect = () => client.ask(requests.effect, {});
  const told = (environments: readonly EnvironmentEdit[]) =>
    environments.map(({ environment, summary }) => `${environment}: ${summary}`);
  /** The lens at the top, once it is there (or, with `gone`, no more). */
  const lens = (file: string, gone = false) =>
    eventually(async () => {
      const params = { textDocument: { uri: client.uri(file) } };
      const all = await client.request<CodeLens[]>('textDocument/codeLens', params);
      const found = all.find(({ command }) => command?.title.startsWith('unsaved'));
      return gone ? (found ? undefined : true) : found;
    }, 'the lens');

  beforeAll(async () => {
    const { repository } = await makeDemo(folderWith({}));
    client = await startClient({
      folder: repository,
      initializationOptions: { trusted: false, markers: true },
    });
    await client.open(replicas);
    await client.open(config);
    await client.open(secret);
    await client.compared();
  });
  afterAll(() => client.stop());

  it('is none where nothing is edited', async () => {
    expect(await effect()).toEqual({ since: 'commit', environments: [] });
  });

  it('is told before anything is saved, with what it would overwrite', async () => {
    await client.replace(replicas, 'replicas: 3', 'replicas: 4');
    const { since, environments } = await effect();
    expect(since).toBe('disk');
    expect(told(environments)).toEqual([
      'production: Deployment shop/web spec.replicas 3 → 4; would overwrite a live edit by kubectl (scale)',
    ]);
    const [{ before, after }] = environments as [EnvironmentEdit];
    expect(before).toContain('replicas: 3');
    expect(after).toBe(before.replace('replicas: 3', 'replicas: 4'));
  });

  it('stands above the text when the person pauses', async () => {
    const found = await lens(replicas);
    expect(found).toMatchObject({
      range: { start: { line: 0 } },
      command: {
        title: expect.stringMatching(
          /^unsaved: production: Deployment shop\/web spec\.replicas 3 → 4/,
        ),
        command: commands.preview,
      },
    });
    const other = await client.request<CodeLens[]>('textDocument/codeLens', {
      textDocument: { uri: client.uri(config) },
    });
    expect(JSON.stringify(other)).not.toContain('unsaved');
  });

  it('is of every environment, and of all that is not saved', async () => {
    await client.replace(config, 'CURRENCY: EUR', 'CURRENCY: CHF');
    const { environments } = await effect();
    expect(told(environments)).toEqual([
      'staging: ConfigMap shop/web-config data.CURRENCY EUR → CHF',
      expect.stringMatching(/^production: 2 objects change; would overwrite/),
    ]);
  });

  it('masks secrets', async () => {
    await client.replace(secret, 'not-a-secret-just-a-demo', 'another-value-of-it');
    const { environments } = await effect();
    const texts = environments.map(({ before, after }) => before + after).join('');
    expect(texts).toContain('kind: Secret');
    for (const value of ['not-a-secret-just-a-demo', 'another-value-of-it'])
      expect(client.heard).not.toContain(value);
  });

  it('is that of the working tree once everything is saved', async () => {
    for (const file of [replicas, config, secret]) {
      writeFileSync(join(client.folder, file), client.textOf(file));
      const textDocument = { uri: client.uri(file) };
      await client.connection.sendNotification('textDocument/didSave', { textDocument });
    }
    await lens(replicas, true);
    const { since, environments } = await eventually(async () => {
      const found = await effect();
      return found.since === 'commit' ? found : undefined;
    }, 'everything to be saved');
    expect(since).toBe('commit');
    expect(environments.map(({ environment }) => environment)).toEqual(['staging', 'production']);
    execFileSync('git', ['checkout', '--quiet', '.'], { cwd: client.folder });
  });
});
