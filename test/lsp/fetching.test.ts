import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CodeAction, Diagnostic } from 'vscode-languageserver-protocol';
import { makeDemo } from '../../scripts/demo.ts';
import { commands, requests } from '../../src/lsp/protocol.ts';
import { folderWith } from '../cli/fixtures.ts';
import { type Client, startClient } from './client.ts';

const release = 'clusters/production/api.yaml';
const redis = `---
apiVersion: source.toolkit.fluxcd.io/v1
kind: HelmRepository
metadata:
  name: charts
  namespace: shop
spec:
  url: http://127.0.0.1:1/charts
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: redis
  namespace: shop
spec:
  interval: 10m0s
  chart:
    spec:
      chart: redis
      version: 19.1.0
      sourceRef:
        kind: HelmRepository
        name: charts
`;

describe.each([
  ['trusted', true],
  ['not trusted', false],
])('a chart that is not here, in a folder that is %s', (_, trusted) => {
  let client: Client;
  let waiting: Diagnostic | undefined;

  beforeAll(async () => {
    const { repository } = await makeDemo(folderWith({}));
    client = await startClient({
      folder: repository,
      initializationOptions: { trusted, markers: true },
      env: { XDG_CACHE_HOME: folderWith({}), XDG_DATA_HOME: folderWith({}) },
    });
    await client.open(release, `${client.textOf(release)}${redis}`);
  });
  afterAll(() => client.stop());

  it('is told on the release that names it', async () => {
    const { diagnostics } = await client.diagnostics(release, ({ diagnostics: all }) =>
      all.some(({ code }) => code === 'missing-chart'),
    );
    waiting = diagnostics.find(({ code }) => code === 'missing-chart');
    expect(waiting).toMatchObject({ severity: 3, source: 'driftline' });
    expect(waiting?.message).toMatch(/^not checked in production: .*redis.*`driftline fetch/);
    const line = client.textOf(release).split('\n')[waiting?.range.start.line ?? 0];
    expect(line).toBeDefined();
  });

  it('has an action that fetches', async () => {
    const actions = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri: client.uri(release) },
      range: waiting?.range,
      context: { diagnostics: [waiting] },
    });
    expect(actions.find(({ title }) => title.startsWith('Fetch'))).toMatchObject({
      title: 'Fetch charts…',
      command: { command: commands.fetch },
    });
  });

  it('is listed with its address, without asking it', async () => {
    expect(await client.ask(requests.missingCharts, {})).toEqual([
      {
        ...{ url: 'http://127.0.0.1:1/charts', name: 'redis', version: '19.1.0' },
        neededBy: ['production'],
      },
    ]);
  });

  it('is fetched only from where the repository says, and only where that is trusted', async () => {
    const [chart] = await client.ask(requests.missingCharts, {});
    if (!chart) throw new Error('nothing is missing');
    const elsewhere = { ...chart, url: 'http://127.0.0.1:2/other' };
    const fetch = (charts: (typeof chart)[]) =>
      client.ask(requests.fetchCharts, { charts, id: 'one' });
    if (!trusted) {
      await expect(fetch([chart])).rejects.toMatchObject({
        code: 1,
        message: expect.stringContaining('not trusted'),
      });
      return;
    }
    expect(await fetch([elsewhere])).toEqual({ fetched: [], failed: [] });
    const { fetched, failed } = await fetch([chart]);
    expect(fetched).toEqual([]);
    expect(failed).toEqual([expect.stringMatching(/^redis 19\.1\.0: /)]);
  });
});
