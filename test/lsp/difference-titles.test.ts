import { describe, expect, it } from 'vitest';
import type { DriftPath } from '../../src/core/model/drift.ts';
import { ignoreTitle, removeTitle, takeTitle } from '../../src/lsp/difference-titles.ts';

const web = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const replicas: DriftPath = {
  path: '.spec.replicas',
  kind: 'changed',
  desired: 3,
  live: 5,
  by: [],
};
const scaled: DriftPath = {
  ...replicas,
  suggests: {
    preset: 'hpa-replicas',
    because: 'HorizontalPodAutoscaler shop/web scales this Deployment.',
  },
};

describe('what can be done about a difference, in words', () => {
  it('is to take what runs', () => {
    const image = '.spec.template.spec.containers[name="app"].image';
    expect(takeTitle(web, replicas)).toBe('Take 5 into this file');
    expect(takeTitle(web, { path: image, kind: 'missing', desired: 'a', by: [] })).toBe(
      'Take containers[app].image out of this file',
    );
    expect(takeTitle(web, { path: image, kind: 'stale', live: 'a', by: [] })).toBe(
      'Take containers[app].image into this file',
    );
    expect(takeTitle(web, { ...replicas, kind: 'order' })).toBe('Take this order into this file');
  });

  it('never is to take a secret, nor says it', () => {
    const secret = { group: '', version: 'v1', kind: 'Secret', namespace: 'shop', name: 'db' };
    const path: DriftPath = { path: '.data.password', kind: 'changed', live: 'aHVzaA==', by: [] };
    expect(takeTitle(secret, path)).toBeUndefined();
    expect(takeTitle(web, { ...replicas, secret: true })).toBeUndefined();
    expect(ignoreTitle(secret, path)).toBe('Ignore data.password of Secret shop/db');
  });

  it('is to ignore it, and to leave out what a controller sets', () => {
    expect(ignoreTitle(web, replicas)).toBe('Ignore spec.replicas of Deployment shop/web');
    expect(removeTitle(replicas)).toBeUndefined();
    expect(ignoreTitle(web, scaled)).toBe(
      'Ignore spec.replicas: HorizontalPodAutoscaler shop/web scales this Deployment',
    );
    expect(removeTitle(scaled)).toBe('Remove replicas from the manifest');
  });
});
