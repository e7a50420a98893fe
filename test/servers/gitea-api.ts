import { randomBytes } from 'node:crypto';
import { until } from './processes.ts';
import type { WorkRepository } from './work-repository.ts';

export interface GiteaUser {
  name: string;
  password: string;
  /** An API token that may do everything the user may. */
  token: string;
}

export interface Gitea {
  /** `http://127.0.0.1:PORT`. */
  url: string;
  admin: GiteaUser;
}

export interface GiteaRepository {
  owner: string;
  name: string;
  /** As git clones it. */
  url: string;
  /** The same with the owner's name and password, for pushing. */
  pushUrl: string;
}

/** Asks Gitea's API for a path below `/api/v1/`; throws with its answer when it says no. */
export async function askGitea<T>(
  gitea: Gitea,
  user: GiteaUser,
  method: string,
  path: string,
  body?: object,
): Promise<T> {
  return send<T>(`${gitea.url}/api/v1/${path}`, method, `token ${user.token}`, body);
}

/** Makes a user whose name begins with `name`. */
export async function createUser(gitea: Gitea, name: string): Promise<GiteaUser> {
  const user = { name: unique(name), password: 'password' };
  await askGitea(gitea, gitea.admin, 'POST', 'admin/users', {
    username: user.name,
    password: user.password,
    email: `${user.name}@example.test`,
    must_change_password: false,
  });
  return { ...user, token: await makeToken(gitea.url, user) };
}

/** Makes an empty repository of the user whose name begins with `name`. */
export async function createRepository(
  gitea: Gitea,
  owner: GiteaUser,
  name: string,
): Promise<GiteaRepository> {
  const made = await askGitea<{ name: string }>(gitea, owner, 'POST', 'user/repos', {
    name: unique(name),
  });
  const url = `${gitea.url}/${owner.name}/${made.name}.git`;
  const pushUrl = url.replace('://', `://${owner.name}:${owner.password}@`);
  return { owner: owner.name, name: made.name, url, pushUrl };
}

/** Pushes the branch that is checked out, and waits until the API knows, which takes Gitea a moment. */
export async function pushTo(
  gitea: Gitea,
  { owner, name, pushUrl }: GiteaRepository,
  work: WorkRepository,
): Promise<void> {
  await work.git('push', '--quiet', pushUrl, 'HEAD');
  const commit = await work.git('rev-parse', 'HEAD');
  const branch = await work.git('branch', '--show-current');
  const path = `repos/${owner}/${name}/branches?limit=50`;
  await until(`Gitea knowing the commit of ${branch}`, 30_000, async () => {
    const branches = await askGitea<{ name: string; commit: { id: string } }[] | null>(
      gitea,
      gitea.admin,
      'GET',
      path,
    );
    // An empty repository has null.
    return branches?.some(known => known.name === branch && known.commit.id === commit) ?? false;
  });
}

/** Merges a pull request, as soon as Gitea has worked out that it can be. */
export async function mergePullRequest(
  gitea: Gitea,
  user: GiteaUser,
  { owner, name }: Pick<GiteaRepository, 'owner' | 'name'>,
  number: number,
): Promise<void> {
  const path = `repos/${owner}/${name}/pulls/${number}`;
  await until('Gitea saying that the pull request can be merged', 30_000, async () => {
    const pull = await askGitea<{ mergeable: boolean }>(gitea, user, 'GET', path);
    return pull.mergeable;
  });
  await askGitea(gitea, user, 'POST', `${path}/merge`, { Do: 'merge' });
}

/** A new token of the user, which only name and password can ask for. */
export async function makeToken(
  url: string,
  { name, password }: Pick<GiteaUser, 'name' | 'password'>,
): Promise<string> {
  const basic = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
  const asked = { name: 'test', scopes: ['all'] };
  const { sha1 } = await send<{ sha1: string }>(
    `${url}/api/v1/users/${name}/tokens`,
    'POST',
    basic,
    asked,
  );
  return sha1;
}

async function send<T>(
  url: string,
  method: string,
  authorization: string,
  body?: object,
): Promise<T> {
  const response = await fetch(url, {
    method,
    headers: { authorization, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${url}: ${response.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

function unique(name: string): string {
  return `${name}-${randomBytes(3).toString('hex')}`;
}
