import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeDemo } from '../scripts/demo.ts';
import { packageExtension } from '../scripts/package.ts';
import { driftline } from './cli/run.ts';
import { startClient } from './lsp/client.ts';
import { readZip, unpack, type ZipEntry } from './zip.ts';

const root = resolve(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'driftline-vsix-'));
const extension = join(folder, 'unpacked', 'extension');
let file: string;
let entries: ZipEntry[];
beforeAll(async () => {
  file = await packageExtension(folder);
  entries = readZip(file);
  unpack(entries, join(folder, 'unpacked'));
}, 300_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const suffix = process.platform === 'win32' ? '.exe' : '';
const contents = (below: string) =>
  entries
    .map(({ name }) => name)
    .filter(name => name.startsWith(below))
    .map(name => name.slice(below.length))
    .sort();

it('holds what is needed to run, and nothing else', () => {
  expect(contents('').filter(name => !name.startsWith('extension/'))).toEqual([
    '[Content_Types].xml',
    'extension.vsixmanifest',
  ]);
  expect(contents('extension/').filter(name => !/^(dist|media|syntaxes)\//.test(name))).toEqual([
    'LICENSE.txt',
    'changelog.md',
    'package.json',
    'package.nls.json',
    'readme.md',
  ]);
  expect(contents('extension/dist/')).toEqual([
    `bin/judge${suffix}`,
    `bin/renderer${suffix}`,
    'cli.cjs',
    'extension.cjs',
    'kubernetes-client.cjs',
    'language-client.cjs',
    'server.cjs',
    'terminal.cjs',
    'yaml-service.cjs',
  ]);
  expect(contents('extension/media/schemas/')).toEqual(
    readdirSync(join(root, 'media', 'schemas')).sort(),
  );
  expect(contents('extension/media/rules/')).toEqual(
    readdirSync(join(root, 'media', 'rules')).sort(),
  );
  expect(contents('extension/media/descriptions/')).toEqual(
    readdirSync(join(root, 'media', 'descriptions')).sort(),
  );
  const other = contents('extension/media/').filter(
    name => !/^(descriptions|schemas|rules)\//.test(name),
  );
  expect(other.filter(name => !/^[\w/.-]+\.(json|svg)$/.test(name))).toEqual(['icon.png']);
});

it('holds every file that the manifest names', () => {
  const manifest = readFileSync(join(extension, 'package.json'), 'utf8');
  const named = [...manifest.matchAll(/"(?:\.\/)?((?:media|dist|syntaxes)\/[^"]+\.\w+)"/g)];
  expect(named.length).toBeGreaterThan(3);
  expect(contents('extension/')).toEqual(
    expect.arrayContaining(named.map(([, path]) => path as string)),
  );
});

it('says nothing of the machine that made it', () => {
  const home = process.env.HOME ?? root;
  const telling = entries.filter(
    ({ content }) => content.includes(root) || (home.length > 5 && content.includes(home)),
  );
  expect(telling.map(({ name }) => name)).toEqual([]);
});

it('is small enough', () => {
  expect(statSync(file).size).toBeLessThanOrEqual(40_000_000);
});

it('compares the demo from the folder it is unpacked in', async () => {
  const { repository } = await makeDemo(join(folder, 'demo'));
  const { status, stdout, stderr } = await driftline(
    ['drift', '-C', repository, '--format', 'json'],
    { bundle: join(extension, 'dist', 'cli.cjs'), cwd: folder },
  );
  expect({ status, stderr }).toMatchObject({ status: 1 });
  const { environments } = JSON.parse(stdout) as {
    environments: { name: string; counts: object; objects: { state: string }[] }[];
  };
  expect(environments.find(({ name }) => name === 'staging')?.objects).toEqual([]);
  const production = environments.find(({ name }) => name === 'production');
  expect(production?.counts).toMatchObject({ drifted: 4, missing: 1 });
});

it('serves an editor from the folder it is unpacked in', async () => {
  const { repository } = await makeDemo(join(folder, 'edited'));
  const client = await startClient({
    folder: repository,
    bundle: join(extension, 'dist', 'server.cjs'),
  });
  try {
    const both = await client.compared(
      ({ environments }) =>
        environments.length === 2 && environments.every(({ phase }) => phase === 'compared'),
    );
    const production = both.environments.find(({ name }) => name === 'production');
    expect(production?.counts).toMatchObject({ drifted: 4, missing: 1 });
  } finally {
    await client.stop();
  }
});
