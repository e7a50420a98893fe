import { sleep } from '../lib/backoff.ts';
import { isObject, type Json } from '../model/resource.ts';
import { askForge, ForgeRefusal } from './ask.ts';
import type { Draft, Forge, ForgeAccess, ProposedRequest, RemoteAddress } from './forge.ts';
import { comparePage, pullFields, pullState } from './pull-request.ts';
import { encodedPath, repositoryPath, webAddress } from './remote.ts';
import { findRequest, requestOf } from './request.ts';

/** Gitea and Forgejo, Codeberg too: https://docs.gitea.com/api/ */
export const gitea: Forge = {
  id: 'gitea',
  title: 'Gitea',
  request: 'pull request',
  secret: 'GITEA_TOKEN',
  matches,
  async propose(remote, draft, access) {
    const what = `open a pull request in ${repositoryPath(remote)}`;
    const { title, body, branch, base } = draft;
    try {
      const created = { title, body, head: branch, base };
      return requestOf(await askWhenPushed(remote, access, { what, body: created }), pullFields);
    } catch (error) {
      // 409 is said for nothing else here.
      if (!(error instanceof ForgeRefusal) || error.status !== 409) throw error;
      const found = await findOpen(remote, draft, access, what);
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

const wellKnown = ['codeberg.org', 'gitea.com'];

function matches({ host }: RemoteAddress): boolean {
  return wellKnown.includes(host);
}

/** Not every version can be asked for one branch, and none for open ones only: all that are open are looked at. */
async function findOpen(
  remote: RemoteAddress,
  { branch, base }: Draft,
  access: ForgeAccess,
  what: string,
): Promise<ProposedRequest | undefined> {
  for (let page = 1; ; page++) {
    const query = new URLSearchParams({ state: 'open', limit: '50', page: String(page) });
    const pulls = await ask(remote, access, { what, below: `?${query}` });
    const found = findRequest(
      pulls,
      pullFields,
      pull => refOf(pull, 'head') === branch && refOf(pull, 'base') === base,
    );
    // The server may give fewer at a time than it is asked for.
    if (found !== undefined || !Array.isArray(pulls) || pulls.length === 0) return found;
  }
}

function refOf(pull: Json, side: 'head' | 'base'): Json | undefined {
  const branch = isObject(pull) ? pull[side] : undefined;
  return isObject(branch) ? branch.ref : undefined;
}

/** After a push Gitea answers 404 until its queue has taken the new branch, which takes it a moment. */
async function askWhenPushed(
  remote: RemoteAddress,
  access: ForgeAccess,
  question: Question,
): Promise<Json> {
  for (const pause of [200, 400, 800, 1600]) {
    try {
      return await ask(remote, access, question);
    } catch (error) {
      if (!(error instanceof ForgeRefusal) || error.status !== 404) throw error;
    }
    await sleep(pause, access.signal);
  }
  return ask(remote, access, question);
}

interface Question {
  what: string;
  /** What follows the address of the repository's pull requests. */
  below?: string;
  body?: Record<string, string>;
}

function ask(remote: RemoteAddress, access: ForgeAccess, question: Question): Promise<Json> {
  const { what, below = '', body } = question;
  const api = `${webAddress(remote, matches(remote))}/api/v1`;
  return askForge(
    {
      what,
      url: `${api}/repos/${encodedPath(repositoryPath(remote))}/pulls${below}`,
      body,
      headers: { Authorization: `token ${access.token}` },
      permission: 'write access to the repository (write:repository)',
    },
    access,
  );
}
