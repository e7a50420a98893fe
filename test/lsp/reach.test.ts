import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CodeLens } from 'vscode-languageserver-protocol';
import { makeDemo } from '../../scripts/demo.ts';
import { commands, type Lines, requests } from '../../src/lsp/protocol.ts';
import { folderWith } from '../cli/fixtures.ts';
import { type Client, startClient } from './client.ts';

describe('what a file reaches', () => {
  let client: Client;
  /** `7: reaches …`, by the line above which it stands. */
  const lenses = async (file: string) => {
    const params = { textDocument: { uri: client.uri(file) } };
    const all = await client.request<CodeLens[]>('textDocument/codeLens', params);
    return all.filter(({ command }) => command?.title.startsWith('reaches'));
  };
  const told = async (file: string) =>
    (await lenses(file)).map(
      ({ range, command }) => `${range.start.line + 1}: ${command?.title ?? ''}`,
    );

  beforeAll(async () => {
    const { repository } = await makeDemo(folderWith({}));
    client = await startClient({
      folder: repository,
      initializationOptions: { trusted: true, markers: true },
    });
    await client.compared();
  });
  afterAll(() => client.stop());

  it('stands above an object of a base, with what was edited by hand', async () => {
    expect(await told('apps/web/base/deployment.yaml')).toEqual([
      // The tag of its image is another one in production; the rest of the image stands here.
      '1: reaches 2 objects in 2 environments · 1 edited by hand',
    ]);
    expect(await told('apps/web/base/configmap.yaml')).toEqual([
      '1: reaches 2 objects in 2 environments · 1 edited by hand',
    ]);
  });

  it('stands above a patch', async () => {
    expect(await told('apps/web/overlays/production/replicas.yaml')).toEqual([
      '1: reaches 1 object in production · 1 edited by hand',
    ]);
  });

  it('stands above a kustomization, and above what of it reaches less', async () => {
    expect(await told('apps/web/overlays/production/kustomization.yaml')).toEqual([
      '1: reaches 5 objects in production · 3 edited by hand',
      '5: reaches 1 object in production · 1 edited by hand',
      '8: reaches 1 object in production · 1 edited by hand',
    ]);
  });

  it('stands above each value that something reads', async () => {
    expect(await told('charts/api/values.yaml')).toEqual([
      '1: reaches 1 object in staging',
      '3: reaches 2 objects in 2 environments',
      '7: reaches 2 objects in 2 environments',
      '11: reaches 1 object in staging',
    ]);
  });

  it('stands above templates and the definitions in them', async () => {
    expect(await told('charts/api/templates/service.yaml')).toEqual([
      '1: reaches 2 objects in 2 environments',
    ]);
    const helpers = 'charts/api/templates/_helpers.tpl';
    await client.open(helpers);
    expect(await told(helpers)).toEqual(['1: reaches 5 objects in 2 environments']);
  });

  it('says nothing above what one environment gets as it stands there', async () => {
    expect(await told('clusters/production/namespace.yaml')).toEqual([]);
    expect(await told('driftline.yaml')).toEqual([]);
  });

  it('is peeked at by its lens: each object once in each environment', async () => {
    const [lens] = await lenses('apps/web/base/configmap.yaml');
    expect(lens?.command?.command).toBe(commands.whereUsed);
    const [lines] = lens?.command?.arguments ?? [];
    const { fields } = await client.ask(requests.uses, lines as Lines);
    expect(fields.map(({ environment, object, line }) => [environment, object.name, line])).toEqual(
      [
        ['staging', 'web-config', 0],
        ['production', 'web-config', 0],
      ],
    );
  });

  it('of one line is its fields, with their lines in the rendered objects', async () => {
    const uri = client.uri('apps/web/base/kustomization.yaml');
    const { fields } = await client.ask(requests.uses, { uri, line: 5 });
    expect(fields).toHaveLength(10);
    expect(new Set(fields.map(({ path }) => path))).toEqual(
      new Set(['.metadata.labels["app.kubernetes.io/part-of"]']),
    );
    expect(fields.every(({ line }) => line > 3)).toBe(true);
  });
});
