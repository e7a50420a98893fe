import type { ClusterTarget, Environment } from '../model/environment.ts';
import type { ClusterWord } from './cluster-types.ts';

/** By what the objects of an environment were checked. */
export interface CheckedBy {
  environment: string;
  /** Minor version, such as `1.33`. */
  kubernetes: string;
  /**
   * cluster: its cluster, or the snapshot of it, was asked. kept: what the cluster said the last time. given: the version
   * that the repository says. newest: the newest that is bundled.
   */
  from: 'cluster' | 'kept' | 'given' | 'newest';
  /** When the cluster said it, RFC 3339. */
  asked?: string;
  /** Why the cluster was not asked now; absent where it was, or where there is none. */
  reason?: string;
}

/** Which types are those of an environment; `newest` is the newest version that is bundled. */
export function checkedBy(
  { name: environment, cluster, kubernetes: given }: Environment,
  { types, reason }: ClusterWord,
  newest: string,
): CheckedBy {
  const why = reason !== undefined && isMeant(cluster) ? { reason } : {};
  const live = minorOf(types?.version);
  if (types && live !== undefined) {
    const from = reason === undefined ? 'cluster' : 'kept';
    return { environment, kubernetes: live, from, ...askedAt(types.asked), ...why };
  }
  if (given !== undefined) return { environment, kubernetes: given, from: 'given', ...why };
  return { environment, kubernetes: newest, from: 'newest', ...why };
}

function isMeant({ kind }: ClusterTarget): boolean {
  return kind !== 'none';
}

function askedAt(asked: string): { asked?: string } {
  return asked === '' ? {} : { asked };
}

function minorOf(version: string | undefined): string | undefined {
  return version === undefined ? undefined : /^v?(\d+\.\d+)/.exec(version)?.[1];
}
