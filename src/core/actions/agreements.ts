import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import { Agreements } from '../drift/server/agreements.ts';
import { userCache } from '../lib/user-cache.ts';
import type { Environment } from '../model/environment.ts';
import type { Workspace } from '../workspace.ts';

/** What the server of an environment agreed to in earlier sessions; undefined where nobody knows which server it is. */
export function agreementsOf(
  { repository: { root } }: Workspace,
  { name }: Environment,
  { identity: { uid, snapshot } }: Cluster,
): Agreements | undefined {
  if (uid === undefined || snapshot) return undefined;
  return new Agreements(join(userCache(), 'verdicts'), JSON.stringify([uid, root, name]));
}
