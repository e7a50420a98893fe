import type { WorkspaceState } from '../../lsp/protocol.ts';

/** What the Environments view shows: the tree when it is `ready`, else the welcome of that name in package.json. */
export type ViewPhase =
  | 'no-folder'
  | 'virtual'
  | 'loading'
  | 'failed'
  | 'no-repository'
  | 'no-environment'
  | 'no-cluster'
  | 'untrusted'
  | 'ready';

export interface Circumstances {
  /** Schemes of the workspace's folders. */
  folders: readonly string[];
  trusted: boolean;
  failed: boolean;
  /** Undefined until the server has answered. */
  state: WorkspaceState | undefined;
}

export function viewPhase({ folders, trusted, failed, state }: Circumstances): ViewPhase {
  if (folders.length === 0) return 'no-folder';
  if (!folders.includes('file')) return 'virtual';
  if (failed) return 'failed';
  if (state === undefined || state.kind === 'loading') return 'loading';
  if (state.kind === 'none') return 'no-repository';
  const { environments, unresolved } = state;
  if (environments.length === 0) return unresolved.length > 0 ? 'ready' : 'no-environment';
  // One environment that can be compared is worth a tree; the others say there what they lack.
  if (environments.every(({ cluster }) => cluster.kind === 'none')) return 'no-cluster';
  const comparable = environments.some(
    ({ cluster, phase }) => cluster.kind === 'snapshot' || phase === 'compared',
  );
  return trusted || comparable ? 'ready' : 'untrusted';
}
