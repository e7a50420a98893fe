import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { load } from 'js-yaml';
import { afterAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/model/resource.ts';
import { type ApplyQuestion, Judge, judgeVersion } from '../../../src/core/upstream/judge.ts';
import { requireProgram } from '../../../src/core/upstream/programs.ts';

const judge = new Judge();
afterAll(() => judge.close());

function configMap(name: string, data: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'shop' }, data };
}

const widgets: JsonObject[] = [
  {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: {
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          schema: {
            openAPIV3Schema: {
              type: 'object',
              properties: {
                spec: { type: 'object', properties: { size: { type: 'integer', maximum: 3 } } },
              },
            },
          },
        },
      ],
    },
  },
];
const widget = (size: number): JsonObject => ({
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  metadata: { name: 'a', namespace: 'shop' },
  spec: { size },
});

// Answers like the judge, but does not survive one object.
const fragile = `#!${process.execPath}
let pending = Buffer.alloc(0);
process.stdin.on('data', chunk => {
  pending = Buffer.concat([pending, chunk]);
  while (pending.length >= 4 && pending.length >= 4 + pending.readUInt32LE()) {
    const end = 4 + pending.readUInt32LE();
    const { id, objects } = JSON.parse(pending.subarray(4, end));
    pending = pending.subarray(end);
    if (objects.some(object => object.metadata.name === 'deadly')) process.exit(2);
    const told = { step: 'warning', severity: 'warning', message: String(end) };
    const findings = objects.map(object => (object.metadata.name === 'size' ? [told] : []));
    const body = Buffer.from(JSON.stringify({ id, ok: true, findings }));
    const header = Buffer.alloc(4);
    header.writeUInt32LE(body.length);
    process.stdout.write(Buffer.concat([header, body]));
  }
});
`;

describe('the judge', () => {
  it('tells its version', async () => {
    expect(await judge.version()).toMatch(
      new RegExp(`^${judgeVersion.replace('.', '\\.')}\\.\\d+$`),
    );
  });

  it('validates objects, in order', async () => {
    const [good, bad] = await judge.validate([
      configMap('good', { a: '1' }),
      configMap('good', { 'a/b': '1' }),
    ]);
    expect(good).toEqual([]);
    expect(bad).toMatchObject([{ step: 'invalid', path: '.data["a/b"]', severity: 'error' }]);
  });

  it('validates for the Kubernetes version asked for', async () => {
    const claim = {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'DeviceClass',
      metadata: { name: 'a' },
      spec: {},
    };
    expect(await judge.validate([claim], { target: '1.34' })).toEqual([[]]);
    expect(await judge.validate([claim], { target: '1.33' })).toMatchObject([
      [{ step: 'version', severity: 'error' }],
    ]);
  });

  it('knows custom types of this environment only', async () => {
    const known = { customTypes: widgets };
    expect(await judge.validate([widget(3), widget(4)], known)).toMatchObject([
      [],
      [{ step: 'invalid', path: '.spec.size' }],
    ]);
    expect(await judge.validate([widget(4)])).toMatchObject([[{ step: 'unchecked' }]]);
  });

  it('sends custom types again to a program that was restarted', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'driftline-'));
    const program = join(folder, 'judge');
    const script = `#!/bin/sh\necho $$ >> ${folder}/pids\nexec ${requireProgram('judge')}\n`;
    writeFileSync(program, script, { mode: 0o755 });
    const mortal = new Judge(program);
    const pids = () => readFileSync(join(folder, 'pids'), 'utf8').trim().split('\n').map(Number);
    const tooLarge = [[{ path: '.spec.size' }]];
    expect(await mortal.validate([widget(4)], { customTypes: widgets })).toMatchObject(tooLarge);
    process.kill(pids()[0]!, 'SIGKILL');
    expect(await mortal.validate([widget(4)], { customTypes: widgets })).toMatchObject(tooLarge);
    expect(pids().length).toBe(2);
    await mortal.close();
  });

  it('leaves out only the object it does not survive', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'driftline-'));
    const program = join(folder, 'judge.mjs');
    writeFileSync(program, fragile, { mode: 0o755 });
    const mortal = new Judge(program);
    const objects = ['a', 'b', 'deadly', 'c'].map(name => configMap(name, {}));
    expect(await mortal.validate(objects)).toMatchObject([[], [], [{ step: 'unchecked' }], []]);
    await mortal.close();
  });

  it('keeps requests small where objects are large', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'driftline-'));
    const program = join(folder, 'judge.mjs');
    writeFileSync(program, fragile, { mode: 0o755 });
    const other = new Judge(program);
    const large = (size: number) => configMap('size', { text: 'x'.repeat(size) });
    const objects = [...Array(30).fill(large(500_000)), large(9_000_000), large(1)];
    const sizes = (await other.validate(objects)).flat().map(({ message }) => Number(message));
    expect(sizes.length).toBe(32);
    expect(Math.max(...sizes.slice(0, 30))).toBeLessThan(4_300_000);
    expect(sizes[30]).toBeGreaterThan(9_000_000);
    expect(sizes[31]).toBeLessThan(1_000);
    await other.close();
  });

  it('tells the predicted object and the patch when asked', async () => {
    const live = configMap('a', { a: '2', theirs: 'x' });
    const desired = configMap('a', { a: '1' });
    const asked = { mode: 'csa3', manager: 'helm', previous: desired, live, desired } as const;
    const [silent, verdict] = await judge.apply([
      asked,
      { ...asked, wantPredicted: true, wantPatch: true },
    ]);
    expect(silent).not.toHaveProperty('predicted');
    expect(verdict?.predicted).toEqual(configMap('a', { a: '1', theirs: 'x' }));
    expect(verdict?.patch).toEqual({
      contentType: 'application/strategic-merge-patch+json',
      body: { data: { a: '1' } },
    });
  });

  it('stops between two requests when it is cancelled', async () => {
    const stop = new AbortController();
    const objects = Array.from({ length: 5_000 }, () => configMap('a', {}));
    const running = judge.validate(objects, {}, stop.signal);
    stop.abort();
    await expect(running).rejects.toThrow();
    expect(await judge.validate([configMap('a', {})])).toEqual([[]]);
  });

  it('answers as many questions as there are', async () => {
    const objects = Array.from({ length: 1_234 }, (_, i) => configMap(i === 777 ? 'A' : 'a', {}));
    const found = await judge.validate(objects);
    expect(found.length).toBe(1_234);
    expect(found.flatMap((findings, i) => (findings.length > 0 ? [i] : []))).toEqual([777]);
  });

  it('says what an apply would change', async () => {
    const live = configMap('a', { a: '2', theirs: 'x', old: 'y' });
    live.metadata = {
      name: 'a',
      namespace: 'shop',
      managedFields: [
        {
          manager: 'me',
          operation: 'Apply',
          apiVersion: 'v1',
          fieldsV1: { 'f:data': { 'f:a': {}, 'f:old': {} } },
        },
      ],
    };
    const desired = configMap('a', { a: '1', b: '3' });
    const [verdict] = await judge.apply([{ mode: 'ssa', manager: 'me', live, desired }]);
    expect(verdict).toEqual({
      equal: false,
      changes: [
        { path: '.data.a', kind: 'changed', desired: '1', live: '2' },
        { path: '.data.b', kind: 'missing', desired: '3' },
        { path: '.data.old', kind: 'stale', live: 'y' },
      ],
    });
  });

  it('is not kept from the others by an object it cannot judge', async () => {
    const thing = { apiVersion: 'example.org/v1', kind: 'Thing', metadata: { name: 'a' } };
    const same = configMap('a', { a: '1' });
    const questions: ApplyQuestion[] = [
      { mode: 'ssa', manager: 'me', live: thing, desired: thing },
      { mode: 'csa', manager: 'me', live: same, desired: same },
    ];
    const verdicts = await judge.apply(questions);
    expect(verdicts).toMatchObject([
      { equal: false, changes: [] },
      { equal: true, changes: [] },
    ]);
    expect(verdicts[0]?.unchecked).toContain('Thing');
  });
});

const shared = resolve(import.meta.dirname, '../../../../shared/drift/drift-cases.yaml');

interface DriftCase {
  id: string;
  owner: { mode: ApplyQuestion['mode']; manager?: string; force?: boolean };
  desired?: JsonObject;
  live?: JsonObject;
  options?: object;
  expect: { state: string; paths?: { path?: string; kind: string }[] };
  oracle?: { result: string };
}

// Verdicts that a dry-run of a real API server gave, for one object each.
describe.skipIf(!process.env.CI && !existsSync(shared))('the judge and a real API server', () => {
  // The server of the cases answers the first with an internal error; the second is a webhook's doing.
  const others = ['lease-microtime-short', 'admission-rewrites-image'];

  it('agree on the drift cases', async () => {
    const text = readFileSync(shared, 'utf8');
    const { cases, fixtures } = load(text) as {
      cases: DriftCase[];
      fixtures: { crds: JsonObject[] };
    };
    const asked = cases.filter(
      ({ id, options, oracle, desired, live }) =>
        desired && live && !options && oracle?.result !== 'reading' && !others.includes(id),
    );
    expect(asked.length).toBeGreaterThan(150);
    const verdicts = await judge.apply(
      asked.map(({ owner, desired = {}, live = {} }) => ({
        mode: owner.mode,
        manager: owner.manager ?? '',
        force: owner.force,
        desired,
        live,
      })),
      { customTypes: fixtures.crds },
    );
    const told = asked.map(({ id }, i) => {
      const verdict = verdicts[i];
      if (verdict?.changes.length) return `${id}: ${pathsOf(verdict.changes)}`;
      return `${id}: ${verdict?.equal ? 'synced' : verdict?.refused ? 'invalid' : verdict?.unchecked}`;
    });
    const expected = asked.map(({ id, expect: { state, paths = [] } }) =>
      state === 'drifted' ? `${id}: ${pathsOf(paths)}` : `${id}: ${state}`,
    );
    expect(told).toEqual(expected);
  });
});

function pathsOf(changes: { path?: string; kind: string; consequence?: boolean }[]): string {
  const declared = changes.filter(change => !change.consequence);
  return declared
    .map(({ kind, path }) => `${kind} ${path}`)
    .sort()
    .join(', ');
}
