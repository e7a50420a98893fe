import { isObject } from '../../model/resource.ts';
import { strange } from './answer.ts';
import type { Connection } from './connection.ts';
import type { Failure } from './failure.ts';

/** A namespace and its UID, by which a cluster is known. */
export interface Anchor {
  namespace: string;
  uid: string;
}

/**
 * Asks for the UID of the namespace `kube-system`, by which a cluster is known, or of another one where that may not be
 * read; undefined where it has none.
 */
export async function readUid(
  connection: Connection,
  signal?: AbortSignal,
  namespace = 'kube-system',
): Promise<{ ok: true; uid: string | undefined } | Failure> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}`;
  const answer = await connection.ask({ what: `read the namespace ${namespace}`, path }, signal);
  if (!answer.ok) return answer;
  const metadata = isObject(answer.body) ? answer.body.metadata : undefined;
  if (!isObject(metadata)) return strange(`read the namespace ${namespace}`, connection.context);
  return { ok: true, uid: typeof metadata.uid === 'string' ? metadata.uid : undefined };
}

/**
 * Where `kube-system` may not be read, the cluster is known by another namespace of those that the user may read;
 * undefined where there is none, so that nothing shows whether it is still the same.
 */
export async function findAnchor(
  connection: Connection,
  namespaces: readonly string[],
  signal?: AbortSignal,
): Promise<Anchor | undefined> {
  for (const namespace of new Set(namespaces)) {
    const answer = await readUid(connection, signal, namespace);
    if (answer.ok && answer.uid !== undefined) return { namespace, uid: answer.uid };
  }
  return undefined;
}
