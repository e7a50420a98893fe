import { isObject, type Json } from '../model/resource.ts';
import type { Draft, RemoteAddress } from './forge.ts';
import { encodedPath, repositoryPath } from './remote.ts';

// What Gitea and Forgejo have as GitHub has it.

export const pullFields = { number: 'number', url: 'html_url' };

export function pullState(pull: Json): 'open' | 'merged' | 'closed' {
  if (isObject(pull) && pull.merged === true) return 'merged';
  return isObject(pull) && pull.state === 'closed' ? 'closed' : 'open';
}

/** The page that compares a branch with its base, on which the request is opened; `web` is the host's address. */
export function comparePage(
  web: string,
  remote: RemoteAddress,
  { branch, base, title }: Pick<Draft, 'branch' | 'base' | 'title'>,
): string {
  const query = new URLSearchParams({ expand: '1', title });
  const repository = `${web}/${encodedPath(repositoryPath(remote))}`;
  return `${repository}/compare/${encodedPath(`${base}...${branch}`)}?${query}`;
}
