import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { OwnerProfile } from '../../src/core/model/drift.ts';
import { isObject, type JsonObject } from '../../src/core/model/resource.ts';
import { type ApplyVerdict, Judge } from '../../src/core/upstream/judge.ts';
import { toolsDirectory } from './build.ts';
import { comparable } from './judge/apply.ts';
import { mutate, randomFrom } from './judge/mutate.ts';
import { ask } from './judge/server.ts';
import { kubectl, withNamespace } from './plane.ts';

// `helm upgrade` of a release whose objects others have changed, and what the judge said it would make of them.
// SEED=… tries others, COUNT=… more objects of each kind.

const seed = Number(process.env.SEED ?? 1);
const count = Number(process.env.COUNT ?? 6);
const at = (name: string) => join(import.meta.dirname, 'judge', name);
const read = (name: string) => loadAll(readFileSync(at(name), 'utf8')) as JsonObject[];
const customTypes = [
  ...read('gadgets.yaml'),
  ...read('customs.yaml').filter(({ kind }) => kind === 'CustomResourceDefinition'),
];
const kinds = ['Deployment', 'Service', 'ConfigMap', 'Secret', 'Role', 'StatefulSet', 'Ingress'];
const samples = [
  ...read('objects.yaml').filter(({ kind }) => [...kinds, 'Gadget'].includes(String(kind))),
  ...read('customs.yaml').filter(({ kind }) => kind === 'Crate'),
];
const judge = new Judge();
const folder = mkdtempSync(join(tmpdir(), 'judge-helm-'));
const run = promisify(execFile);

beforeAll(async () => {
  for (const type of customTypes) {
    await kubectl(['apply', '-f', '-'], { input: JSON.stringify(type) });
    const { name } = type.metadata as { name: string };
    await kubectl(['wait', '--for=condition=Established', `crd/${name}`]);
  }
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await judge.close();
});

describe('helm upgrade', () => {
  it.each([
    ['on the client', '--server-side=false', { mode: 'csa3', manager: 'helm' }],
    ['on the server', '--server-side=true', { mode: 'ssa', manager: 'helm' }],
  ] as const)('makes %s what the judge says', { timeout: 180_000 }, async (_, flag, profile) => {
    const random = randomFrom(seed);
    await withNamespace('judge-helm', async namespace => {
      const chart = (objects: JsonObject[]) => helmChart(namespace, objects);
      const first = samples.flatMap(copies);
      await helm(['install', 'r', chart(first), '-n', namespace, flag]);
      const cases: Case[] = [];
      for (const previous of first) {
        await change(previous, namespace, random);
        const chosen = await judgeUpgrade(previous, namespace, profile, random);
        if (chosen) cases.push(chosen);
      }
      expect(cases.length).toBeGreaterThan(first.length / 2);
      const force = profile.mode === 'ssa' ? ['--force-conflicts'] : [];
      const next = chart(cases.map(({ manifest }) => manifest));
      await helm(['upgrade', 'r', next, '-n', namespace, flag, ...force]);
      const wrong: object[] = [];
      for (const each of cases) {
        const { body } = await ask('GET', pathOf(each.previous, namespace));
        if (raced(each, body)) continue;
        const [after, predicted] = [body, each.verdict.predicted ?? {}].map(withoutVersion);
        if (after !== predicted) wrong.push({ ...each, after, predicted });
      }
      expect(wrong.map(each => JSON.stringify(each))).toEqual([]);
      expect(cases.filter(({ verdict }) => !verdict.equal).length).toBeGreaterThan(
        cases.length / 3,
      );
    });
  });
});

interface Case {
  previous: JsonObject;
  manifest: JsonObject;
  live: JsonObject;
  verdict: ApplyVerdict;
}

function copies(sample: JsonObject, index: number): JsonObject[] {
  const metadata = isObject(sample.metadata) ? sample.metadata : {};
  const name = `${String(sample.kind).toLowerCase()}-${index}`;
  return Array.from({ length: count }, (_, n) => ({
    ...sample,
    metadata: { ...metadata, name: `${name}-${n}` },
  }));
}

/** Somebody else writes something else. */
async function change(object: JsonObject, namespace: string, random: () => number): Promise<void> {
  const { spec, data, rules } = mutate(object, random);
  const theirs = { metadata: { labels: { theirs: 'x' } }, spec, data, rules };
  const type = 'application/merge-patch+json';
  await ask('PATCH', `${pathOf(object, namespace)}?fieldManager=other`, theirs, type);
}

/** The next manifest of an object, and the judge's prediction; undefined where the upgrade would be refused. */
async function judgeUpgrade(
  previous: JsonObject,
  namespace: string,
  profile: OwnerProfile,
  random: () => number,
): Promise<Case | undefined> {
  const live = (await ask('GET', pathOf(previous, namespace))).body;
  const manifest = random() < 0.3 ? previous : mutate(previous, random);
  const desired = asHelmSends(manifest, namespace);
  const [verdict] = await judge.apply(
    [{ ...profile, live, desired, previous, wantPredicted: true }],
    { customTypes },
  );
  return verdict?.predicted && { previous, manifest, live, verdict };
}

function asHelmSends(manifest: JsonObject, namespace: string): JsonObject {
  const metadata = isObject(manifest.metadata) ? manifest.metadata : {};
  const { labels, annotations } = metadata;
  return {
    ...manifest,
    metadata: {
      ...metadata,
      namespace,
      labels: { ...(isObject(labels) ? labels : {}), 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: {
        ...(isObject(annotations) ? annotations : {}),
        'meta.helm.sh/release-name': 'r',
        'meta.helm.sh/release-namespace': namespace,
      },
    },
  };
}

/** A chart whose templates are the objects as they are. */
function helmChart(namespace: string, objects: JsonObject[]): string {
  const chart = mkdtempSync(join(folder, `${namespace}-`));
  mkdirSync(join(chart, 'templates'));
  writeFileSync(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: r\nversion: 1.0.0\n');
  for (const [n, object] of objects.entries())
    writeFileSync(join(chart, 'templates', `${n}.yaml`), JSON.stringify(object));
  return chart;
}

async function helm(args: string[]): Promise<void> {
  const asAdmin = ['--kubeconfig', inject('plane').adminConfig, '--disable-openapi-validation'];
  const env = {
    ...process.env,
    HELM_DATA_HOME: folder,
    HELM_CONFIG_HOME: folder,
    HELM_CACHE_HOME: folder,
  };
  await run(join(toolsDirectory(), 'helm'), [...args, ...asAdmin], { env });
}

function pathOf(object: JsonObject, namespace: string): string {
  const { apiVersion, kind, metadata } = object as {
    apiVersion: string;
    kind: string;
    metadata: JsonObject;
  };
  const base = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
  const plural = kind.toLowerCase().replace(/s$/, 'se').concat('s');
  return `${base}/namespaces/${namespace}/${plural}/${String(metadata.name)}`;
}

/** True where a controller wrote between the prediction and the upgrade, or after it. */
function raced({ live }: Case, after: JsonObject): boolean {
  const status = (object: JsonObject) => JSON.stringify(object.status ?? null);
  return status(live) !== status(after);
}

function withoutVersion(object: JsonObject): string {
  const { resourceVersion: _, ...metadata } = isObject(object.metadata) ? object.metadata : {};
  return comparable({ ...object, metadata });
}
