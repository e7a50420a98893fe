import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { KnownTypes } from '../../../src/core/cluster/known-types.ts';
import { DiskCache } from '../../../src/core/lib/disk-cache.ts';
import type { JsonObject } from '../../../src/core/model/resource.ts';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-known-'));
  folders.push(folder);
  return folder;
}
const open = (folder: string) => new KnownTypes(new DiskCache(folder, 1 << 20));

const identity = { context: 'edge', server: 'https://edge', uid: 'one', version: 'v1.33.2' };
const name = { context: 'edge', server: 'https://edge' };
const crd = (plural: string, generation: number, spec: JsonObject = {}): JsonObject => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.example.com`, uid: 'x', generation, managedFields: [] },
  spec: { group: 'example.com', ...spec },
  status: {},
});
const namesOf = (types: { definitions: readonly JsonObject[] } | undefined) =>
  types?.definitions.map(({ metadata }) => (metadata as { name: string }).name);

it('keeps what a cluster said for later processes, without what changes with every write', async () => {
  const folder = newFolder();
  expect(await open(folder).of(name)).toBeUndefined();
  await open(folder).remember(identity, [crd('dials', 1)]);
  const later = await open(folder).of(name);
  expect(later).toMatchObject({ version: 'v1.33.2', asked: expect.stringMatching(/^\d{4}-/) });
  expect(later?.definitions).toEqual([
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'dials.example.com' },
      spec: { group: 'example.com' },
    },
  ]);
});

it('adds kinds as they are asked for, and takes the newer definition of one', async () => {
  const known = open(newFolder());
  await known.remember(identity, [crd('dials', 1)]);
  const first = await known.of(name);
  await known.remember(identity, [crd('gauges', 1), crd('dials', 2, { scope: 'Cluster' })]);
  const types = await known.of(name);
  expect(namesOf(types)).toEqual(['dials.example.com', 'gauges.example.com']);
  expect(types?.definitions[0]?.spec).toMatchObject({ scope: 'Cluster' });
  expect(namesOf(first)).toEqual(['dials.example.com']);
  await known.remember(identity, [crd('dials', 3, { scope: 'Cluster' })]);
  // Nothing that judging needs is new: what was judged by it counts on.
  expect((await known.of(name))?.definitions).toBe(types?.definitions);
});

it('forgets what another cluster said at the same address, and says nothing of one that is not pinned', async () => {
  const known = open(newFolder());
  await known.remember(identity, [crd('dials', 1)]);
  expect(await known.of({ ...name, uid: 'two' })).toBeUndefined();
  expect(namesOf(await known.of({ ...name, uid: 'one' }))).toEqual(['dials.example.com']);
  await known.remember({ ...identity, uid: 'two' }, [crd('gauges', 1)]);
  expect(namesOf(await known.of(name))).toEqual(['gauges.example.com']);
  expect(await known.of({ ...name, server: 'https://other' })).toBeUndefined();
});

it('leaves out what is damaged', async () => {
  const folder = newFolder();
  await open(folder).remember(identity, [crd('dials', 1), crd('gauges', 1)]);
  const sizes = readdirSync(folder).map(file => ({ file, text: readFileSync(join(folder, file)) }));
  const [smallest] = sizes.toSorted((a, b) => a.text.length - b.text.length);
  writeFileSync(join(folder, smallest?.file ?? ''), 'damaged');
  expect((namesOf(await open(folder).of(name)) ?? []).length).toBeLessThanOrEqual(1);
});
