import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { Cluster } from '../../src/core/cluster/cluster.ts';
import { readLive } from '../../src/core/cluster/live.ts';
import { openCluster } from '../../src/core/cluster/open.ts';
import { compareObjects } from '../../src/core/drift/compare.ts';
import type { CompareOptions, DriftInput } from '../../src/core/drift/input.ts';
import { ServerWord } from '../../src/core/drift/server/server-word.ts';
import type { DriftResult, OwnerProfile } from '../../src/core/model/drift.ts';
import { type JsonObject, resourceOf } from '../../src/core/model/resource.ts';
import { createSchemas } from '../../src/core/schemas/schemas.ts';
import { Judge } from '../../src/core/upstream/judge.ts';
import { kubectl } from './plane.ts';
import { makeKubeconfig } from './start.ts';

const host = { log: () => {}, trusted: () => false, secret: () => undefined, forges: () => ({}) };

/** What a test of the server's word needs: clusters as several users see them, and a judge. */
export class WordBench {
  readonly judge = new Judge();
  readonly schemas = createSchemas({ version: '1.36' });
  readonly #opened: Cluster[] = [];

  get options(): CompareOptions {
    return { judge: this.judge, schemas: this.schemas, target: '1.36' };
  }

  /** As one of the control plane's users. */
  as(context: string, kubeconfig = inject('plane').kubeconfig): Promise<Cluster> {
    return this.#open(context, kubeconfig);
  }

  /** As a service account of a namespace with these rules there, or (`cluster`) everywhere. */
  async asAccount(
    namespace: string,
    { inNamespace = [], everywhere = [] }: { inNamespace?: object[]; everywhere?: object[] },
  ): Promise<Cluster> {
    const name = `user-${Math.random().toString(36).slice(2, 8)}`;
    const api = 'rbac.authorization.k8s.io';
    const subject = { kind: 'ServiceAccount', name, namespace };
    const binding = (kind: string, more: object) => ({
      apiVersion: `${api}/v1`,
      kind: `${kind}Binding`,
      metadata: { name: `${namespace}-${name}`, ...more },
      subjects: [subject],
      roleRef: { apiGroup: api, kind, name: `${namespace}-${name}` },
    });
    const role = (kind: string, rules: object[], more: object) => ({
      apiVersion: `${api}/v1`,
      kind,
      metadata: { name: `${namespace}-${name}`, ...more },
      rules,
    });
    const items = [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name, namespace } },
      ...(inNamespace.length > 0
        ? [role('Role', inNamespace, { namespace }), binding('Role', { namespace })]
        : []),
      ...(everywhere.length > 0
        ? [role('ClusterRole', everywhere, {}), binding('ClusterRole', {})]
        : []),
    ];
    const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
    await kubectl(['create', '-f', '-'], { input });
    const token = (await kubectl(['create', 'token', name, '-n', namespace])).trim();
    const { server, certificate } = inject('plane');
    return this.#open(name, kubeconfigFile(server, certificate, { [name]: token }));
  }

  /** As admin, but through another address, such as a proxy before the server. */
  asAdminAt(server: string): Promise<Cluster> {
    const { certificate, kubeconfig } = inject('plane');
    const file = kubeconfigFile(server, certificate, { admin: tokenOf('admin', kubeconfig) });
    return this.#open('admin', file);
  }

  /** The object as it runs, beside what git says of it. */
  async input(
    cluster: Cluster,
    desired: JsonObject,
    said: OwnerProfile = { mode: 'ssa', manager: 'kubectl' },
  ): Promise<DriftInput> {
    const resource = resourceOf(desired);
    if (!resource) throw new Error('no identity');
    const found = (await readLive(cluster, [resource], '')).find(resource);
    const live = found.ok ? found.object : undefined;
    const notChecked = found.ok ? {} : { notChecked: found.reason };
    return { resource, desired, live, owners: { said }, ignore: [], ...notChecked };
  }

  /** The local verdicts and those with the server's word. */
  async compare(
    inputs: DriftInput[],
    word: ServerWord,
    options: CompareOptions = this.options,
  ): Promise<{ local: DriftResult[]; results: DriftResult[] }> {
    const local = await compareObjects(inputs, options);
    return { local, results: await word.confirm(inputs, local, options) };
  }

  /** One object, by its owner. */
  async confirm(cluster: Cluster, desired: JsonObject, said?: OwnerProfile): Promise<DriftResult> {
    const input = await this.input(cluster, desired, said);
    const { results } = await this.compare([input], new ServerWord(cluster));
    return results[0] as DriftResult;
  }

  async close(): Promise<void> {
    for (const cluster of this.#opened) cluster.close();
    await this.judge.close();
  }

  async #open(context: string, file: string): Promise<Cluster> {
    const options = { root: '/nowhere', host, env: { KUBECONFIG: file } };
    const answer = await openCluster({ kind: 'context', context }, options);
    if (!answer.ok) throw new Error(answer.reason);
    this.#opened.push(answer.cluster);
    return answer.cluster;
  }
}

function kubeconfigFile(server: string, certificate: string, tokens: Record<string, string>) {
  const file = join(mkdtempSync(join(tmpdir(), 'driftline-word-')), 'kubeconfig');
  writeFileSync(file, JSON.stringify(makeKubeconfig(server, certificate, tokens)));
  return file;
}

function tokenOf(user: string, kubeconfig: string): string {
  const { users } = JSON.parse(readFileSync(kubeconfig, 'utf8')) as {
    users: { name: string; user: { token: string } }[];
  };
  return users.find(({ name }) => name === user)?.user.token ?? '';
}

export const configMap = (namespace: string, data: JsonObject, more: JsonObject = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'conf', namespace, ...(more.metadata as JsonObject) },
  data,
  ...(more.immutable === undefined ? {} : { immutable: more.immutable }),
});

export const deployment = (namespace: string, image: string, name = 'web') => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: name } },
    template: {
      metadata: { labels: { app: name } },
      spec: { containers: [{ name: 'app', image }] },
    },
  },
});
