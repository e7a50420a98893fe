import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Cluster } from '../../src/core/cluster/cluster.ts';
import { readLive } from '../../src/core/cluster/live.ts';
import { openCluster } from '../../src/core/cluster/open.ts';
import { compareObjects } from '../../src/core/drift/compare.ts';
import type { DriftInput } from '../../src/core/drift/input.ts';
import { ServerWord } from '../../src/core/drift/server/server-word.ts';
import { type JsonObject, resourceOf } from '../../src/core/model/resource.ts';
import { createSchemas } from '../../src/core/schemas/schemas.ts';
import { Judge } from '../../src/core/upstream/judge.ts';
import { apply, kubectl, withNamespace } from './plane.ts';

const host = { log: () => {}, trusted: () => false, secret: () => undefined, forges: () => ({}) };
const schemas = createSchemas({ version: '1.36' });
const judge = new Judge();
const opened: Cluster[] = [];
let admin: Cluster;

async function as(context: string): Promise<Cluster> {
  const options = { root: '/nowhere', host, env: { KUBECONFIG: inject('plane').kubeconfig } };
  const answer = await openCluster({ kind: 'context', context }, options);
  if (!answer.ok) throw new Error(answer.reason);
  opened.push(answer.cluster);
  return answer.cluster;
}

beforeAll(async () => {
  admin = await as('admin');
});

afterAll(async () => {
  for (const cluster of opened) cluster.close();
  await judge.close();
});

const manifest = (namespace: string, more: JsonObject): JsonObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'conf', namespace },
  ...more,
});

/** The object as it lives, beside what git says of it. */
async function inputOf(desired: JsonObject): Promise<DriftInput> {
  const resource = resourceOf(desired);
  if (!resource) throw new Error('no identity');
  const found = (await readLive(admin, [resource], '')).find(resource);
  const live = found.ok ? found.object : undefined;
  return {
    resource,
    desired,
    live,
    owners: { said: { mode: 'ssa', manager: 'kubectl' } },
    ignore: [],
  };
}

async function compare(desired: JsonObject, cluster: Cluster) {
  const input = await inputOf(desired);
  const options = { judge, schemas, target: '1.36' };
  const local = await compareObjects([input], options);
  const [result] = await new ServerWord(cluster).confirm([input], local, options);
  return { local: local[0], result };
}

describe('the server’s word', () => {
  it('confirms drift, with the same paths and owners as the judge', async () => {
    await withNamespace('word', async namespace => {
      await apply([manifest(namespace, { data: { a: '1', old: 'x' } })]);
      await kubectl(['-n', namespace, 'patch', 'configmap', 'conf', '-p', '{"data":{"a":"2"}}']);
      const { local, result } = await compare(
        manifest(namespace, { data: { a: '1', b: '1' } }),
        admin,
      );
      expect(local?.confirmed).toBe('local');
      expect(result).toEqual({ ...local, confirmed: 'dry-run' });
      expect(result?.paths.map(({ path, kind }) => `${path} ${kind}`)).toEqual([
        '.data.a changed',
        '.data.b missing',
        '.data.old stale',
      ]);
    });
  });

  it('answers where there is no judge', async () => {
    await withNamespace('word', async namespace => {
      await apply([manifest(namespace, { data: { a: '1' } })]);
      const withoutJudge = async (data: JsonObject) => {
        const input = await inputOf(manifest(namespace, { data }));
        const options = { judge: undefined, schemas, target: '1.36' };
        const local = await compareObjects([input], options);
        return {
          local,
          answers: await new ServerWord(admin).confirm([input], local, options),
        };
      };
      const { local, answers } = await withoutJudge({ a: '2' });
      expect(local[0]?.state).toBe('unknown');
      expect(answers[0]).toMatchObject({
        state: 'drifted',
        confirmed: 'dry-run',
        paths: [{ path: '.data.a', kind: 'changed', desired: '2', live: '1' }],
      });
      expect(answers[0]?.reason).toBeUndefined();
    });
  });

  it('is missed, not guessed, by who may not patch', async () => {
    await withNamespace('word', async namespace => {
      await apply([manifest(namespace, { data: { a: '1' } })]);
      const { result } = await compare(
        manifest(namespace, { data: { a: '2' } }),
        await as('viewer'),
      );
      expect(result).toMatchObject({ state: 'drifted', confirmed: 'unconfirmed' });
      expect(result?.reason).toContain('no permission to patch configmaps');
    });
  });

  it('names the policy or rule by which it refuses the change', async () => {
    await withNamespace('word', async namespace => {
      await apply([manifest(namespace, { data: { a: '1' }, immutable: true })]);
      const desired = manifest(namespace, { data: { a: '2' }, immutable: true });
      const { result } = await compare(desired, admin);
      expect(result).toMatchObject({ state: 'drifted', confirmed: 'dry-run', recreate: true });
      expect(result?.reason).toContain('field is immutable');
    });
  });
});
