import type { Draft, RemoteAddress } from './forge.ts';
import { encodedPath, repositoryPath } from './remote.ts';

/** A well-known host whose API is not spoken: its page for a new request is opened instead. */
export interface PageOnly {
  title: string;
  newRequestPage(draft: Pick<Draft, 'branch' | 'base'>): string;
}

/** Bitbucket Cloud and Azure DevOps. */
export function pageOnly(remote: RemoteAddress): PageOnly | undefined {
  if (remote.host === 'bitbucket.org') return bitbucket(remote);
  const azure = azureRepository(remote);
  return azure === undefined ? undefined : azureDevOps(azure);
}

function bitbucket(remote: RemoteAddress): PageOnly {
  return {
    title: 'Bitbucket',
    newRequestPage: ({ branch, base }) =>
      `https://bitbucket.org/${encodedPath(repositoryPath(remote))}/pull-requests/new?${new URLSearchParams({ source: branch, dest: base })}`,
  };
}

function azureDevOps(repository: string): PageOnly {
  return {
    title: 'Azure DevOps',
    newRequestPage: ({ branch, base }) =>
      `${repository}/pullrequestcreate?${new URLSearchParams({ sourceRef: branch, targetRef: base })}`,
  };
}

/**
 * The page of a repository, from `https://dev.azure.com/org/project/_git/name`, its older spelling
 * `https://org.visualstudio.com/project/_git/name`, and those for ssh, `ssh.dev.azure.com:v3/org/project/name`.
 */
function azureRepository({ host, owner, name }: RemoteAddress): string | undefined {
  const folders = owner.split('/');
  const page = (path: string) => `https://dev.azure.com/${encodedPath(path)}`;
  if (host === 'dev.azure.com') return page(`${owner}/${name}`);
  if (host === 'ssh.dev.azure.com' || host === 'vs-ssh.visualstudio.com')
    return page(`${folders.slice(1).join('/')}/_git/${name}`);
  const organization = /^([^.]+)\.visualstudio\.com$/.exec(host)?.[1];
  if (organization === undefined) return undefined;
  const project = folders.filter(folder => folder !== 'DefaultCollection').join('/');
  return page(`${organization}/${project}/${name}`);
}
