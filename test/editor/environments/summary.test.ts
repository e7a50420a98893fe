import { describe, expect, it } from 'vitest';
import { childNodes, rootNodes } from '../../../src/editor/environments/node.ts';
import { viewPhase } from '../../../src/editor/environments/phase.ts';
import { badgeOf, statusOf } from '../../../src/editor/environments/summary.ts';
import { tooltipOf } from '../../../src/editor/environments/tooltip.ts';
import { commandLink } from '../../../src/lsp/markdown.ts';
import {
  application,
  environment,
  now,
  object,
  production,
  resource,
  staging,
  workspace,
} from '../states.ts';

const waiting = environment('waiting', [], { phase: 'waiting' });
const blocked = environment('blocked', [], { phase: 'blocked', reason: 'no answer' });
const clusterless = environment('nowhere', [], {
  phase: 'blocked',
  cluster: { kind: 'none', reason: 'none is named' },
});
const snapshot = environment('kept', [], {
  phase: 'waiting',
  cluster: { kind: 'snapshot', file: 'live.yaml' },
});

describe('the badge', () => {
  it('counts what drifted and what is missing, and is not there without', () => {
    expect(badgeOf(workspace([production, staging]))).toEqual({
      value: 2,
      tooltip: '1 drifted, 1 missing in 1 environment',
    });
    expect(badgeOf(workspace([staging, waiting, blocked]))).toBeUndefined();
  });
});

describe('the status bar', () => {
  it.each([
    [[production, staging], '$(git-compare) production: 1 drifted, 1 missing'],
    [
      [production, { ...production, name: 'b' }],
      '$(git-compare) 2 drifted, 2 missing in 2 environments',
    ],
    [[staging], '$(check) 1 environment'],
    [[staging, waiting], '$(loading~spin) 2 environments'],
    [[staging, blocked], '$(question) 1 of 2 environments not checked'],
    [[environment('e', [])], '$(question) 1 environment not checked'],
  ])('%# says the worst there is', (environments, text) => {
    expect(statusOf(workspace(environments))?.text).toBe(text);
  });

  it('has no check mark where something of the repository belongs to no environment', () => {
    const state = workspace([staging], { unresolved: [{ reason: 'an Application without path' }] });
    expect(statusOf(state)?.text).toBe('$(question) 1 environment, 1 not checked');
  });

  it('is not there outside GitOps repositories', () => {
    expect(statusOf(workspace([], { kind: 'none' }))).toBeUndefined();
    expect(statusOf(workspace([], { kind: 'loading' }))).toBeUndefined();
  });
});

describe('the phase of the view', () => {
  const here = { folders: ['file'], trusted: true, failed: false };
  it.each([
    ['no-folder', { ...here, folders: [], state: undefined }],
    ['virtual', { ...here, folders: ['vscode-vfs'], state: undefined }],
    ['failed', { ...here, failed: true, state: undefined }],
    ['loading', { ...here, state: undefined }],
    ['loading', { ...here, state: workspace([], { kind: 'loading' }) }],
    ['no-repository', { ...here, state: workspace([], { kind: 'none' }) }],
    ['no-environment', { ...here, state: workspace([]) }],
    ['ready', { ...here, state: workspace([], { unresolved: [{ reason: 'broken' }] }) }],
    ['no-cluster', { ...here, state: workspace([clusterless, clusterless]) }],
    ['ready', { ...here, state: workspace([clusterless, blocked]) }],
    ['untrusted', { ...here, trusted: false, state: workspace([blocked]) }],
    ['ready', { ...here, trusted: false, state: workspace([blocked, snapshot]) }],
    ['ready', { ...here, state: workspace([waiting]) }],
  ] as const)('%s', (phase, circumstances) => {
    expect(viewPhase({ ...circumstances, folders: [...circumstances.folders] })).toBe(phase);
  });
});

describe('tooltips', () => {
  const tip = (state = workspace([production])) => {
    const [root] = rootNodes(state);
    const [app] = root ? childNodes(root, { kind: 'everything' }) : [];
    const [first] = app ? childNodes(app, { kind: 'everything' }) : [];
    return [root, app, first].map(node => (node ? tooltipOf(node, now, commandLink) : undefined));
  };

  it('have a table, and links with their target', () => {
    const [ofEnvironment, ofApplication, ofObject] = tip();
    expect(ofEnvironment).toContain('| Deployed | 9f8e7d6, 2 behind |');
    expect(ofEnvironment).toContain('| Writes | protected: asked for by its name |');
    expect(ofApplication).toContain('| Health | Healthy |');
    expect(ofObject).toContain('- `spec.replicas` `3` → `5` · kubectl-scale, 3 h ago');
    const [, argument] = /command:driftline\.compare\?([^)]+)\)/.exec(ofObject ?? '') ?? [];
    expect(JSON.parse(decodeURIComponent(argument ?? ''))[0].environment).toBe('production');
  });

  it('show names as they are, whatever they would mean to Markdown', () => {
    const odd = object(resource('ConfigMap', '[x](command:evil)|**b**'), 'missing');
    const [, , text] = tip(workspace([environment('e', [application('a', [odd])])]));
    expect(text).not.toContain('[x](command:evil)');
    expect(text?.split('command:')[0]).not.toContain('**b**');
  });
});
