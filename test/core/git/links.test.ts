import { describe, expect, it } from 'vitest';
import { resolveLinks, type TreeEntry } from '../../../src/core/git/links.ts';

/** A tree written as `{ path: '' }` for files and `{ path: '-> target' }` for links. */
function resolve(tree: Record<string, string>, root?: string) {
  const entries = Object.entries(tree).map(([path, text]): [string, TreeEntry] => [
    path,
    text.startsWith('-> ') ? { kind: 'link', target: text.slice(3) } : { kind: 'file' },
  ]);
  const { files, left } = resolveLinks(new Map(entries), root);
  return {
    files: Object.fromEntries(files),
    left: left.map(({ file }) => file),
    reasons: left.map(({ reason }) => reason),
  };
}

describe('symbolic links', () => {
  it('to a file are that file under their own path', () => {
    expect(
      resolve({ 'a/x.yaml': '', 'b/y.yaml': '-> ../a/x.yaml', 'c.yaml': '-> b/y.yaml' }),
    ).toMatchObject({
      files: { 'a/x.yaml': 'a/x.yaml', 'b/y.yaml': 'a/x.yaml', 'c.yaml': 'a/x.yaml' },
      left: [],
    });
  });

  it('to a folder are everything below it', () => {
    const { files } = resolve({ 'a/x.yaml': '', 'a/b/y.yaml': '', 'c/d': '-> ../a' });
    expect(files).toEqual({
      'a/x.yaml': 'a/x.yaml',
      'a/b/y.yaml': 'a/b/y.yaml',
      'c/d/x.yaml': 'a/x.yaml',
      'c/d/b/y.yaml': 'a/b/y.yaml',
    });
  });

  it('are followed through links on the way', () => {
    const { files } = resolve({
      'real/deep/x.yaml': '',
      short: '-> real/deep',
      'y.yaml': '-> short/x.yaml',
      'z.yaml': '-> short/../up.yaml',
      'real/up.yaml': '',
    });
    expect(files['y.yaml']).toBe('real/deep/x.yaml');
    // `..` is seen from where the link leads, as the file system does.
    expect(files['z.yaml']).toBe('real/up.yaml');
  });

  it.each([
    ['../outside.yaml', 'out of the repository'],
    ['/etc/passwd', 'out of the repository'],
    ['a/../../outside', 'out of the repository'],
    ['missing.yaml', 'nowhere'],
    ['.git/config', 'nowhere'],
    ['.', 'whole repository'],
  ])('to %s are left out', (target, reason) => {
    const { files, left, reasons } = resolve({ 'a.yaml': '', link: `-> ${target}` });
    expect(files).toEqual({ 'a.yaml': 'a.yaml' });
    expect(left).toEqual(['link']);
    expect(reasons[0]).toContain(reason);
  });

  it('may be absolute when they lead into the repository', () => {
    const tree = {
      'a/x.yaml': '',
      'y.yaml': '-> /repo/a/x.yaml',
      'z.yaml': '-> /repository/a/x.yaml',
    };
    const { files, left } = resolve(tree, '/repo');
    expect(files['y.yaml']).toBe('a/x.yaml');
    expect(left).toEqual(['z.yaml']);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['to itself', { a: '-> a' }, ['a']],
    ['to each other', { a: '-> b', b: '-> a' }, ['a', 'b']],
    ['to the folder it is in', { 'a/b/x.yaml': '', 'a/b/self': '-> ..' }, ['a/b/self']],
    ['to its own folder', { 'a/x.yaml': '', 'a/self': '-> ../a' }, ['a/self']],
  ])('that loop (%s) are left out', (_, tree, left) => {
    const resolved = resolve(tree);
    expect(resolved.left).toEqual(left);
    for (const reason of resolved.reasons) expect(reason).not.toContain('out of');
  });

  it('that loop through each other end', () => {
    const { files, left } = resolve({
      'a/x.yaml': '',
      'a/b': '-> ../b',
      'b/y.yaml': '',
      'b/a': '-> ../a',
    });
    expect(files).toMatchObject({ 'a/b/y.yaml': 'b/y.yaml', 'b/a/x.yaml': 'a/x.yaml' });
    expect(left).toEqual(['a/b/a', 'b/a/b']);
  });

  it('that multiply without end are cut off, and say so', () => {
    const tree: Record<string, string> = { 'd0/x.yaml': '' };
    for (let level = 1; level < 12; level++)
      for (let at = 0; at < 10; at++) tree[`d${level}/l${at}`] = `-> ../d${level - 1}`;
    const { files, reasons } = resolve(tree);
    expect(Object.keys(files).length).toBeLessThanOrEqual(50_001);
    expect(reasons.at(-1)).toContain('more than');
  });
});
