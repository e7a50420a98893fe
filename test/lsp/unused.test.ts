import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeDemo } from '../../scripts/demo.ts';
import { folderWith } from '../cli/fixtures.ts';
import { type Client, startClient } from './client.ts';

const values = 'charts/api/values-production.yaml';

describe('what changes nothing', () => {
  let client: Client;

  beforeAll(async () => {
    const { repository } = await makeDemo(folderWith({}));
    client = await startClient({
      folder: repository,
      initializationOptions: { trusted: false, markers: true },
    });
    await client.open(values);
    await client.compared();
  });
  afterAll(() => client.stop());

  it('is information on its line, and faded', async () => {
    await client.edit(values, { line: 0, from: 0, to: 0, text: 'colour: green\n' });
    const { diagnostics } = await client.diagnostics(values, each =>
      each.diagnostics.some(({ code }) => code === 'unused-value'),
    );
    const faded = diagnostics.filter(({ code }) => code === 'unused-value');
    expect(faded).toMatchObject([
      { severity: 3, tags: [1], source: 'driftline', range: { start: { line: 0, character: 0 } } },
    ]);
  });

  it('is nothing any more once it is gone', async () => {
    const version = await client.edit(values, { line: 0, from: 0, to: 13, text: '# no colour' });
    await client.diagnostics(
      values,
      each => each.version === version && each.diagnostics.length === 0,
    );
  });
});
