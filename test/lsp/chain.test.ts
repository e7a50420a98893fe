import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Hover } from 'vscode-languageserver-protocol';
import { makeDemo } from '../../scripts/demo.ts';
import { folderWith } from '../cli/fixtures.ts';
import { type Client, eventually, startClient, withoutAddresses } from './client.ts';

const overlay = 'apps/web/overlays/production';
const release = 'clusters/production/api.yaml';

// The way of a value from the text that holds it to what is applied, as the hover of each text on the way tells it.
describe('the chain in a hover', () => {
  let client: Client;
  const hover = async (file: string, text: string) => {
    const line = client
      .textOf(file)
      .split('\n')
      .findIndex(each => each.includes(text));
    const found = await client.request<Hover | null>('textDocument/hover', {
      textDocument: { uri: client.uri(file) },
      position: { line, character: 3 },
    });
    return found === null ? '' : (found.contents as { value: string }).value;
  };
  const chains = async (file: string, text: string) => {
    const lines = withoutAddresses(await hover(file, text)).split('\n');
    return lines.filter(line => line.startsWith('- '));
  };

  beforeAll(async () => {
    const { repository } = await makeDemo(folderWith({}));
    client = await startClient({
      folder: repository,
      initializationOptions: { trusted: true, markers: true },
    });
    for (const file of [
      `${overlay}/replicas.yaml`,
      `${overlay}/kustomization.yaml`,
      'apps/web/base/deployment.yaml',
      'apps/web/base/secret.yaml',
      'charts/api/values-production.yaml',
      'charts/api/values.yaml',
      'charts/api/templates/deployment.yaml',
      release,
    ])
      await client.open(file);
    await client.compared();
  });
  afterAll(() => client.stop());

  it('leads from a patch through the kustomization that names it', async () => {
    expect(await chains(`${overlay}/replicas.yaml`, 'replicas: 3')).toEqual([
      '- **production**: [base/deployment.yaml:8] `overwritten` → this line → [production/kustomization.yaml:9] `patches`',
    ]);
  });

  it('leads from a base through each kustomization above it', async () => {
    expect(await chains('apps/web/base/deployment.yaml', 'replicas: 1')).toEqual([
      '- **staging**: this line → [base/kustomization.yaml:10] `resources` → [staging/kustomization.yaml:4] `resources`',
      '- **production**: this line `overwritten` → [production/replicas.yaml:7] → [production/kustomization.yaml:9] `patches`',
    ]);
  });

  it('names the line that makes a tag', async () => {
    expect(await chains(`${overlay}/kustomization.yaml`, 'newTag')).toEqual([
      '- **production**: [base/deployment.yaml:19] → this line `images`',
    ]);
  });

  it('leads from a values file to the template that reads it, and back', async () => {
    const values = await chains('charts/api/values-production.yaml', 'replicas: 2');
    expect(values).toEqual(['- **production**: this line → [templates/deployment.yaml:8]']);
    const template = await chains('charts/api/templates/deployment.yaml', 'replicas: {{');
    expect(template).toEqual([
      '- **staging**: [api/values.yaml:1] → this line',
      '- **production**: [api/values-production.yaml:1] → this line',
    ]);
  });

  it('has one line where all environments go the same way', async () => {
    expect(await chains('charts/api/values.yaml', 'format: json')).toEqual([
      '- **staging**, **production**: this line → [templates/deployment.yaml:27]',
    ]);
  });

  it('links every step to its line', async () => {
    const text = await hover(`${overlay}/replicas.yaml`, 'replicas: 3');
    const address = `${client.uri('apps/web/overlays/production/kustomization.yaml')}#L9`;
    expect(text).toContain(
      `[production/kustomization.yaml:9](${address} "apps/web/overlays/production/kustomization.yaml")`,
    );
  });

  it('begins in the values that a HelmRelease holds, saved or not', async () => {
    const lines = client.textOf(release).trimEnd().split('\n').length;
    await client.edit(release, {
      line: lines,
      from: 0,
      to: 0,
      text: '  values:\n    replicas: 4\n',
    });
    const found = await eventually(async () => {
      const all = await chains(release, 'replicas: 4');
      return all.length > 0 ? all : undefined;
    }, 'the hover of the edit');
    expect(found).toContain('- **production**: this line → [templates/deployment.yaml:8]');
    expect(await hover(release, 'replicas: 4')).toContain('`4` (this line)');
  });

  it('shows no secret', async () => {
    const text = await hover('apps/web/base/secret.yaml', 'SESSION_KEY');
    expect(text).toContain('`•••` (this line)');
    expect(client.heard).not.toContain('not-a-secret-just-a-demo');
  });
});
