import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Location } from 'vscode-languageserver-protocol';
import { makeDemo } from '../../scripts/demo.ts';
import { type RenderedSide, requests } from '../../src/lsp/protocol.ts';
import { folderWith } from '../cli/fixtures.ts';
import { type Client, eventually, startClient } from './client.ts';

const replicas = 'apps/web/overlays/production/replicas.yaml';
const overlay = 'apps/web/overlays/production/kustomization.yaml';
const api = 'clusters/production/api.yaml';
const web = {
  environment: 'production',
  object: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' },
};
const session = {
  ...web,
  object: { ...web.object, group: '', kind: 'Secret', name: 'web-session' },
};

describe('rendered objects as documents', () => {
  let client: Client;
  const rendered = async (about: typeof web) => (await client.ask(requests.rendered, about)).text;
  const lineOf = (text: string, part: string) =>
    text.split('\n').findIndex(line => line.includes(part));
  /** `file:line` of the text that decides a line of one of the object's documents. */
  const source = async (about: typeof web, side: RenderedSide, line: number) => {
    const found = await client.ask(requests.source, { ...about, side, line });
    return found && `${found.uri.slice(client.uri('').length + 1)}:${found.line + 1}`;
  };
  const definition = async (file: string, part: string) => {
    const line = lineOf(client.textOf(file), part);
    const character = (client.textOf(file).split('\n')[line] ?? '').indexOf(part) + 1;
    const found = await client.request<Location[]>('textDocument/definition', {
      textDocument: { uri: client.uri(file) },
      position: { line, character },
    });
    return found.map(
      ({ uri, range }) => `${uri.slice(client.uri('').length + 1)}:${range.start.line + 1}`,
    );
  };

  beforeAll(async () => {
    const { repository } = await makeDemo(folderWith({}));
    client = await startClient({
      folder: repository,
      initializationOptions: { trusted: true, markers: true },
    });
    await client.open(replicas);
    await client.open(overlay);
    await client.open(api);
    await client.compared();
  });
  afterAll(() => client.stop());

  it('have what an environment gets', async () => {
    const text = await rendered(web);
    expect(text).toMatch(/^apiVersion: apps\/v1\nkind: Deployment\n/);
    expect(text).toContain('replicas: 3');
    expect(text).toContain('image: registry.example/shop/web:1.8.2');
    const staging = await rendered({ ...web, environment: 'staging' });
    expect(staging).toContain('replicas: 1');
  });

  it('mask secrets', async () => {
    expect(await rendered(session)).toContain('SESSION_KEY: •••');
    expect(client.heard).not.toContain('not-a-secret-just-a-demo');
  });

  it('say why there is nothing to show', async () => {
    const gone = { ...web, object: { ...web.object, name: 'gone' } };
    expect(await client.ask(requests.rendered, gone)).toEqual({
      text: '',
      reason: 'production renders no Deployment shop/gone.',
    });
  });

  it('know the line of a field', async () => {
    const text = await rendered(web);
    const path = '.spec.template.spec.containers[name="web"].image';
    const line = await client.ask(requests.fieldLine, { ...web, path });
    expect(text.split('\n')[line]).toMatch(/^ +image: registry/);
    expect(await client.ask(requests.fieldLine, web)).toBe(0);
  });

  it('lead from each line to the text that decides it', async () => {
    const text = await rendered(web);
    const at = (part: string) => source(web, 'rendered', lineOf(text, part));
    expect(await at('replicas: 3')).toBe(`${replicas}:7`);
    expect(await at('image: registry')).toBe(`${overlay}:7`);
    expect(await at('containerPort: 9090')).toBe('apps/web/base/deployment.yaml:24');
    expect(await at('part-of: shop')).toBe('apps/web/base/kustomization.yaml:6');
  });

  it('lead there from both sides of a comparison too', async () => {
    const { desired, live } = await client.ask(requests.compare, web);
    expect(await source(web, 'desired', lineOf(desired, 'replicas: 3'))).toBe(`${replicas}:7`);
    expect(await source(web, 'live', lineOf(live, 'replicas: 5'))).toBe(`${replicas}:7`);
  });

  it('are of the text before it is saved', async () => {
    await client.replace(replicas, 'replicas: 3', 'replicas: 8');
    await eventually(async () => {
      const text = await rendered(web);
      return text.includes('replicas: 8') ? text : undefined;
    }, 'the rendered edit');
  });

  it('are reached from the lines that make them', async () => {
    const uses = await client.ask(requests.uses, { uri: client.uri(overlay), line: 6 });
    expect(uses.fields).toMatchObject([
      { ...web, path: '.spec.template.spec.containers[0].image', application: 'web' },
    ]);
    const text = await rendered(web);
    expect(text.split('\n')[uses.fields[0]?.line ?? 0]).toMatch(/^ +image: registry/);
  });

  it('say why a line reaches nothing', async () => {
    const uri = client.uri('apps/web/base/secret.yaml');
    const { fields, why } = await client.ask(requests.uses, { uri, line: 0 });
    expect(fields).toEqual([]);
    expect(why).toMatch(/comment/);
  });

  it('are what the references of a line are', async () => {
    const position = { line: 23, character: 4 };
    const textDocument = { uri: client.uri('apps/web/base/deployment.yaml') };
    const context = { includeDeclaration: true };
    const found = await client.request<Location[]>('textDocument/references', {
      ...{ textDocument, position, context },
    });
    expect(found.map(({ uri }) => decodeURIComponent(uri.split('?')[0] ?? ''))).toEqual([
      'driftline-rendered:/shop/staging · Deployment web.yaml',
      'driftline-rendered:/shop/production · Deployment web.yaml',
    ]);
    expect(found[0]?.range.start.line).toBeGreaterThan(20);
  });

  it('a value that names a file or a folder leads there', async () => {
    expect(await definition(overlay, '../../base')).toEqual(['apps/web/base/kustomization.yaml:1']);
    expect(await definition(overlay, 'replicas.yaml')).toEqual([`${replicas}:1`]);
    expect(await definition(api, './charts/api')).toEqual(['charts/api/Chart.yaml:1']);
    expect(await definition(api, 'charts/api/values.yaml')).toEqual(['charts/api/values.yaml:1']);
    expect(await definition(overlay, 'registry.example')).toEqual([]);
  });

  it('a line leads to what it overrides or prints', async () => {
    expect(await definition(replicas, 'replicas: ')).toEqual(['apps/web/base/deployment.yaml:8']);
    expect(await definition(overlay, 'newTag')).toEqual(['apps/web/base/deployment.yaml:19']);
    const values = 'charts/api/values-production.yaml';
    const template = 'charts/api/templates/deployment.yaml';
    await client.open(values);
    await client.open(template);
    expect(await definition(values, 'cpu: 200m')).toEqual(['charts/api/values.yaml:13']);
    expect(await definition(template, 'replicas: {{')).toEqual([
      'charts/api/values.yaml:1',
      `${values}:1`,
    ]);
  });
});
