import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CodeAction, Diagnostic, TextEdit } from 'vscode-languageserver';
import { makeDemo } from '../../scripts/demo.ts';
import { folderWith } from '../cli/fixtures.ts';
import { type Client, startClient } from './client.ts';

const values = 'charts/api/values-production.yaml';

describe('a finding that is left out', () => {
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

  async function fixes(diagnostics: Diagnostic[]): Promise<CodeAction[]> {
    const [first] = diagnostics;
    return client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri: client.uri(values) },
      range: first?.range,
      context: { diagnostics },
    });
  }
  const waitFor = async (...codes: string[]) => {
    const { diagnostics } = await client.diagnostics(
      values,
      each => each.diagnostics.map(({ code }) => code).join(' ') === codes.join(' '),
    );
    return diagnostics;
  };

  it('is so by a comment that asks for a reason, which then is told', async () => {
    await client.edit(values, { line: 0, from: 0, to: 0, text: 'colour: green\n' });
    const offered = await fixes(await waitFor('unused-value'));
    const titles = offered.map(({ title }) => title);
    expect(titles).toContain('Ignore unused-value in this file');
    const here = offered.find(({ title }) => title === 'Ignore unused-value here');
    const [edit] = (here?.edit?.changes?.[client.uri(values)] ?? []) as TextEdit[];
    expect(edit).toEqual({
      range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } },
      newText: '# driftline-ignore unused-value: <reason>\n',
    });
    await client.edit(values, { line: 0, from: 0, to: 0, text: edit?.newText ?? '' });
    await waitFor('bad-suppression');
    await client.replace(values, '<reason>', 'for the next release');
    await waitFor();
  });

  it('has its comment taken away once it finds nothing', async () => {
    await client.replace(values, 'colour: green', '');
    const diagnostics = await waitFor('unused-suppression');
    expect(diagnostics).toMatchObject([{ severity: 3, tags: [1] }]);
    const [remove] = await fixes(diagnostics);
    expect(remove?.title).toBe('Remove the comment');
    expect(remove?.edit?.changes?.[client.uri(values)]).toEqual([
      { range: { start: { line: 0, character: 0 }, end: { line: 1, character: 0 } }, newText: '' },
    ]);
  });
});
