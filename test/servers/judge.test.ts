import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load, loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parsePath, resolveSteps } from '../../src/core/model/path.ts';
import { isObject, type Json, type JsonObject } from '../../src/core/model/resource.ts';
import { type ApplyVerdict, Judge } from '../../src/core/upstream/judge.ts';
import { mutate, pick, randomFrom } from './judge/mutate.ts';
import { type Answer, ask } from './judge/server.ts';
import { kubectl, withNamespace } from './plane.ts';

// The judge and a real API server of the same version, asked the same about manifests changed at random.
// SEED=… tries others, COUNT=… more of them.

const seed = Number(process.env.SEED ?? 1);
const count = Number(process.env.COUNT ?? 300);
const read = (name: string) => readFileSync(join(import.meta.dirname, 'judge', name), 'utf8');
const objects = loadAll(read('objects.yaml')) as JsonObject[];
const gadgets = [load(read('gadgets.yaml')) as JsonObject];
const judge = new Judge();

beforeAll(async () => {
  await kubectl(['apply', '-f', join(import.meta.dirname, 'judge', 'gadgets.yaml')]);
  await kubectl(['wait', '--for=condition=Established', 'crd/gadgets.judge.example.com']);
});
afterAll(() => judge.close());

function pathOf(object: JsonObject, namespace: string, query: string, name = ''): string {
  const { apiVersion, kind } = object as { apiVersion: string; kind: string };
  const base = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  const plural = kind.toLowerCase().replace(/y$/, 'ie').replace(/s$/, 'se').concat('s');
  return `${base}/namespaces/${namespace}/${plural}${name && `/${name}`}?${query}`;
}

function named(object: JsonObject, name: string, namespace: string): JsonObject {
  const metadata = isObject(object.metadata) ? object.metadata : {};
  return { ...object, metadata: { ...metadata, name, namespace } };
}

/** Refusals that come from what else there is in the cluster, which the judge does not know. */
const isAdmission = ({ code }: Answer) => code === 403 || code === 409;
const isAllocation = (field: string) => /clusterIP|nodePort/i.test(field);

describe('the judge and the API server', () => {
  it('accept and refuse the same objects, for the same fields', async () => {
    const random = randomFrom(seed);
    await withNamespace('judge', async namespace => {
      const tally = { accepted: 0, refused: 0 };
      for (let n = 0; n < count; n++) {
        const object = named(
          mutate(pick(objects, random) as JsonObject, random),
          `a${n}`,
          namespace,
        );
        const query = 'dryRun=All&fieldValidation=Strict';
        const server = await ask('POST', pathOf(object, namespace, query), object);
        if (isAdmission(server)) continue;
        const [found = []] = await judge.validate([object], { customTypes: gadgets });
        const errors = found.filter(({ severity }) => severity === 'error');
        const accepted = server.code < 300;
        const context = JSON.stringify({ n, object, server: server.body.message, found });
        expect(errors.length === 0, context).toBe(accepted);
        const fields = new Set(errors.map(({ path = '' }) => plain(path)));
        const missed = causesOf(server).filter(
          field => !fields.has(plain(field)) && !isAllocation(field),
        );
        expect(missed, context).toEqual([]);
        tally[accepted ? 'accepted' : 'refused']++;
      }
      expect(Math.min(tally.accepted, tally.refused)).toBeGreaterThan(count / 10);
    });
  });

  it('see the same changes in an apply', async () => {
    const random = randomFrom(seed + 1);
    await withNamespace('judge', async namespace => {
      const tally = { equal: 0, changed: 0, refused: 0 };
      for (let n = 0; n < count; n++) {
        const pair = await livePair(namespace, n, random);
        if (!pair) continue;
        const { live, desired, server } = pair;
        const [verdict] = await judge.apply([{ mode: 'ssa', manager: 'me', live, desired }], {
          customTypes: gadgets,
        });
        const context = JSON.stringify({ n, live, desired, server: server.body.message, verdict });
        if (!verdict || verdict.unchecked) throw new Error(context);
        const refused = server.code >= 300;
        expect(verdict.refused !== undefined, context).toBe(refused);
        if (!refused) expect(disagreements(verdict, live, server.body), context).toEqual([]);
        tally[refused ? 'refused' : verdict.equal ? 'equal' : 'changed']++;
      }
      expect(Math.min(...Object.values(tally))).toBeGreaterThan(count / 20);
    });
  });
});

/** Applies an object, lets somebody else change it, and asks for a dry-run of another manifest. */
async function livePair(namespace: string, n: number, random: () => number) {
  const name = `a${n}`;
  const original = named(pick(objects, random) as JsonObject, name, namespace);
  const at = (query: string) => pathOf(original, namespace, query, name);
  const patch = 'application/apply-patch+yaml';
  const created = await ask('PATCH', at('fieldManager=me&force=true'), original, patch);
  if (created.code >= 300) throw new Error(JSON.stringify(created.body));
  const theirs = mutate(original, random);
  if (random() < 0.5) await ask('PATCH', at('fieldManager=other&force=true'), theirs, patch);
  else {
    const { spec, data } = theirs;
    const merge = { metadata: { labels: { theirs: 'x' } }, spec, data };
    await ask('PATCH', at('fieldManager=other'), merge, 'application/merge-patch+json');
  }
  const desired = random() < 0.25 ? original : mutate(original, random);
  const live = (await ask('GET', at(''))).body;
  const server = await ask('PATCH', at('fieldManager=me&force=true&dryRun=All'), desired, patch);
  const after = (await ask('GET', at(''))).body;
  await ask('DELETE', at(''));
  const raced = versionOf(live) !== versionOf(after); // a controller was there meanwhile
  return raced || isAdmission(server) ? undefined : { live, desired, server };
}

function versionOf(object: JsonObject): Json | undefined {
  return isObject(object.metadata) ? object.metadata.resourceVersion : undefined;
}

/** Fields that differ for the server and are not told, and told ones that do not differ. */
function disagreements(verdict: ApplyVerdict, live: JsonObject, after: JsonObject): string[] {
  const differing = differences(withoutServerFields(live), withoutServerFields(after));
  const told = verdict.changes.map(({ path }) => {
    const ends = [live, after].map(object => resolveSteps(object, parsePath(path)).pointer);
    return ends.map(pointer => pointer.join('/')).sort((a, b) => b.length - a.length)[0] ?? '';
  });
  const related = (a: string, b: string) =>
    `${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`);
  return [
    ...differing.filter(a => !told.some(b => related(a, b))).map(path => `not told: ${path}`),
    ...told.filter(a => !differing.some(b => related(a, b))).map(path => `no difference: ${path}`),
  ];
}

function withoutServerFields(object: JsonObject): JsonObject {
  if (!isObject(object.metadata)) return object;
  const { managedFields, generation, resourceVersion, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function differences(a: Json | undefined, b: Json | undefined, path: string[] = []): string[] {
  if (isObject(a) && isObject(b)) {
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].flatMap(key => differences(a[key], b[key], [...path, key]));
  }
  return JSON.stringify(a) === JSON.stringify(b) ? [] : [path.join('/')];
}

/** Fields as Kubernetes and as Driftline write them, made comparable. */
function plain(path: string): string {
  return path
    .replace('<nil>', '')
    .replace(/[["\].]+/g, '.')
    .replace(/^\.|\.$/g, '');
}

function causesOf({ code, body }: Answer): string[] {
  const causes = isObject(body.details) ? body.details.causes : undefined;
  if (code !== 422 || !Array.isArray(causes)) return [];
  return causes
    .filter(isObject)
    .filter(({ message }) => !String(message).includes('some validation rules were not checked'))
    .map(({ field }) => String(field ?? ''));
}
