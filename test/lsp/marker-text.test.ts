import { describe, expect, it } from 'vitest';
import type { MarkedDifference } from '../../src/core/live/state.ts';
import type { CauseKind, DriftPath } from '../../src/core/model/drift.ts';
import { differenceSentence, markerText } from '../../src/lsp/marker-text.ts';

const now = new Date('2026-01-01T12:00:00Z');
const object = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const secret = { ...object, group: '', kind: 'Secret' };
const scale = {
  manager: 'kubectl-scale',
  operation: 'Update' as const,
  time: '2026-01-01T09:00:00Z',
};
const replicas: DriftPath = {
  path: '.spec.replicas',
  kind: 'changed',
  desired: 3,
  live: 5,
  by: [scale],
};

function differ(more: Partial<MarkedDifference> = {}): MarkedDifference {
  const about = { environment: 'production', application: 'web', object };
  return { ...about, state: 'drifted', path: replicas, ...more };
}

function whole(state: MarkedDifference['state'], reason?: string): MarkedDifference {
  return { ...differ({ state, reason }), path: undefined };
}

function text(differences: MarkedDifference[], edited = false): string {
  return markerText(differences, { now, edited });
}

describe('the text of a marker', () => {
  it('says what runs, who made it so and when', () => {
    expect(text([differ()])).toBe('production runs 5 · kubectl-scale, 3 h ago');
  });

  it('says why, as far as there is room', () => {
    const because = (kind: CauseKind, more: Partial<DriftPath> = {}) =>
      differ({ path: { ...replicas, cause: { kind, reason: 'Because.' }, ...more } });
    expect(text([because('changed-in-cluster')])).toBe(
      'production runs 5 · changed in the cluster by kubectl-scale, 3 h ago',
    );
    expect(text([because('not-committed', { by: [] })])).toBe('production runs 5 · not committed');
    const long = { by: [{ ...scale, manager: 'a-controller-with-quite-a-long-name' }] };
    expect(text([because('changed-in-cluster', long)])).toBe(
      'production runs 5 · a-controller-with-quite-a-long-name, 3 h ago',
    );
    expect(differenceSentence(because('not-synced', { by: [] }), now)).toBe(
      'production runs 5, the repository says 3 · pushed, not synced · Because.',
    );
    const missing: MarkedDifference = { ...whole('missing'), cause: { kind: 'not-pushed' } };
    expect(text([missing])).toBe('not running in production · not pushed');
    // What differs for another reason is another thing to do.
    const other = { ...because('not-pushed', { by: [] }), environment: 'staging' };
    expect(text([because('not-committed', { by: [] }), other])).toContain('1 more');
  });

  it('says what an edit makes of it', () => {
    const edited = differ({ path: { ...replicas, desired: 4 } });
    expect(text([edited], true)).toBe('production runs 5, this makes 4 · kubectl-scale, 3 h ago');
  });

  it('counts environments that run the same, and tells the others', () => {
    const staging = { environment: 'staging' };
    expect(text([differ(), differ(staging)])).toBe('2 environments run 5 · kubectl-scale, 3 h ago');
    const other = differ({ ...staging, path: { ...replicas, live: 7 } });
    expect(text([differ(), other])).toBe('production runs 5 · kubectl-scale, 3 h ago · 1 more');
  });

  it('tells the worst first', () => {
    const invalid = {
      ...whole('invalid', 'replicas must not be negative.'),
      environment: 'staging',
    };
    expect(text([differ(), invalid])).toBe(
      'staging would refuse this: replicas must not be negative. · 1 more',
    );
  });

  it.each([
    ['missing', undefined, 'not running in production'],
    ['terminating', undefined, 'being deleted in production'],
    ['orphan', undefined, 'production still runs this'],
    ['suspect', 'no rights', 'perhaps drifted in production: no rights'],
    [
      'drifted',
      'a field is immutable',
      'production would have to recreate this: a field is immutable',
    ],
  ] as const)('has words for an object that is %s', (state, reason, said) => {
    expect(text([whole(state, reason)])).toBe(said);
  });

  it.each<[string, Partial<DriftPath>, string]>([
    ['not live', { kind: 'missing', live: undefined }, 'not set in production'],
    ['in another order', { kind: 'order' }, 'production runs these in another order'],
    [
      'stale in a list',
      { kind: 'stale', path: '.spec.ports[port=80,protocol="TCP"].targetPort', live: 'http' },
      'production also runs ports[80/TCP].targetPort: http',
    ],
    [
      'stale by a name with dots',
      { kind: 'stale', path: '.metadata.labels["app.example.com/tier"]', live: 'web' },
      'production also runs metadata.labels[app.example.com/tier]: web',
    ],
    [
      'stale',
      {
        kind: 'stale',
        path: '.spec.template.spec.containers[name="web"].resources.limits.cpu',
        live: 2,
      },
      'production also runs limits.cpu: 2',
    ],
    [
      'written otherwise',
      { desired: '1', live: '1000m', equivalent: true },
      'production runs 1000m, which means the same',
    ],
    [
      'an image of another tag',
      {
        desired: 'registry.example/shop/web:1.8.2',
        live: 'registry.example/shop/web:1.8.3-hotfix',
      },
      'production runs 1.8.3-hotfix',
    ],
    [
      'another image',
      { desired: 'registry.example/shop/web:1.8.2', live: 'registry.example/other/web:1.8.2' },
      'production runs other/web:1.8.2',
    ],
    ['a text that looks like a number', { desired: 'a', live: '5' }, 'production runs "5"'],
    ['dangerous', { desired: 'a', live: 'a\u202eb\nc' }, 'production runs a\\u202eb'],
  ])('has words for a field that is %s', (_, path, said) => {
    expect(text([differ({ path: { ...replicas, by: [], ...path } })])).toBe(said);
  });

  it('shows nothing of a secret', () => {
    const path = { ...replicas, path: '.data.key', desired: 'aGlkZGVu', live: 'b3RoZXI=' };
    for (const kind of ['changed', 'stale', 'missing'] as const) {
      const hidden = differ({ object: secret, path: { ...path, kind } });
      for (const said of [text([hidden]), text([hidden], true), differenceSentence(hidden, now)])
        expect(said).not.toMatch(/aGlk|b3Ro/);
    }
    expect(text([differ({ object: secret, path })], true)).toBe(
      'production runs another value · kubectl-scale, 3 h ago',
    );
  });

  it('is never longer than 80 characters, and cuts the value first', () => {
    const long = differ({ path: { ...replicas, desired: 'x', live: 'ab'.repeat(100) } });
    const said = text([long, differ({ environment: 'staging' })]);
    expect(said.length).toBeLessThanOrEqual(80);
    expect(said).toMatch(/^production runs (ab)+a?…b?(ab)+ · kubectl-scale, 3 h ago · 1 more$/);
    const name = differ({ environment: 'e'.repeat(200) });
    expect(text([name]).length).toBeLessThanOrEqual(80);
    expect(text([whole('invalid', 'r'.repeat(200))]).length).toBeLessThanOrEqual(80);
  });

  it('is nothing where nothing differs', () => expect(text([])).toBe(''));
});

describe('a difference as a sentence', () => {
  it('names both values', () => {
    expect(differenceSentence(differ(), now)).toBe(
      'production runs 5, the repository says 3 · kubectl-scale, 3 h ago',
    );
    expect(differenceSentence(differ({ edited: true }), now)).toContain(', this makes 3 ·');
  });

  it('says what else a reader should know', () => {
    const path = { ...replicas, kind: 'stale' as const, becomes: 1 };
    expect(differenceSentence(differ({ path }), now)).toBe(
      'production also runs spec.replicas: 5 · kubectl-scale, 3 h ago · becomes 1',
    );
  });
});
