import { describe, expect, it } from 'vitest';
import { forgeOf, newRequestPage, titleOf } from '../../../src/core/forges/index.ts';
import { parseRemote } from '../../../src/core/forges/remote.ts';

/** `protocol host owner name`, or `none`. */
const read = (url: string) => {
  const remote = parseRemote(url);
  return remote ? Object.values(remote).join(' ') : 'none';
};

describe('the address of a remote', () => {
  it.each([
    ['git@github.com:acme/shop.git', 'github.com https acme shop'],
    ['github.com:acme/shop', 'github.com https acme shop'],
    ['org-1234@github.com:acme/shop.git', 'github.com https acme shop'],
    ['git@gitlab.com:/acme/shop.git', 'gitlab.com https acme shop'],
    ['ssh://git@git.example.com:2222/acme/shop.git', 'git.example.com https acme shop'],
    ['ssh://git@ssh.github.com:443/acme/shop.git', 'github.com https acme shop'],
    ['git+ssh://git@git.example.com/acme/shop', 'git.example.com https acme shop'],
    ['git://git.example.com/acme/shop.git', 'git.example.com https acme shop'],
    ['https://github.com/acme/shop.git', 'github.com https acme shop'],
    ['https://github.com/acme/shop/', 'github.com https acme shop'],
    ['https://GitHub.com/Acme/Shop.git', 'github.com https Acme Shop'],
    ['https://git.example.com:443/acme/shop', 'git.example.com https acme shop'],
    ['http://127.0.0.1:3000/acme/shop.git', '127.0.0.1:3000 http acme shop'],
    ['https://gitlab.com/group/sub/deeper/shop.git', 'gitlab.com https group/sub/deeper shop'],
    ['git@gitlab.com:group/sub/shop.git', 'gitlab.com https group/sub shop'],
    ['git@[::1]:acme/shop.git', '[::1] https acme shop'],
    ['https://dev.azure.com/acme/My%20Shop/_git/web', 'dev.azure.com https acme/My Shop/_git web'],
    ['  https://github.com/acme/shop.git\n', 'github.com https acme shop'],
  ])('%s', (url, expected) => {
    const [host, protocol, owner, name] =
      expected.match(/^(\S+) (\S+) (.+) (\S+)$/)?.slice(1) ?? [];
    expect(parseRemote(url)).toEqual({ host, protocol, owner, name });
  });

  it.each([
    '/srv/git/shop.git',
    '../shop.git',
    './shop',
    'file:///srv/git/shop.git',
    'C:\\work\\shop',
    'C:/work/shop',
    'https://github.com/shop',
    'https://github.com/',
    'https:///acme/shop',
    'ext::sh -c whoami',
    'https://git.example.com/acme/..%2F..%2Fadmin/..',
    'git@git.example.com:../shop.git',
    '',
  ])('%s leads to no forge', url => {
    expect(read(url)).toBe('none');
  });

  it('keeps neither user nor password', () => {
    const remote = parseRemote('https://bob:s3cret-t0ken@git.example.com/acme/shop.git');
    expect(JSON.stringify(remote)).not.toMatch(/bob|s3cret/);
    expect(remote?.host).toBe('git.example.com');
  });
});

describe('the forge of a remote', () => {
  const id = (url: string, configured: Record<string, string> = {}) => {
    const remote = parseRemote(url);
    return remote && forgeOf(remote, configured)?.id;
  };

  it('is known for well-known hosts', () => {
    expect(id('git@github.com:acme/shop')).toBe('github');
    expect(id('git@gitlab.com:acme/shop')).toBe('gitlab');
    expect(id('https://codeberg.org/acme/shop')).toBe('gitea');
  });

  it('is what the person says for other hosts, with the port that the address has', () => {
    expect(id('git@git.example.com:acme/shop')).toBeUndefined();
    expect(id('git@git.example.com:acme/shop', { 'git.example.com': 'gitlab' })).toBe('gitlab');
    expect(id('git@git.example.com:acme/shop', { 'Git.Example.com': 'gitlab' })).toBe('gitlab');
    const onPort = { 'git.example.com:3000': 'gitea' };
    expect(id('https://git.example.com:3000/acme/shop', onPort)).toBe('gitea');
    expect(id('https://git.example.com/acme/shop', onPort)).toBeUndefined();
  });

  it('is none where the host only looks like a well-known one', () => {
    for (const host of ['github.com.example.org', 'notgithub.com', 'constructor', 'toString'])
      expect(id(`git@${host}:acme/shop`)).toBeUndefined();
  });
});

describe('the page for a new request', () => {
  const draft = { branch: 'driftline/a-1', base: 'main', title: 'production: change web & api' };
  const page = (url: string, configured: Record<string, string> = {}) => {
    const remote = parseRemote(url);
    return remote && newRequestPage(remote, draft, configured);
  };

  it.each([
    [
      'git@github.com:acme/shop.git',
      'https://github.com/acme/shop/compare/main...driftline/a-1?expand=1&title=production%3A+change+web+%26+api',
    ],
    [
      'http://github.com/acme/shop.git',
      'https://github.com/acme/shop/compare/main...driftline/a-1?expand=1&title=production%3A+change+web+%26+api',
    ],
    [
      'git@gitlab.com:group/sub/shop.git',
      'https://gitlab.com/group/sub/shop/-/merge_requests/new?merge_request%5Bsource_branch%5D=driftline%2Fa-1&merge_request%5Btarget_branch%5D=main&merge_request%5Btitle%5D=production%3A+change+web+%26+api',
    ],
    [
      'git@bitbucket.org:acme/shop.git',
      'https://bitbucket.org/acme/shop/pull-requests/new?source=driftline%2Fa-1&dest=main',
    ],
    [
      'https://acme@dev.azure.com/acme/My%20Shop/_git/web',
      'https://dev.azure.com/acme/My%20Shop/_git/web/pullrequestcreate?sourceRef=driftline%2Fa-1&targetRef=main',
    ],
    [
      'git@ssh.dev.azure.com:v3/acme/My%20Shop/web',
      'https://dev.azure.com/acme/My%20Shop/_git/web/pullrequestcreate?sourceRef=driftline%2Fa-1&targetRef=main',
    ],
    [
      'https://acme.visualstudio.com/DefaultCollection/shop/_git/web',
      'https://dev.azure.com/acme/shop/_git/web/pullrequestcreate?sourceRef=driftline%2Fa-1&targetRef=main',
    ],
  ])('%s', (url, expected) => {
    expect(page(url)).toBe(expected);
  });

  it('is not known for unknown hosts, unless a person says what runs there', () => {
    const url = 'http://git.example.com:3000/acme/shop.git';
    expect(page(url)).toBeUndefined();
    expect(page(url, { 'git.example.com:3000': 'gitea' })).toMatch(
      /^http:\/\/git\.example\.com:3000\/acme\/shop\/compare\/main\.\.\.driftline\/a-1\?/,
    );
  });

  it('names the place', () => {
    const title = (url: string) => {
      const remote = parseRemote(url);
      return remote && titleOf(remote, {});
    };
    expect(title('git@github.com:acme/shop')).toBe('GitHub');
    expect(title('git@bitbucket.org:acme/shop')).toBe('Bitbucket');
    expect(title('git@ssh.dev.azure.com:v3/acme/shop/web')).toBe('Azure DevOps');
    expect(title('git@git.example.com:acme/shop')).toBe('git.example.com');
  });
});
