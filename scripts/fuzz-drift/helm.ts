import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { JsonObject } from '../../src/core/model/resource.ts';
import { toolsDirectory } from '../../test/servers/build.ts';
import { run } from '../lib/run.ts';
import { home, release } from './helm-object.ts';
import { type PatchProxy, startPatchProxy } from './helm-proxy.ts';
import { type ServerWord, wordOf } from './oracle.ts';
import type { Answer, Server } from './server.ts';
import type { Trial } from './trial.ts';

export interface HelmSide {
  trial: Trial;
  live: JsonObject;
  manifest: JsonObject;
  /** The object in the release before; undefined where this upgrade adopts it. */
  previous: JsonObject | undefined;
}

/**
 * What a real `helm upgrade --server-side=false` does to many objects at once. It speaks through a proxy that makes
 * dry-runs of its patches, so that they change nothing and the server's answers to them are known.
 */
export async function helmWords(server: Server, asked: readonly HelmSide[]): Promise<ServerWord[]> {
  const folder = await mkdtemp(join(tmpdir(), 'driftline-fuzz-helm-'));
  const proxy = await startPatchProxy(server);
  try {
    await deploy(server, asked);
    const said = await upgrade(proxy, folder, asked);
    return asked.map(each => wordAbout(each, proxy.answers.get(each.trial.path), said));
  } finally {
    await server.delete(`/api/v1/namespaces/${home}/secrets`);
    await proxy.stop();
    await rm(folder, { recursive: true });
  }
}

function wordAbout({ live }: HelmSide, answer: Answer | undefined, said: string): ServerWord {
  if (answer) return wordOf(live, answer);
  const name = String((live.metadata as JsonObject).name);
  if (new RegExp(`no changes detected.* name="?${name}"?\\s`).test(said))
    return { says: 'same', after: live };
  if (said.includes('failed to create patch'))
    return { says: 'refused', code: 400, message: 'Helm cannot make a patch of it' };
  return { says: 'nothing', reason: 'Helm says nothing' };
}

/** Writes the release that is upgraded, as Helm stores it: it need not have been installed by this Helm. */
async function deploy(server: Server, asked: readonly HelmSide[]): Promise<void> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: home } };
  await server.post('/api/v1/namespaces', namespace);
  const then = '2026-01-01T00:00:00Z';
  const info = { first_deployed: then, last_deployed: then, deleted: '', status: 'deployed' };
  const chart = { metadata: { name: 'fuzz', version: '1.0.0', apiVersion: 'v2' }, templates: [] };
  const manifest = documents(
    asked.map(({ previous }) => previous).filter(each => each !== undefined),
  );
  const record = { name: release, namespace: home, version: 1, info, chart, config: {}, manifest };
  const packed = gzipSync(JSON.stringify(record)).toString('base64');
  await server.post(`/api/v1/namespaces/${home}/secrets`, {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'helm.sh/release.v1',
    metadata: {
      name: `sh.helm.release.v1.${release}.v1`,
      labels: { name: release, owner: 'helm', status: 'deployed', version: '1' },
    },
    data: { release: Buffer.from(packed).toString('base64') },
  });
}

function documents(objects: readonly JsonObject[]): string {
  return objects.map(object => `---\n${JSON.stringify(object)}\n`).join('');
}

/** Helm's standard error, which names each object that it sends nothing about. */
async function upgrade(
  { url }: PatchProxy,
  folder: string,
  asked: readonly HelmSide[],
): Promise<string> {
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': 'a',
      clusters: [{ name: 'a', cluster: { server: url } }],
      users: [{ name: 'a', user: {} }],
      contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
    }),
  );
  const chart = join(folder, 'fuzz');
  await mkdir(join(chart, 'templates'), { recursive: true });
  await writeFile(join(chart, 'Chart.yaml'), 'apiVersion: v2\nname: fuzz\nversion: 1.0.1\n');
  const templates = documents(asked.map(({ manifest }) => manifest));
  await writeFile(join(chart, 'templates/all.yaml'), templates.replaceAll('{{', '{{"{{"}}'));
  const args = ['upgrade', release, chart, '--namespace', home, '--kubeconfig', kubeconfig];
  const flags = ['--server-side=false', '--disable-openapi-validation', '--debug'];
  const pace = ['--qps=1000', '--burst-limit=1000'];
  const env = { ...process.env, HOME: folder, HELM_CACHE_HOME: folder, HELM_DATA_HOME: folder };
  const { error } = await run(join(toolsDirectory(), 'helm'), [...args, ...flags, ...pace], {
    env: { ...env, HELM_CONFIG_HOME: folder, KUBECACHEDIR: folder },
  });
  return error;
}
