import { describe, expect, it } from 'vitest';
import { asOf, asOfText, staleText } from '../../../src/core/words/stale.ts';
import { describeNode } from '../../../src/editor/environments/describe.ts';
import { childNodes, rootNodes } from '../../../src/editor/environments/node.ts';
import { statusOf } from '../../../src/editor/environments/summary.ts';
import { tooltipOf } from '../../../src/editor/environments/tooltip.ts';
import { differenceSentence, markerText } from '../../../src/lsp/marker-text.ts';
import { application, environment, now, object, replicas, resource, workspace } from '../states.ts';

// What was known last, while a cluster does not answer.

const since = new Date(now);
since.setHours(12, 3, 0, 0);
const stale = { since: since.toISOString(), reason: 'the server does not answer' };
const link = (title: string) => title;

const web = object(resource('Deployment', 'web'), 'drifted', { paths: [replicas], stale });
const settings = object(resource('ConfigMap', 'settings'), 'synced', { stale });
const state = workspace([
  environment('production', [application('shop', [web, settings])], { stale }),
]);
const calm = workspace([environment('production', [application('shop', [settings])], { stale })]);

describe('what was known last', () => {
  it("says since when, by the reader's clock, with the day where it is another", () => {
    expect(asOfText(stale, now)).toBe('as of 12:03');
    const yesterday = new Date(since);
    yesterday.setDate(yesterday.getDate() - 1);
    const text = asOfText({ ...stale, since: yesterday.toISOString() }, now);
    expect(text).toMatch(/^as of 2026-03-\d\d 12:03$/);
    expect(asOf(undefined, 'in sync', now)).toBe('in sync');
    expect(staleText(stale, now)).toBe('as of 12:03, the server does not answer');
    expect(staleText(undefined, now)).toBe('');
  });

  it('keeps its state in the tree, greyed, and is never green', () => {
    const [root] = rootNodes(state);
    if (!root) throw new Error('no environment');
    const [below] = childNodes(root, { kind: 'everything' });
    if (!below) throw new Error('no application');
    const [first] = childNodes(below, { kind: 'everything' });
    if (!first) throw new Error('no object');
    const drawn = [root, below, first].map(node => describeNode(node, now));
    expect(drawn.map(({ description }) => description.split(' · ')[0])).toEqual([
      'as of 12:03: 1 drifted',
      'as of 12:03: 1 drifted',
      'as of 12:03: 1 field drifted',
    ]);
    for (const { icon } of drawn)
      expect(icon).toEqual({ id: 'diff-modified', color: 'list.deemphasizedForeground' });
    const [green] = rootNodes(calm);
    expect(green && describeNode(green, now).icon).toEqual({
      id: 'pass',
      color: 'list.deemphasizedForeground',
    });
    expect(tooltipOf(root, now, link)).toContain('as of 12:03: the server does not answer');
    expect(tooltipOf(first, now, link)).toContain('as of 12:03: the server does not answer');
  });

  it('is no check mark in the status bar', () => {
    expect(statusOf(state, now)?.text).toBe('$(git-compare) as of 12:03: production: 1 drifted');
    expect(statusOf(calm, now)?.text).toBe('$(history) as of 12:03: 1 environment');
    expect(statusOf(calm, now)?.lines[0]?.words).toBe('as of 12:03: in sync');
  });

  it('is said at the end of a line, and with its reason in the hover', () => {
    const difference = {
      environment: 'production',
      application: 'shop',
      object: web.resource,
      state: web.state,
      path: replicas,
      stale,
    };
    expect(markerText([difference], { now, edited: false })).toBe(
      'production runs 5 · kubectl-scale, 3 h ago · as of 12:03',
    );
    expect(differenceSentence(difference, now)).toMatch(
      / · as of 12:03, the server does not answer$/,
    );
  });
});
