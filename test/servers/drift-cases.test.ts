import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DriftCase, readCases } from '../../scripts/drift-cases/case-file.ts';
import { liveOf, manifestOf } from '../../scripts/drift-cases/case-input.ts';
import { wordOf } from '../../scripts/fuzz-drift/oracle.ts';
import { collectionPath, Server } from '../../scripts/fuzz-drift/server.ts';
import { own, without } from '../../src/core/drift/values.ts';
import { sleep } from '../../src/core/lib/backoff.ts';
import { isObject, type Json, type JsonObject } from '../../src/core/model/resource.ts';
import { startControlPlane } from './start.ts';

// The verdicts of our own drift cases are the server's: each case that names one is acted out on a real server.

const folder = join(import.meta.dirname, '../core/drift/cases');
const files = readdirSync(folder).map(file => readCases(readFileSync(join(folder, file), 'utf8')));
const tests = files
  .flatMap(({ cases }) => cases)
  .filter(({ owner, oracle }) => owner.mode === 'ssa' && oracle.result !== 'reading');

let server: Server;
let stop: () => Promise<void>;

beforeAll(async () => {
  const started = await startControlPlane(() => {}, {}, { controllers: false });
  server = new Server(started.plane);
  stop = started.stop;
  const demo = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'demo' } };
  await server.post('/api/v1/namespaces', demo);
  const [definition] = files.flatMap(({ crds }) => crds.filter(isActedOut));
  if (definition) await define(definition);
}, 120_000);

afterAll(async () => {
  server.close();
  await stop();
});

/** Several files define a Widget; the cases about custom resources have the one with all types. */
function isActedOut({ spec }: JsonObject): boolean {
  return JSON.stringify(spec).includes('"maplist"');
}

async function define(definition: JsonObject): Promise<void> {
  const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  expect((await server.post(path, definition)).code).toBe(201);
  // Server-side apply knows a new kind a little later than it is served.
  const probe = { apiVersion: 't.io/v1', kind: 'Widget', metadata: { name: 'probe' }, spec: {} };
  const ask = () =>
    server.patch(
      '/apis/t.io/v1/namespaces/demo/widgets/probe?fieldManager=x&dryRun=All&fieldValidation=Strict',
      'apply',
      probe,
    );
  for (let tries = 0; (await ask()).code >= 300 && tries < 100; tries++) await sleep(100);
}

/** As the server writes it: with the managers of the case, and its status. */
async function create(live: JsonObject): Promise<JsonObject> {
  const metadata = isObject(live.metadata) ? live.metadata : {};
  const bare = applied(live);
  const made = await server.post(collectionOf(live), bare);
  expect(made.code, JSON.stringify(made.body)).toBe(201);
  if (isObject(live.status))
    await server.put(`${pathOf(live)}/status`, { ...made.body, status: live.status });
  const managers = own(metadata, 'managedFields');
  const { body } = await server.get(pathOf(live));
  const managed = Array.isArray(managers) && managers.length > 0 ? managers : [{}];
  const owned = { ...body, metadata: { ...(body.metadata as JsonObject), managedFields: managed } };
  const put = await server.put(pathOf(live), owned);
  expect(put.code, JSON.stringify(put.body)).toBe(200);
  return put.body;
}

function collectionOf({ apiVersion, kind, metadata }: JsonObject): string {
  const namespace: Json | undefined = own(metadata, 'namespace');
  return collectionPath(String(apiVersion), plural(String(kind)), String(namespace ?? ''));
}

function pathOf(object: JsonObject): string {
  return `${collectionOf(object)}/${own(object.metadata, 'name')}`;
}

function plural(kind: string): string {
  const word = kind.toLowerCase();
  if (word.endsWith('y')) return `${word.slice(0, -1)}ies`;
  return word.endsWith('s') ? `${word}es` : `${word}s`;
}

describe('a real server says of a drift case', () => {
  it.each(tests.map(test => [test.id, test] as const))('%s', async (_, test: DriftCase) => {
    const [live, desired] = [liveOf(test), manifestOf(test)];
    if (!live || !desired) throw new Error(`${test.id} has no pair of objects`);
    const found = await create(live);
    try {
      const query = `fieldManager=${test.owner.manager}&force=true&dryRun=All&fieldValidation=Strict`;
      const answer = await server.patch(`${pathOf(live)}?${query}`, 'apply', applied(desired));
      const word = wordOf(found, answer);
      const said = { same: 'nodiff', drift: 'diff', refused: 'error', nothing: 'nothing' };
      expect(said[word.says], JSON.stringify(answer.body)).toBe(test.oracle.result);
    } finally {
      await server.patch(pathOf(live), 'merge', { metadata: { finalizers: null } });
      await server.delete(pathOf(live));
    }
  });
});

/** What the server refuses in a manifest and every tool leaves out. */
function applied(desired: JsonObject): JsonObject {
  const serverFields = ['managedFields', 'resourceVersion', 'uid', 'creationTimestamp'];
  const metadata = isObject(desired.metadata) ? desired.metadata : {};
  return { ...desired, metadata: serverFields.reduce(without, metadata) };
}
