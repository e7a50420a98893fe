import { isObject } from '../../model/resource.ts';
import type { Connection } from './connection.ts';
import type { Failure } from './failure.ts';

/** Asks for the UID of the namespace `kube-system`, by which a cluster is known; undefined where it has none. */
export async function readUid(
  connection: Connection,
  signal?: AbortSignal,
): Promise<{ ok: true; uid: string | undefined } | Failure> {
  const path = '/api/v1/namespaces/kube-system';
  const answer = await connection.ask({ what: 'read the namespace kube-system', path }, signal);
  if (!answer.ok) return answer;
  const metadata = isObject(answer.body) ? answer.body.metadata : undefined;
  const uid = isObject(metadata) && typeof metadata.uid === 'string' ? metadata.uid : undefined;
  return { ok: true, uid };
}
