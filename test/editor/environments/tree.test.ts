import { describe, expect, it } from 'vitest';
import type { DriftPath } from '../../../src/core/model/drift.ts';
import { describeNode } from '../../../src/editor/environments/describe.ts';
import { type Choice, type Filter, filterWords } from '../../../src/editor/environments/filter.ts';
import {
  childNodes,
  type EnvironmentNode,
  placeOf,
  rootNodes,
  targetOf,
} from '../../../src/editor/environments/node.ts';
import { statusOf } from '../../../src/editor/environments/summary.ts';
import type { WorkspaceState } from '../../../src/lsp/protocol.ts';
import {
  application,
  environment,
  now,
  object,
  production,
  replicas,
  resource,
  shop,
  staging,
  web,
  workspace,
} from '../states.ts';

const everything: Filter = { kind: 'everything' };

/** The tree as a person reads it, every line unfolded. */
function drawn(state: WorkspaceState, filter: Filter = everything): string[] {
  const lines = (node: EnvironmentNode, depth: number): string[] => {
    const { label, description, icon } = describeNode(node, now);
    const words = [icon?.id ?? '·', label, description].filter(word => word !== '').join(' | ');
    return [
      '  '.repeat(depth) + words,
      ...childNodes(node, filter).flatMap(child => lines(child, depth + 1)),
    ];
  };
  return rootNodes(state).flatMap(node => lines(node, 0));
}

function nodes(state: WorkspaceState): EnvironmentNode[] {
  const below = (node: EnvironmentNode): EnvironmentNode[] => [
    node,
    ...childNodes(node, everything).flatMap(below),
  ];
  return rootNodes(state).flatMap(below);
}

function named(state: WorkspaceState, label: string): EnvironmentNode {
  const found = nodes(state).find(node => describeNode(node, now).label === label);
  if (found === undefined) throw new Error(`no line ${label}`);
  return found;
}

describe('the Environments view', () => {
  it('has environment, application, object and field, with what is in sync folded', () => {
    expect(drawn(workspace([production, staging]))).toEqual([
      'diff-modified | production | 1 drifted, 1 missing, 1 not checked · 2 commits behind · protected',
      '  diff-modified | shop | 1 drifted, 1 missing · main@9f8e7d6 · Healthy',
      '    diff-modified | Deployment web | 1 field drifted · Progressing',
      '      · | spec.replicas | 3 → 5 · kubectl-scale, 3 h ago',
      '    diff-removed | PodDisruptionBudget web | missing',
      '    pass | 2 in sync',
      '      pass | Service web | in sync',
      '      pass | ConfigMap settings | in sync',
      '  question | Not checked | chart redis 19.1.0 is not in the repository',
      'pass | staging | in sync · main@1a2b3c4',
      '  pass | shop | in sync',
      '    pass | 1 in sync',
      '      pass | Deployment web | in sync',
    ]);
  });

  it('shows only what drifted, and what a text is in', () => {
    expect(drawn(workspace([production, staging]), { kind: 'drifted' })).toEqual([
      'diff-modified | production | 1 drifted, 1 missing, 1 not checked · 2 commits behind · protected',
      '  diff-modified | shop | 1 drifted, 1 missing · main@9f8e7d6 · Healthy',
      '    diff-modified | Deployment web | 1 field drifted · Progressing',
      '      · | spec.replicas | 3 → 5 · kubectl-scale, 3 h ago',
      '    diff-removed | PodDisruptionBudget web | missing',
      'pass | staging | in sync · main@1a2b3c4',
    ]);
    expect(drawn(workspace([production]), { kind: 'text', text: 'SETT' }).slice(2)).toEqual([
      '    pass | 1 in sync',
      '      pass | ConfigMap settings | in sync',
    ]);
    const whole = drawn(workspace([production]), { kind: 'text', text: 'shop' });
    expect(whole).toContain('      pass | Service web | in sync');
  });

  it('says why each field differs, and shows only what differs for the chosen reasons', () => {
    const image: DriftPath = {
      ...replicas,
      path: '.spec.template.spec.containers[name="app"].image',
      ...{ desired: 'web:2', live: 'web:1', by: [], cause: { kind: 'not-synced' } },
    };
    const scaled: DriftPath = { ...replicas, cause: { kind: 'changed-in-cluster' } };
    const both = object(resource('Deployment', 'web'), 'drifted', { paths: [image, scaled] });
    const added = object(resource('ConfigMap', 'new'), 'missing', {
      cause: { kind: 'not-committed' },
    });
    const state = workspace([environment('production', [application('shop', [both, added])])]);
    const choice = (more: Partial<Choice>) =>
      drawn(state, { kind: 'choice', causes: [], states: [], ...more }).slice(2);
    expect(choice({})).toEqual([
      '    diff-modified | Deployment web | 2 fields drifted · pushed, not synced · changed in the cluster',
      '      · | containers[app].image | web:2 → web:1 · pushed, not synced',
      '      · | spec.replicas | 3 → 5 · changed in the cluster by kubectl-scale, 3 h ago',
      '    diff-removed | ConfigMap new | missing · not committed',
    ]);
    expect(choice({ causes: ['changed-in-cluster'] })).toEqual([
      '    diff-modified | Deployment web | 1 field drifted · changed in the cluster',
      '      · | spec.replicas | 3 → 5 · changed in the cluster by kubectl-scale, 3 h ago',
    ]);
    expect(choice({ states: ['missing'] })).toHaveLength(1);
    expect(choice({ states: ['missing'], causes: ['not-synced'] })).toEqual([]);
    const words = filterWords({ kind: 'choice', states: ['missing'], causes: ['not-pushed'] });
    expect(words).toBe('only missing, and not pushed');
  });

  it('says what was never compared, and never in green', () => {
    const waiting = environment('waiting', [], { phase: 'waiting' });
    const blocked = environment('blocked', [application('a', [])], {
      phase: 'blocked',
      reason: 'prod.example.com does not answer',
    });
    const nowhere = environment('nowhere', [], {
      phase: 'blocked',
      cluster: { kind: 'none', reason: 'no cluster is named' },
    });
    const unknown = environment('unknown', [
      application('infra', [object(resource('HelmRelease', 'redis'), 'unknown')], {
        trouble: 'the chart is not in the repository',
      }),
    ]);
    const lines = drawn(workspace([waiting, blocked, nowhere, unknown]));
    expect(lines).toEqual([
      'loading~spin | waiting | comparing… · main@1a2b3c4',
      'question | blocked | not checked: prod.example.com does not answer · main@1a2b3c4',
      '  question | a | not checked: prod.example.com does not answer',
      'question | nowhere | no cluster chosen · main@1a2b3c4',
      'question | unknown | 1 not checked · main@1a2b3c4',
      '  question | infra | not checked: the chart is not in the repository',
      '    question | 1 not checked',
      '      question | HelmRelease redis | not checked',
    ]);
    expect(lines.join()).not.toMatch(/pass|in sync/);
  });

  it('is in sync where all that is left is kept by its owner', () => {
    const kept = object(resource('ConfigMap', 'old'), 'prune-candidate', { kept: true });
    const synced = object(resource('Service', 'web'), 'synced');
    const state = workspace([environment('e', [application('shop', [kept, synced])])]);
    expect(drawn(state)).toEqual([
      'pass | e | 1 orphaned · main@1a2b3c4',
      '  pass | shop | 1 orphaned',
      '    diff-added | Removed from git | 1 kept',
      '      diff-added | ConfigMap old | kept',
      '    pass | 1 in sync',
      '      pass | Service web | in sync',
    ]);
    expect(statusOf(state)?.text).toBe('$(check) 1 environment');
  });

  it('has what was removed from git under a line of its own, with what comes of it', () => {
    const gone = (name: string, state: 'prune-candidate' | 'orphan', more = {}) =>
      object(resource('ConfigMap', name), state, more);
    const state = workspace([
      environment('e', [
        application('shop', [
          gone('c', 'orphan', { reason: 'Helm keeps it.' }),
          gone('b', 'prune-candidate', { kept: true, reason: 'Flux keeps it.' }),
          gone('a', 'prune-candidate', { reason: 'Flux would delete it.' }),
          object(resource('ConfigMap', 'd'), 'untracked'),
        ]),
      ]),
    ]);
    expect(drawn(state).slice(2)).toEqual([
      '    diff-added | Removed from git | 1 will be pruned, 1 kept, 1 orphaned',
      '      diff-added | ConfigMap a | will be pruned',
      '      diff-added | ConfigMap b | kept: Flux keeps it.',
      '      diff-added | ConfigMap c | orphaned: Helm keeps it.',
      '    circle-outline | 1 untracked',
      '      circle-outline | ConfigMap d | untracked',
    ]);
  });

  it('tells namespaces apart where an application has several', () => {
    const both = application('shop', [
      object(resource('ConfigMap', 'settings', 'a'), 'missing'),
      object(resource('ConfigMap', 'settings', 'b'), 'missing'),
    ]);
    expect(drawn(workspace([environment('e', [both])])).slice(2)).toEqual([
      '    diff-removed | ConfigMap settings | missing · a',
      '    diff-removed | ConfigMap settings | missing · b',
    ]);
  });

  it('never shows the value of a Secret, and no control characters', () => {
    const secret = object(resource('Secret', 'db'), 'drifted', {
      paths: [{ ...replicas, path: '.data.password', desired: 'aHVzaA==', live: 'bG91ZA==' }],
    });
    const odd = object(resource('ConfigMap', 'a\u001b[31mb\u202e'), 'missing');
    const text = drawn(workspace([environment('e', [application('a', [secret, odd])])])).join('\n');
    expect(text).toContain('data.password | ••• → ••• (changed) · kubectl-scale, 3 h ago');
    expect(text).not.toMatch(/aHVzaA|bG91ZA/);
    expect([...text].filter(each => ['\u001b', '\u202e'].includes(each))).toEqual([]);
  });

  it('keeps the id of a line while what it says changes', () => {
    const before = nodes(workspace([production])).map(({ id }) => id);
    const healed = environment('production', [
      { ...shop, objects: shop.objects.map(each => ({ ...each, health: undefined })) },
    ]);
    const after = nodes(workspace([healed])).map(({ id }) => id);
    expect(new Set(before).size).toBe(before.length);
    expect(before.filter(id => !after.includes(id))).toHaveLength(1);
    const waiting = environment('production', [], { phase: 'waiting' });
    expect(rootNodes(workspace([waiting]))[0]?.id).not.toBe(before[0]);
  });

  it('opens the line that decides, and knows what a command is about', () => {
    const state = workspace([production]);
    expect(placeOf(named(state, 'spec.replicas'))).toEqual(replicas.source);
    expect(placeOf(named(state, 'Deployment web'))).toEqual(web.source);
    expect(targetOf(named(state, 'spec.replicas'))).toEqual({
      environment: 'production',
      application: 'shop',
      object: web.resource,
    });
    expect(targetOf(named(state, 'shop'))).toEqual({
      environment: 'production',
      application: 'shop',
    });
  });

  it('says with words what can be done with a line', () => {
    const capabilities = (state: WorkspaceState, label: string) =>
      describeNode(named(state, label), now).capabilities;
    const state = workspace([production]);
    expect(capabilities(state, 'production')).toEqual([
      'environment',
      'drifted',
      'protected',
      'live',
      'sync',
    ]);
    expect(capabilities(state, 'shop')).toEqual([
      'application',
      'drifted',
      'sync',
      'suspend',
      'rollback',
    ]);
    const suspended = environment('e', [{ ...shop, suspended: true }]);
    expect(capabilities(workspace([suspended]), 'shop')).toContain('resume');
    expect(capabilities(workspace([suspended]), 'shop')).not.toContain('suspend');
    const snapshot = environment('e', [shop], { cluster: { kind: 'snapshot', file: 'live.yaml' } });
    expect(capabilities(workspace([snapshot]), 'shop')).toEqual([
      'application',
      'drifted',
      'rollback',
    ]);
  });

  it('is spoken with its state', () => {
    const spoken = (label: string) =>
      describeNode(named(workspace([production]), label), now).spoken;
    expect(spoken('Deployment web')).toBe('Deployment shop/web, 1 field drifted, Progressing');
    expect(spoken('spec.replicas')).toBe(
      'spec.replicas, 3 in the repository, runs as 5, kubectl-scale, 3 h ago',
    );
  });
});
