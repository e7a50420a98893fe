import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { folderWith } from './fixtures.ts';
import { driftline } from './run.ts';

const group = 'shelf.example.com';
const properties = {
  spec: {
    type: 'object',
    properties: { size: { type: 'integer', minimum: 1 } },
    required: ['size'],
  },
};
const definition = `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.${group} }
spec:
  group: ${group}
  scope: Namespaced
  names: { kind: Widget, plural: widgets, singular: widget, listKind: WidgetList }
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema: ${JSON.stringify({ type: 'object', properties })}
`;
/** As catalogues write it. */
const schema = JSON.stringify({
  type: 'object',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    spec: {
      type: 'object',
      properties: {
        size: { type: 'integer' },
        port: { format: 'int-or-string', oneOf: [{ type: 'string' }, { type: 'integer' }] },
      },
      additionalProperties: false,
    },
  },
});
const widget = `apiVersion: ${group}/v1
kind: Widget
metadata: { name: a }
spec: { size: big }
`;

const cache = mkdtempSync(join(tmpdir(), 'driftline-schemas-'));
afterAll(() => rmSync(cache, { recursive: true, force: true }));
let caches = 0;
const newCache = () => ({ XDG_CACHE_HOME: join(cache, `${caches++}`) });

async function run(args: string[], env: Record<string, string>) {
  const ran = await driftline(args, { env });
  return { ...ran, json: ran.stdout.startsWith('{') ? JSON.parse(ran.stdout) : undefined };
}

const validate = (repository: string, env: Record<string, string>, ...more: string[]) =>
  run(['validate', '-C', repository, '--format', 'json', ...more], env);
const rulesOf = ({ json }: { json: { findings: { line: number; rule: string }[] } }) =>
  json.findings.map(({ line, rule }) => `${line} ${rule}`);

describe('driftline schemas', () => {
  it('lists what is known and where from', async () => {
    const repository = folderWith({ 'crd.yaml': definition, 'widget.yaml': widget });
    const { status, json } = await run(
      ['schemas', 'list', '-C', repository, '--format', 'json'],
      newCache(),
    );
    expect(status).toBe(0);
    expect(json.schemas).toContainEqual({
      apiVersion: `${group}/v1`,
      kind: 'Widget',
      from: 'repository',
      source: 'crd.yaml',
    });
    expect(json.schemas).toContainEqual({
      apiVersion: 'cert-manager.io/v1',
      kind: 'Certificate',
      from: 'bundled',
      source: expect.stringMatching(/^cert-manager /),
    });
    const text = await run(['schemas', '-C', repository], newCache());
    expect(text.stdout).toContain('in the repository');
    expect(text.stdout).toMatch(/Widget\s+shelf\.example\.com v1/);
  });

  it.each([
    ['CustomResourceDefinitions', { 'deep/down/widgets.yaml': definition }],
    ['JSON Schemas', { [`${group}/widget_v1.json`]: schema }],
  ])('imports a folder of %s for all repositories', async (_, files) => {
    const env = newCache();
    const repository = folderWith({ 'widget.yaml': widget });
    const before = await validate(repository, env, '--offline');
    expect(rulesOf(before)).toEqual([]);
    expect(before.json.notChecked[0].reason).toContain('no schema for');
    const imported = await run(['schemas', 'import', folderWith(files), '--format', 'json'], env);
    expect(imported.json.imported).toHaveLength(1);
    expect(rulesOf(await validate(repository, env, '--offline'))).toEqual(['4 wrong-type']);
  });

  it('takes a folder for one call, and one that driftline.yaml names', async () => {
    const env = newCache();
    const repository = folderWith({ 'widget.yaml': widget });
    const folder = folderWith({ [`${group}/widget_v1.json`]: schema });
    const given = await validate(repository, env, '--offline', '--schemas', folder);
    expect(rulesOf(given)).toEqual(['4 wrong-type']);
    const own = folderWith({
      'driftline.yaml': 'version: 1\nschemas: [catalogue]\n',
      'widget.yaml': widget,
      [`catalogue/${group}/widget_v1.json`]: schema,
    });
    expect(rulesOf(await validate(own, env, '--offline'))).toEqual(['4 wrong-type']);
  });

  it('takes no address from driftline.yaml', async () => {
    const repository = folderWith({
      'driftline.yaml': 'version: 1\nschemas: ["https://mirror.example.com"]\n',
      'widget.yaml': widget,
    });
    expect(rulesOf(await validate(repository, newCache()))).toEqual(['2 driftline-config']);
  });

  it('exports what kubeconform reads, and reads that again', async () => {
    const env = newCache();
    const repository = folderWith({ 'crd.yaml': definition });
    const folder = join(cache, 'exported');
    const { json } = await run(
      ['schemas', 'export', folder, '-C', repository, '--format', 'json'],
      env,
    );
    expect(json.exported).toBeGreaterThan(100);
    const widgets = JSON.parse(readFileSync(join(folder, group, 'widget_v1.json'), 'utf8'));
    expect(widgets.properties.spec).toMatchObject({
      additionalProperties: false,
      required: ['size'],
    });
    expect(existsSync(join(folder, 'cert-manager.io', 'certificate_v1.json'))).toBe(true);
    const other = folderWith({ 'widget.yaml': widget });
    const again = await validate(other, env, '--offline', '--schemas', folder);
    expect(rulesOf(again)).toEqual(['4 wrong-type']);
  });

  it.each([
    [['schemas', 'import'], 'a folder, or a cluster by --context'],
    [['schemas', 'export'], 'the folder to write to'],
    [['schemas', 'burn'], 'list, import or export'],
    [['schemas', 'import', '/nowhere/at/all'], 'has neither'],
  ])('says what is missing: %s', async (args, says) => {
    const { status, stderr } = await driftline(args);
    expect(status).toBe(2);
    expect(stderr).toContain(says);
  });
});

describe('a mirror of a catalogue', () => {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const known = request.url === `/catalogue/${group}/widget_v1.json`;
    response.writeHead(known ? 200 : 404).end(known ? schema : 'no');
  }).listen(0, '127.0.0.1');
  afterAll(() => server.close());
  const address = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/catalogue/`;

  it('is asked once for what nothing else knows, and not without a connection', async () => {
    const env = newCache();
    const gadget = widget.replace('Widget', 'Gadget');
    const repository = folderWith({ 'widget.yaml': widget, 'gadget.yaml': gadget });
    const offline = await validate(repository, env, '--schemas', address(), '--offline');
    expect(rulesOf(offline)).toEqual([]);
    expect(asked).toEqual([]);
    const first = await validate(repository, env, '--schemas', address());
    expect(rulesOf(first)).toEqual(['4 wrong-type']);
    expect(asked.toSorted()).toEqual([
      `/catalogue/${group}/gadget_v1.json`,
      `/catalogue/${group}/widget_v1.json`,
    ]);
    const later = await validate(repository, env, '--schemas', address(), '--offline');
    expect(rulesOf(later)).toEqual(['4 wrong-type']);
    await validate(repository, env, '--schemas', address());
    expect(asked).toHaveLength(2);
  });
});
