import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { OwnerProfile } from '../../src/core/model/drift.ts';
import { isObject, type JsonObject } from '../../src/core/model/resource.ts';
import { Judge } from '../../src/core/upstream/judge.ts';
import { applying, compareApply, withoutServerFields } from './judge/apply.ts';
import { list } from './judge/discovery.ts';
import { mutate, pick, randomFrom } from './judge/mutate.ts';
import { askOn } from './judge/server.ts';
import { kubectl } from './plane.ts';

// Custom resources of every make, in every version, with managers that wrote at other versions, applied by a real
// API server and by the judge. SEED=… tries others, COUNT=… more of each version and profile.

const seed = Number(process.env.SEED ?? 1);
const count = Number(process.env.COUNT ?? 15);
const file = join(import.meta.dirname, 'judge', 'customs.yaml');
const objects = loadAll(readFileSync(file, 'utf8')) as JsonObject[];
const customTypes = objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
const samples = objects.filter(({ kind }) => kind !== 'CustomResourceDefinition');
const profiles: OwnerProfile[] = [
  { mode: 'ssa', manager: 'me' },
  { mode: 'csa', manager: 'kubectl-client-side-apply' },
  { mode: 'csa', manager: 'argocd-controller' },
  { mode: 'csa3', manager: 'helm' },
];
const judge = new Judge();

beforeAll(async () => {
  for (const type of customTypes) {
    await kubectl(['apply', '-f', '-'], { input: JSON.stringify(type) });
    await kubectl(['wait', '--for=condition=Established', `crd/${nameOf(type)}`]);
  }
});
afterAll(() => judge.close());

const nameOf = ({ metadata }: JsonObject) => String(isObject(metadata) ? metadata.name : '');

describe('custom resources', () => {
  it('become the same in an apply of every profile and version', { timeout: 300_000 }, async () => {
    const plane = inject('plane');
    const random = randomFrom(seed);
    const tally = { accepted: 0, refused: 0 };
    const wrong: object[] = [];
    for (const sample of samples)
      for (const version of versionsOf(sample))
        for (const profile of profiles)
          for (let n = 0; n < count; n++) {
            const name = `customs-${profile.manager}-${n}`;
            const path = pathOf(sample, version, name);
            await prepare(sample, name, random);
            const read = withoutServerFields((await askOn(plane, 'GET', path)).body);
            const previous = random() < 0.7 ? mutate(read, random) : read;
            const live = (profile.mode === 'csa' && (await annotate(path, previous))) || read;
            const desired = random() < 0.2 ? live : mutate(live, random);
            const { outcome, context } = await compareApply(
              plane,
              judge,
              { path, desired, profile, ...(profile.mode === 'csa3' ? { previous } : {}) },
              { customTypes },
            );
            if (outcome === 'different') wrong.push({ version, n, ...context });
            else if (outcome) tally[outcome]++;
            await askOn(plane, 'DELETE', path);
          }
    expect(wrong.map(each => JSON.stringify(each))).toEqual([]);
    expect(Math.min(tally.accepted, tally.refused)).toBeGreaterThan(count);
  });
});

function versionsOf(sample: JsonObject): string[] {
  const spec = customTypes.map(type => (isObject(type.spec) ? type.spec : {}));
  const own = spec.find(({ names }) => isObject(names) && names.kind === sample.kind);
  return list(own?.versions).map(({ name }) => String(name));
}

function pathOf(sample: JsonObject, version: string, name: string): string {
  const scope = sample.kind === 'Crate' ? 'namespaces/default/crates' : 'pots';
  return `/apis/customs.example.com/${version}/${scope}/${name}`;
}

/** Applies the sample, and lets others write at random versions. */
async function prepare(sample: JsonObject, name: string, random: () => number): Promise<void> {
  const plane = inject('plane');
  const versions = versionsOf(sample);
  const at = (manager: string) => {
    const version = pick(versions, random) ?? 'v1';
    return {
      url: `${pathOf(sample, version, name)}?fieldManager=${manager}&force=true`,
      body: (object: JsonObject): JsonObject => ({
        ...object,
        apiVersion: `customs.example.com/${version}`,
        metadata: { name, labels: { by: manager } },
      }),
    };
  };
  const first = pathOf(sample, 'v1', name);
  const made = { ...sample, metadata: { name } };
  const created = await askOn(
    plane,
    'PATCH',
    `${first}?fieldManager=me&force=true`,
    made,
    applying,
  );
  if (created.code >= 300) throw new Error(JSON.stringify(created.body));
  for (const manager of ['other', 'me', 'third']) {
    if (random() < 0.4) continue;
    const { url, body } = at(manager);
    const theirs = body(random() < 0.5 ? mutate(sample, random) : sample);
    if (random() < 0.6) await askOn(plane, 'PATCH', url, theirs, applying);
    else {
      const type = 'application/merge-patch+json';
      await askOn(plane, 'PATCH', url.replace('&force=true', ''), { spec: theirs.spec }, type);
    }
  }
}

/** Writes kubectl's note about an earlier apply, and reads the object; undefined where what lives is invalid. */
async function annotate(path: string, applied: JsonObject): Promise<JsonObject | undefined> {
  const plane = inject('plane');
  const note = { 'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify(applied) };
  const patch = { metadata: { annotations: note } };
  const { code, body } = await askOn(plane, 'PATCH', path, patch, 'application/merge-patch+json');
  if (code >= 300) return undefined;
  const { metadata, ...object } = withoutServerFields(body);
  const { annotations: _, ...rest } = isObject(metadata) ? metadata : {};
  return { ...object, metadata: rest };
}
