import type { Draft, Forge, RemoteAddress } from './forge.ts';
import { gitea } from './gitea.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { pageOnly } from './pages.ts';

/** The forges whose API is spoken. */
export const forges: readonly Forge[] = [github, gitlab, gitea];

/**
 * The forge of a remote: a person's word about its host (`configured`, such as `{"git.example.com": "gitea"}`),
 * else the well-known ones. Undefined where neither says.
 */
export function forgeOf(
  remote: RemoteAddress,
  configured: Readonly<Record<string, string>>,
): Forge | undefined {
  const id = Object.entries(configured).find(([host]) => host.toLowerCase() === remote.host)?.[1];
  return forges.find(forge => (id === undefined ? forge.matches(remote) : forge.id === id));
}

/** The page on which a person opens the request by hand; undefined for hosts that nobody knows. */
export function newRequestPage(
  remote: RemoteAddress,
  draft: Pick<Draft, 'branch' | 'base' | 'title'>,
  configured: Readonly<Record<string, string>>,
): string | undefined {
  const forge = forgeOf(remote, configured);
  return forge ? forge.newRequestPage(remote, draft) : pageOnly(remote)?.newRequestPage(draft);
}

/** What people call the place that a remote leads to: `GitLab`, `Bitbucket`, else its host. */
export function titleOf(
  remote: RemoteAddress,
  configured: Readonly<Record<string, string>>,
): string {
  return forgeOf(remote, configured)?.title ?? pageOnly(remote)?.title ?? remote.host;
}
