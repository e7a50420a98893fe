import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openCluster } from '../../../../src/core/cluster/open.ts';
import type { EngineTarget } from '../../../../src/core/engines/engine.ts';
import { sourcesOf } from '../../../../src/core/engines/flux/sources.ts';
import { readObject } from '../../../../src/core/engines/target.ts';
import { type JsonObject, resourceOf, resourceText } from '../../../../src/core/model/resource.ts';

// The kinds of sources that no controller in the tests fetches; GitRepository and HelmChart are in test/servers.

const folder = mkdtempSync(join(tmpdir(), 'driftline-sources-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const source = (kind: string, name: string, spec: JsonObject, namespace = 'shop'): JsonObject => ({
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind,
  metadata: { name, namespace },
  spec,
});
const release = (spec: JsonObject, status: JsonObject = {}): JsonObject => ({
  apiVersion: 'helm.toolkit.fluxcd.io/v2',
  kind: 'HelmRelease',
  metadata: { name: 'web', namespace: 'shop' },
  spec,
  status,
});
const chart = (sourceRef: JsonObject) => ({ chart: { spec: { chart: 'web', sourceRef } } });

/** What is fetched for an object, in order; the sentence where that cannot be said. */
async function fetched(
  controller: JsonObject,
  ...others: JsonObject[]
): Promise<string[] | string> {
  const file = join(folder, 'snapshot.json');
  const list = { apiVersion: 'v1', kind: 'List', items: [controller, ...others] };
  writeFileSync(file, JSON.stringify(list));
  const host = { log: () => {}, trusted: () => true, secret: () => undefined, forges: () => ({}) };
  const opened = await openCluster({ kind: 'snapshot', file }, { root: folder, host });
  const resource = resourceOf(controller);
  if (!opened.ok || !resource) throw new Error('not opened');
  const held = await readObject(opened, resource);
  if ('reason' in held) throw new Error(held.reason);
  const sources = await sourcesOf({ cluster: opened.cluster } as EngineTarget, held);
  return 'reason' in sources ? sources.reason : sources.map(each => resourceText(each.resource));
}

describe('what Flux fetches', () => {
  it('for a Kustomization is its source, in another namespace too', async () => {
    const sourceRef = { kind: 'OCIRepository', name: 'fleet', namespace: 'flux-system' };
    const kustomization = {
      apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
      kind: 'Kustomization',
      metadata: { name: 'apps', namespace: 'shop' },
      spec: { sourceRef },
    };
    const fleet = source('OCIRepository', 'fleet', {}, 'flux-system');
    expect(await fetched(kustomization, fleet)).toEqual(['OCIRepository flux-system/fleet']);
    const other = source('OCIRepository', 'other', {}, 'flux-system');
    expect(await fetched(kustomization, other)).toMatch(/OCIRepository flux-system\/fleet/);
  });

  it('for a chart is its repository, then the chart', async () => {
    const sourceRef = { kind: 'HelmRepository', name: 'charts', namespace: 'flux-system' };
    const made = source('HelmChart', 'shop-web', { sourceRef }, 'flux-system');
    const charts = source(
      'HelmRepository',
      'charts',
      { url: 'https://charts.test' },
      'flux-system',
    );
    expect(await fetched(release(chart(sourceRef)), made, charts)).toEqual([
      'HelmRepository flux-system/charts',
      'HelmChart flux-system/shop-web',
    ]);
  });

  it('of a registry is the chart only: its address is not fetched', async () => {
    const sourceRef = { kind: 'HelmRepository', name: 'charts' };
    const made = source('HelmChart', 'made-so', { sourceRef });
    const charts = source('HelmRepository', 'charts', { type: 'oci', url: 'oci://charts.test' });
    const web = release(chart(sourceRef), { helmChart: 'shop/made-so' });
    expect(await fetched(web, made, charts)).toEqual(['HelmChart shop/made-so']);
  });

  it('for a chartRef is what it names', async () => {
    const oci = release({ chartRef: { kind: 'OCIRepository', name: 'web' } });
    expect(await fetched(oci, source('OCIRepository', 'web', {}))).toEqual([
      'OCIRepository shop/web',
    ]);
    const shared = release({ chartRef: { kind: 'HelmChart', name: 'web' } });
    const web = source('HelmChart', 'web', { sourceRef: { kind: 'Bucket', name: 'charts' } });
    expect(await fetched(shared, web, source('Bucket', 'charts', {}))).toEqual([
      'Bucket shop/charts',
      'HelmChart shop/web',
    ]);
  });
});
