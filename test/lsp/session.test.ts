import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Live } from '../../src/core/live/live.ts';
import type { Marker } from '../../src/core/live/state.ts';
import { changedPart } from '../../src/lsp/session/changed-part.ts';
import { looksLikeGitOps } from '../../src/lsp/session/gitops.ts';
import { readOptions } from '../../src/lsp/session/options.ts';
import { PresentMarkers } from '../../src/lsp/session/present-markers.ts';
import { folderWith, repositoryWith } from '../cli/fixtures.ts';

describe('options', () => {
  it('trusts nobody who does not say so', () => {
    for (const sent of [undefined, null, 'yes', [], {}, { trusted: 'true' }, { trusted: 1 }])
      expect(readOptions(sent).trusted).toBe(false);
    expect(readOptions({ trusted: true }).trusted).toBe(true);
  });

  it('has defaults for what is absent or of another type', () => {
    const forges = { 'git.example': 'gitea', bad: 3 };
    expect(
      readOptions({ clusters: [{ environment: 'a' }], settings: { forges, drift: false } }),
    ).toEqual({
      trusted: false,
      markers: false,
      clusters: [],
      settings: {
        kubeconfig: undefined,
        forges: { 'git.example': 'gitea' },
        auditLogs: {},
        localOnly: false,
        validation: true,
        drift: false,
        completion: 'auto',
        schemas: [],
      },
    });
  });
});

describe('what changed between two texts', () => {
  it.each([
    ['nothing', 'abc', 'abc', [3, 3, 3]],
    ['a line in the middle', 'abc', 'axc', [1, 2, 2]],
    ['a new first line', 'abc', 'xabc', [0, 0, 1]],
    ['a repeated line', 'aa', 'aaa', [2, 2, 3]],
    ['everything', 'ab', '', [0, 2, 0]],
  ] as const)('finds %s', (_, older, newer, [start, oldEnd, newEnd]) => {
    expect(changedPart([...older], [...newer])).toEqual({ start, oldEnd, newEnd });
  });
});

describe('markers while an edit is being compared', () => {
  it('move with their lines; those of edited lines wait', () => {
    let current = true;
    const marker = (line: number): Marker => ({ line, differences: [] });
    const live = { isCurrent: () => current, markers: () => [marker(1), marker(2), marker(3)] };
    const at = {
      live: live as unknown as Live,
      file: 'f',
      repository: { root: '/', folders: [], state: { kind: 'loading' as const } },
    };
    const present = new PresentMarkers();
    const lines = (text: string) =>
      present.of(at, TextDocument.create('file:///f', 'yaml', 1, text)).map(({ line }) => line);
    expect(lines('a\nb\nc')).toEqual([1, 2, 3]);
    current = false;
    expect(lines('a\nx\ny\nc')).toEqual([1, 4]);
    expect(lines('new\na\nb\nc')).toEqual([2, 3, 4]);
    expect(lines('a')).toEqual([1]);
    present.forget('file:///f');
    expect(lines('a\nb\nc')).toEqual([]);
  });
});

describe('looking for a GitOps repository', () => {
  it.each([
    ['driftline.yaml', 'version: 1'],
    ['a/b/kustomization.yml', ''],
    ['charts/x/Chart.yaml', ''],
    ['deploy/web.yml', '# web\napiVersion: v1\nkind: Service\n'],
  ])('finds %s', async (file, text) => {
    expect(await looksLikeGitOps(repositoryWith({ [file]: text }))).toBe(true);
    expect(await looksLikeGitOps(folderWith({ [file]: text }))).toBe(true);
  });

  it('leaves other folders alone, also those without git', async () => {
    const other = {
      'package.json': '{}',
      'ci.yml': 'on: push\njobs: {}\n',
      'README.md': 'kind: x',
    };
    expect(await looksLikeGitOps(repositoryWith(other))).toBe(false);
    expect(await looksLikeGitOps(folderWith(other))).toBe(false);
  });

  it('does not take the repository around a folder for its own', async () => {
    const home = repositoryWith({ 'driftline.yaml': 'version: 1', 'code/main.go': 'package main' });
    expect(await looksLikeGitOps(join(home, 'code'))).toBe(false);
  });

  it('does not search a whole home', async () => {
    const home = folderWith({
      'a/b/c/d/e/kustomization.yaml': '',
      'node_modules/x/Chart.yaml': '',
    });
    mkdirSync(join(home, '.cache/deep'), { recursive: true });
    expect(await looksLikeGitOps(home)).toBe(false);
  });
});
