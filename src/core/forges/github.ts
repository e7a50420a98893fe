import type { Json } from '../model/resource.ts';
import { askForge, ForgeRefusal } from './ask.ts';
import type { Forge, ForgeAccess, RemoteAddress } from './forge.ts';
import { comparePage, pullFields, pullState } from './pull-request.ts';
import { encodedPath, repositoryPath, webAddress } from './remote.ts';
import { findRequest, requestOf } from './request.ts';

/** GitHub, and GitHub Enterprise on hosts of its own: https://docs.github.com/rest/pulls/pulls */
export const github: Forge = {
  id: 'github',
  title: 'GitHub',
  request: 'pull request',
  secret: 'GITHUB_TOKEN',
  matches,
  async propose(remote, { title, body, branch, base }, access) {
    const what = `open a pull request in ${repositoryPath(remote)}`;
    try {
      const created = { title, body, head: branch, base };
      return requestOf(await ask(remote, access, { what, body: created }), pullFields);
    } catch (error) {
      if (!isTaken(error)) throw error;
      const query = new URLSearchParams({ head: `${remote.owner}:${branch}`, base, state: 'open' });
      const found = findRequest(
        await ask(remote, access, { what, below: `?${query}` }),
        pullFields,
      );
      if (found === undefined) throw error;
      return found;
    }
  },
  async state(remote, number, access) {
    const what = `read pull request ${number} of ${repositoryPath(remote)}`;
    return pullState(await ask(remote, access, { what, below: `/${number}` }));
  },
  newRequestPage: (remote, draft) =>
    comparePage(webAddress(remote, matches(remote)), remote, draft),
};

function matches({ host }: RemoteAddress): boolean {
  return host === 'github.com';
}

interface Question {
  what: string;
  /** What follows the address of the repository's pull requests. */
  below?: string;
  body?: Record<string, string>;
}

function ask(remote: RemoteAddress, access: ForgeAccess, question: Question): Promise<Json> {
  const { what, below = '', body } = question;
  const api = matches(remote) ? 'https://api.github.com' : `${webAddress(remote, false)}/api/v3`;
  return askForge(
    {
      what,
      url: `${api}/repos/${encodedPath(repositoryPath(remote))}/pulls${below}`,
      body,
      headers: {
        Authorization: `Bearer ${access.token}`,
        Accept: 'application/vnd.github+json',
        'X-GitHub-Api-Version': '2022-11-28',
      },
      permission: 'the scope repo, or write access to pull requests',
    },
    access,
  );
}

function isTaken(error: unknown): boolean {
  return (
    error instanceof ForgeRefusal &&
    error.status === 422 &&
    error.reasons.some(reason => /pull request already exists/i.test(reason))
  );
}
