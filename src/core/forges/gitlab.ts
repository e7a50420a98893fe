import { isObject, type Json } from '../model/resource.ts';
import { askForge, ForgeRefusal } from './ask.ts';
import type { Forge, ForgeAccess, RemoteAddress } from './forge.ts';
import { encodedPath, repositoryPath, webAddress } from './remote.ts';
import { findRequest, requestOf } from './request.ts';

/** GitLab, on gitlab.com or a host of its own: https://docs.gitlab.com/api/merge_requests/ */
export const gitlab: Forge = {
  id: 'gitlab',
  title: 'GitLab',
  request: 'merge request',
  secret: 'GITLAB_TOKEN',
  matches,
  async propose(remote, { title, body, branch, base }, access) {
    const what = `open a merge request in ${repositoryPath(remote)}`;
    const branches = { source_branch: branch, target_branch: base };
    try {
      const created = { title, description: body, ...branches };
      return requestOf(await ask(remote, access, { what, body: created }), fields);
    } catch (error) {
      // 409 is said for nothing else here.
      if (!(error instanceof ForgeRefusal) || error.status !== 409) throw error;
      const query = new URLSearchParams({ state: 'opened', ...branches });
      const found = findRequest(await ask(remote, access, { what, below: `?${query}` }), fields);
      if (found === undefined) throw error;
      return found;
    }
  },
  async state(remote, number, access) {
    const what = `read merge request ${number} of ${repositoryPath(remote)}`;
    const merge = await ask(remote, access, { what, below: `/${number}` });
    const state = isObject(merge) ? merge.state : undefined;
    return state === 'merged' || state === 'closed' ? state : 'open';
  },
  newRequestPage(remote, { branch, base, title }) {
    const query = new URLSearchParams({
      'merge_request[source_branch]': branch,
      'merge_request[target_branch]': base,
      'merge_request[title]': title,
    });
    const repository = `${webAddress(remote, matches(remote))}/${encodedPath(repositoryPath(remote))}`;
    return `${repository}/-/merge_requests/new?${query}`;
  },
};

/** `iid` is the number that people see. */
const fields = { number: 'iid', url: 'web_url' };

function matches({ host }: RemoteAddress): boolean {
  return host === 'gitlab.com';
}

interface Question {
  what: string;
  /** What follows the address of the project's merge requests. */
  below?: string;
  body?: Record<string, string>;
}

function ask(remote: RemoteAddress, access: ForgeAccess, question: Question): Promise<Json> {
  const { what, below = '', body } = question;
  const project = encodeURIComponent(repositoryPath(remote));
  const api = `${webAddress(remote, matches(remote))}/api/v4/projects/${project}`;
  return askForge(
    {
      what,
      url: `${api}/merge_requests${below}`,
      body,
      headers: { Authorization: `Bearer ${access.token}` },
      permission: 'the scope api and the role Developer',
    },
    access,
  );
}
