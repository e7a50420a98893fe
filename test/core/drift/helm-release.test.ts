import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../../../src/core/cluster/cluster.ts';
import { readSnapshot } from '../../../src/core/cluster/snapshot/snapshot.ts';
import { EnvironmentComparison } from '../../../src/core/drift/environment-drift.ts';
import { releasedObjects } from '../../../src/core/drift/removed/helm-release.ts';
import type { Application, Environment } from '../../../src/core/model/environment.ts';
import type { RenderedObject } from '../../../src/core/model/rendered.ts';
import { type JsonObject, resourceOf } from '../../../src/core/model/resource.ts';
import { createSchemas } from '../../../src/core/schemas/schemas.ts';
import { Judge } from '../../../src/core/upstream/judge.ts';
import { managed, object, objects } from './helpers.ts';

const judge = new Judge();
afterAll(() => judge.close());

const base64 = (data: Buffer | string) => Buffer.from(data).toString('base64');

function releaseSecret(manifest: string): JsonObject {
  const release = { name: 'shop', manifest, hooks: [{ manifest: 'kind: Job' }] };
  const data = base64(base64(gzipSync(JSON.stringify(release))));
  return { apiVersion: 'v1', kind: 'Secret', type: 'helm.sh/release.v1', data: { release: data } };
}

describe('what Helm keeps of a release', () => {
  it('are the objects of its manifest, without hooks', () => {
    const secret = releaseSecret(
      '# Source: a.yaml\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n# nothing\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: b}\n',
    );
    expect(releasedObjects(secret)?.map(({ kind }) => kind)).toEqual(['ConfigMap', 'Secret']);
  });

  it.each(['', 'no base64 at all', base64('x'), base64(base64('{"chart": 1}'))])(
    'is nothing where it cannot be read: %s',
    release => {
      expect(releasedObjects({ data: { release } })).toBeUndefined();
    },
  );
});

describe('a release of Helm 3', () => {
  const origin = { file: 'shop/Chart.yaml', line: 1, column: 1 };
  const application: Application = {
    ...{ name: 'shop', engine: 'helm', dependsOn: [], origin, ignore: [] },
    source: {
      ...{ kind: 'helm', path: 'shop', release: 'shop', namespace: 'shop' },
      ...{ values: [], includeCrds: true },
    },
    owner: { mode: 'ssa', manager: 'helm' },
  };
  const environment: Environment = {
    ...{ name: 'production', engine: 'helm', applications: [application], namespace: 'shop' },
    ...{ protected: false, origin, ignore: [], unresolved: [] },
    cluster: { kind: 'none', reason: 'a test' },
  };
  const marks =
    'labels: {app.kubernetes.io/managed-by: Helm}, annotations: {meta.helm.sh/release-name: shop, meta.helm.sh/release-namespace: shop}';
  const conf = (name: string, data: string, more = '') =>
    `{apiVersion: v1, kind: ConfigMap, metadata: {name: ${name}${more}}, data: ${data}}`;
  const live = (name: string, data: string, more = marks) =>
    managed(object(conf(name, data, `, namespace: shop, ${more}`)), {
      manager: 'helm',
      fields: { 'f:data': { 'f:a': {}, 'f:b': {} } },
    });

  async function compare(helmRelease: Cluster['helmRelease'], running: JsonObject[]) {
    const value = object(conf('a', "{a: '1'}"));
    const resource = resourceOf(value);
    if (!resource) throw new Error('no identity');
    const locate = () => ({ ...origin, how: 'exact' as const, via: [] });
    const found: RenderedObject[] = [{ resource, value, source: origin, locate }];
    const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: running });
    const cluster = Object.assign(readSnapshot('live.json', text), { helmRelease });
    const comparison = await EnvironmentComparison.of({
      ...{ environment, cluster, judge, target: '1.33' },
      applications: [
        { application, rendered: { objects: found, text: '', reads: [], notChecked: [] } },
      ],
      schemas: createSchemas({ version: '1.33' }),
    });
    const results = [...comparison.compared.values()].map(({ result }) => result);
    return { results, notChecked: comparison.notChecked };
  }

  const before = objects(`${conf('a', "{a: '1', b: '2'}")}\n---\n${conf('gone', '{}')}\n`);
  const manifest = before.map(each => JSON.stringify(each)).join('\n---\n');

  it('removes what its manifest had and the chart has no more: fields and objects', async () => {
    const asked: unknown[] = [];
    const { results, notChecked } = await compare(
      async release => {
        asked.push(release);
        return { ok: true, object: releaseSecret(manifest) };
      },
      [live('a', "{a: '1', b: '2', c: '3'}"), live('gone', '{}')],
    );
    expect(asked).toEqual([{ namespace: 'shop', name: 'shop' }]);
    expect(results.map(({ resource, state }) => `${resource.name} ${state}`)).toEqual([
      'a drifted',
      'gone prune-candidate',
    ]);
    expect(results[0]?.paths.map(({ path, kind }) => `${path} ${kind}`)).toEqual(['.data.b stale']);
    expect(notChecked).toEqual([]);
  });

  it('is no owner of what another release marks', async () => {
    const other = marks.replace('release-name: shop', 'release-name: other');
    const { results } = await compare(
      async () => ({ ok: true, object: releaseSecret(manifest) }),
      [live('a', "{a: '1'}"), live('gone', '{}', other)],
    );
    expect(results.map(({ state }) => state)).toEqual(['synced', 'untracked']);
  });

  it('says where it may not be read', async () => {
    const { results, notChecked } = await compare(
      async () => ({ ok: false, reason: 'secrets is forbidden' }),
      [live('a', "{a: '1', b: '2'}")],
    );
    expect(results.map(({ state }) => state)).toEqual(['synced']);
    expect(notChecked[0]?.reason).toContain('secrets is forbidden');
  });
});
