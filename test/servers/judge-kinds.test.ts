import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadAll } from 'js-yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OwnerProfile } from '../../src/core/model/drift.ts';
import { isObject, type JsonObject } from '../../src/core/model/resource.ts';
import { Judge } from '../../src/core/upstream/judge.ts';
import { applying, compareApply, withoutServerFields } from './judge/apply.ts';
import { basePath, type Served, servedKinds } from './judge/discovery.ts';
import { mutate, pick, randomFrom } from './judge/mutate.ts';
import { askOn } from './judge/server.ts';
import { type ControlPlane, startControlPlane } from './start.ts';

// Every kind in every version that a server with everything switched on serves, known to the judge, and applied
// by both. SEED=… tries other manifests, COUNT=… more of each version.

const seed = Number(process.env.SEED ?? 1);
const count = Number(process.env.COUNT ?? 12);
const read = (name: string) => readFileSync(join(import.meta.dirname, 'judge', name), 'utf8');
const samples = ['kinds.yaml', 'objects.yaml'].flatMap(name => loadAll(read(name)) as JsonObject[]);
const judge = new Judge();
/** The gates that kinds need to be served; no others, as those change rules. */
const gates = [
  'ClusterTrustBundle',
  'CoordinatedLeaderElection',
  'DRADeviceTaintRules',
  'DRAResourcePoolStatus',
  'GenericWorkload',
  'PodCertificateRequest',
  'StorageVersionAPI',
];
const everything = {
  'runtime-config': 'api/all=true',
  'feature-gates': gates.map(gate => `${gate}=true`).join(),
};

const profiles: OwnerProfile[] = [
  { mode: 'ssa', manager: 'me' },
  { mode: 'csa', manager: 'kubectl-client-side-apply' },
  { mode: 'csa3', manager: 'helm' },
];

let plane: ControlPlane;
let stop: () => Promise<void>;
let served: Served[];
let stored: Served[];

beforeAll(async () => {
  ({ plane, stop } = await startControlPlane(
    line => process.stderr.write(`${line}\n`),
    everything,
  ));
  served = await servedKinds(plane);
  stored = served.filter(({ verbs }) => verbs.includes('patch'));
});
afterAll(async () => {
  await judge.close();
  await stop?.();
});

describe('the kinds of a server that serves everything', () => {
  it('are known to the judge, or known as never stored', async () => {
    expect(stored.length).toBeGreaterThan(80);
    const manifests = served.map(({ apiVersion, kind }) => ({
      apiVersion,
      kind,
      metadata: { name: 'a' },
    }));
    const verdicts = await judge.apply(
      manifests.map(object => ({ mode: 'ssa', manager: 'me', live: object, desired: object })),
    );
    const wrong = served.filter((kind, index) => {
      const reason = verdicts[index]?.unchecked ?? '';
      return /not an object that is kept|not known here/.test(reason) === stored.includes(kind);
    });
    expect(wrong).toEqual([]);
  });

  it('become the same in an apply', { timeout: 300_000 }, async () => {
    const random = randomFrom(seed);
    const tally = { accepted: 0, refused: 0 };
    const wrong: object[] = [];
    for (const kind of stored) {
      const made = await create(kind);
      for (let n = 0; n < count; n++) {
        const { path, manifest } = made;
        const profile = pick(profiles, random) ?? { mode: 'ssa', manager: 'me' };
        const previous = mutate(manifest, random);
        const desired = n === 0 ? manifest : mutate(manifest, random);
        const pair = { path, desired, profile, previous };
        const { outcome, context } = await compareApply(plane, judge, pair);
        if (outcome === 'different') wrong.push({ n, ...context });
        else if (outcome) tally[outcome]++;
      }
    }
    expect(wrong.map(each => JSON.stringify(each))).toEqual([]);
    expect(tally.accepted).toBeGreaterThan(stored.length * 2);
    expect(tally.refused).toBeGreaterThan(stored.length);
  });
});

interface Made {
  path: string;
  /** As read in this version, without what the server wrote. */
  manifest: JsonObject;
}

/** Applies the sample of a kind in the version it is written in, and reads it in the wanted one. */
async function create(kind: Served): Promise<Made> {
  const group = (apiVersion: unknown) => String(apiVersion).split('/').slice(0, -1).join('/');
  const sample = samples.find(
    each => each.kind === kind.kind && group(each.apiVersion) === group(kind.apiVersion),
  );
  if (!sample) throw new Error(`there is no sample of ${kind.apiVersion} ${kind.kind}`);
  const metadata = isObject(sample.metadata) ? sample.metadata : {};
  const text = JSON.stringify({
    ...sample,
    metadata: { ...metadata, ...(kind.namespaced ? { namespace: 'default' } : {}) },
  }).replaceAll('NAMESPACE', 'default');
  const scope = `${kind.namespaced ? 'namespaces/default/' : ''}${kind.plural}/${metadata.name}`;
  const original = `${basePath(String(sample.apiVersion))}/${scope}`;
  const applied = await askOn(
    plane,
    'PATCH',
    `${original}?fieldManager=me&force=true`,
    JSON.parse(text),
    applying,
  );
  if (applied.code >= 300) throw new Error(`${kind.kind}: ${JSON.stringify(applied.body)}`);
  const path = `${basePath(kind.apiVersion)}/${scope}`;
  const { body } = await askOn(plane, 'GET', path);
  return { path, manifest: withoutServerFields(body) };
}
