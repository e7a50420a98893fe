import { join } from 'node:path';
import { DiskCache } from '../lib/disk-cache.ts';
import { messageOf } from '../lib/errors.ts';
import { userCache } from '../lib/user-cache.ts';
import type { ClusterTarget } from '../model/environment.ts';
import type { Host } from '../model/host.ts';
import { isObject } from '../model/resource.ts';
import type { Cluster } from './cluster.ts';
import { type ClusterTypes, KnownTypes } from './known-types.ts';
import { credentialProgram, type KubeContext } from './kubeconfig/context.ts';
import {
  findContext,
  type Kubeconfig,
  type KubeconfigOptions,
  listContexts,
  readKubeconfig,
} from './kubeconfig/kubeconfig.ts';
import { openSnapshot } from './snapshot/snapshot.ts';

/** What clusters said of their types, in the person's cache. */
export function openKnownTypes(): KnownTypes {
  return new KnownTypes(typesCache());
}

/**
 * What the cluster of a target said when it was asked last. Undefined where it was never asked, or where the
 * kubeconfig cannot be read, so that nobody knows which cluster is meant.
 */
export async function knownTypesOf(
  target: ClusterTarget,
  connections: { server(context: string): Promise<string | undefined> },
  known: KnownTypes,
): Promise<ClusterTypes | undefined> {
  if (target.kind !== 'context') return undefined;
  const { context, uid } = target;
  const server = await connections.server(context);
  return server === undefined
    ? undefined
    : known.of({ context, server, ...(uid !== undefined && { uid }) });
}

function typesCache(): DiskCache {
  return new DiskCache(join(userCache(), 'types'), mostCached);
}

/** Bytes of what servers say about their types, of all clusters together. */
const mostCached = 64 * 1024 * 1024;

export interface OpenOptions {
  /** The repository's root folder. */
  root: string;
  host: Host;
  /** Open no connection; snapshots still work. */
  offline?: boolean;
  signal?: AbortSignal;
  /** Default: the process's own. */
  env?: NodeJS.ProcessEnv;
  /** Milliseconds that a read waits for a server that asks to come back later. Default: two minutes. */
  patience?: number;
}

export type OpenAnswer =
  | { ok: true; cluster: Cluster }
  /** Nothing of that cluster can be compared; one sentence. `isOther` when it is not the one that is meant. */
  | { ok: false; reason: string; isOther?: boolean };

/**
 * Opens what an environment is compared with. A context must be named and, where the environment pins a
 * cluster's UID, must lead to that cluster. Rejects only when aborted.
 */
export async function openCluster(
  target: ClusterTarget,
  options: OpenOptions,
): Promise<OpenAnswer> {
  try {
    if (target.kind === 'none') return { ok: false, reason: target.reason };
    if (target.kind === 'snapshot')
      return { ok: true, cluster: await openSnapshot(options.root, target.file) };
    if (options.offline) {
      const reason = `the cluster of the context "${target.context}" was not asked: no connection is opened when offline`;
      return { ok: false, reason };
    }
    const kubeconfig = await readContexts(options);
    return await openContext(findContext(kubeconfig, target.context), target.uid, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    return { ok: false, reason: messageOf(error) };
  }
}

/** The contexts that could be opened. Throws a `UserError` where a kubeconfig cannot be read. */
export async function availableContexts(
  options: OpenOptions,
): Promise<{ context: string; server: string }[]> {
  return listContexts(await readContexts(options));
}

function readContexts(options: OpenOptions): Promise<Kubeconfig> {
  return readKubeconfig(contextOptions(options));
}

/** Where the contexts come from: the kubeconfig that the person chose, or as kubectl finds it. */
export function contextOptions({
  root,
  host,
  env = process.env,
}: Pick<OpenOptions, 'root' | 'host' | 'env'>): KubeconfigOptions {
  const kubeconfig = host.kubeconfig?.();
  const chosen = kubeconfig === undefined ? env : { ...env, KUBECONFIG: kubeconfig };
  return { env: chosen, root, trusted: host.trusted() };
}

async function openContext(
  context: KubeContext,
  pinned: string | undefined,
  { host, env, patience, signal }: OpenOptions,
): Promise<OpenAnswer> {
  const program = credentialProgram(context.user);
  if (program !== undefined && !host.trusted()) {
    const reason = `the context "${context.name}" starts the program \`${program}\` for its credentials, which only a trusted folder may do: trust it (on the command line with --trust)`;
    return { ok: false, reason };
  }
  // The client library takes a third of a second to load: only when a server is asked.
  const [{ Connection }, { ApiCluster }, { findAnchor, readUid }] = await Promise.all([
    import('./server/connection.ts'),
    import('./server/api.ts'),
    import('./server/pinned.ts'),
  ]);
  const connection = new Connection(
    context,
    env ?? process.env,
    patience === undefined ? {} : { patience },
  );
  const fail = (reason: string, isOther = false): OpenAnswer => {
    connection.close();
    return { ok: false, reason, ...(isOther && { isOther }) };
  };
  const [version, system] = await Promise.all([
    connection.ask({ what: 'read the version', path: '/version' }, signal),
    readUid(connection, signal),
  ]);
  // A server may hide its version or its namespace; every other failure is one of the connection.
  const hidden = ['forbidden', 'not-served'];
  for (const answer of [version, system])
    if (!answer.ok && !hidden.includes(answer.why)) return fail(answer.reason);
  const uid = system.ok ? system.uid : undefined;
  if (pinned !== undefined && uid !== pinned) return fail(pinText(context.name, pinned, uid), true);
  const anchor =
    uid === undefined
      ? await findAnchor(
          connection,
          ['default', ...(context.namespace ? [context.namespace] : [])],
          signal,
        )
      : { namespace: 'kube-system', uid };
  const git = version.ok && isObject(version.body) ? version.body.gitVersion : undefined;
  const identity = {
    context: context.name,
    server: context.cluster.server,
    uid,
    version: typeof git === 'string' ? git : undefined,
    ...(anchor && uid === undefined
      ? { namespace: { name: anchor.namespace, uid: anchor.uid } }
      : {}),
  };
  const cache = typesCache();
  return { ok: true, cluster: new ApiCluster(connection, identity, { anchor, cache }) };
}

function pinText(context: string, pinned: string, uid: string | undefined): string {
  if (uid === undefined)
    return `the context "${context}" may not read the namespace kube-system, so that nothing shows that it leads to the pinned cluster (${pinned}): ask for permission to get it, or remove the uid`;
  return `the context "${context}" leads to another cluster (${uid}) than the environment is pinned to (${pinned}), so nothing was compared: correct the context or the uid`;
}
