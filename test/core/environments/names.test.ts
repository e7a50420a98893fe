import { describe, expect, it } from 'vitest';
import { environmentPart, shortestNames } from '../../../src/core/environments/folders.ts';
import { matchesGlob } from '../../../src/core/environments/globs.ts';
import { normalizeRemote, sameRemote } from '../../../src/core/environments/remotes.ts';

describe('git addresses', () => {
  it('are equal in every spelling', () => {
    const spellings = [
      'https://git.example/Team/apps.git',
      'https://user:token@git.example/team/apps',
      'ssh://git@git.example:2222/team/apps.git/',
      'git@git.example:team/apps.git',
      'git.example:team/apps',
      'git+ssh://git.example/team/apps',
    ];
    for (const spelling of spellings)
      expect([spelling, normalizeRemote(spelling)]).toEqual([spelling, 'git.example/team/apps']);
  });

  it('differ by host and path', () => {
    expect(sameRemote('https://a.example/x/y', 'https://b.example/x/y')).toBe(false);
    expect(sameRemote('https://a.example/x/y', 'https://a.example/x/y-z')).toBe(false);
    expect(sameRemote('C:/code/apps', 'c:/code/apps')).toBe(true);
  });
});

describe('environment names in paths', () => {
  it('follow the usual folders, the innermost first', () => {
    const names = Object.fromEntries(
      [
        'apps/web/overlays/production',
        'clusters/eu/overlays/x',
        'clusters/eu/flux-system',
        'apps/staging',
        'prod/apps/web',
        'apps/web/base',
        'deploy/helm',
        'overlays',
        'apps/web',
      ].map(path => [path, environmentPart(path)?.name]),
    );
    expect(names).toEqual({
      'apps/web/overlays/production': 'production',
      'clusters/eu/overlays/x': 'x',
      'clusters/eu/flux-system': 'eu',
      'apps/staging': 'staging',
      'prod/apps/web': 'prod',
      'apps/web/base': undefined,
      'deploy/helm': undefined,
      overlays: undefined,
      'apps/web': undefined,
    });
  });

  it('are as long as they must be to differ', () => {
    expect(shortestNames(['clusters/eu/prod', 'clusters/us/prod', 'clusters/eu/dev'])).toEqual([
      'eu/prod',
      'us/prod',
      'dev',
    ]);
    expect(shortestNames(['a', 'b/a', ''])).toEqual(['a', 'b/a', '']);
  });
});

describe('globs', () => {
  it('match within one folder, or any number of folders', () => {
    expect(matchesGlob('apps/*', 'apps/web')).toBe(true);
    expect(matchesGlob('apps/*', 'apps/web/base')).toBe(false);
    expect(matchesGlob('apps/**', 'apps/web/base')).toBe(true);
    expect(matchesGlob('**/config.json', 'config.json')).toBe(true);
    expect(matchesGlob('**/config.json', 'a/b/config.json')).toBe(true);
    expect(matchesGlob('a.b/?', 'axb/c')).toBe(false);
    expect(matchesGlob('./a.b/?', 'a.b/c')).toBe(true);
    expect(matchesGlob('a*c*e', 'abcde')).toBe(true);
    expect(matchesGlob('a*c*e', 'abcd')).toBe(false);
    expect(matchesGlob('a/**/b/**', 'a/x/b')).toBe(true);
    expect(matchesGlob('a/**/b/*', 'a/x/b')).toBe(false);
  });

  it('do not take forever', () => {
    const path = `${'a'.repeat(200)}/`.repeat(20);
    expect(matchesGlob(`${'*a'.repeat(90)}b`, path)).toBe(false);
    expect(matchesGlob(`${'**/'.repeat(40)}b`, path)).toBe(false);
  });
});
