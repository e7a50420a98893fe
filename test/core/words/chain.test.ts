import { describe, expect, it } from 'vitest';
import { chainOf } from '../../../src/core/words/chain.ts';
import { isHiddenField, maskedObject } from '../../../src/core/words/masked-object.ts';

const at = (file: string, line: number, via: string[]) =>
  chainOf({ file, line, column: 1, how: 'exact', via }).map(
    step => `${step.file}:${step.line}${step.does && ` ${step.does}`}`,
  );

describe('the chain of a value', () => {
  it('begins with its text and ends with the outermost file', () => {
    const via = ['over/kustomization.yaml:4 resources', 'base/kustomization.yaml:10 resources'];
    expect(at('base/web.yaml', 8, via)).toEqual([
      'base/web.yaml:8',
      'base/kustomization.yaml:10 resources',
      'over/kustomization.yaml:4 resources',
    ]);
  });

  it('is one step where the line that makes the value holds it', () => {
    expect(at('over/kustomization.yaml', 7, ['over/kustomization.yaml:7 images'])).toEqual([
      'over/kustomization.yaml:7 images',
    ]);
  });

  it('has what was replaced before what replaced it', () => {
    const via = ['over/kustomization.yaml:9 patches', 'base/web.yaml:8 overwritten'];
    expect(at('over/web.yaml', 7, via)).toEqual([
      'base/web.yaml:8 overwritten',
      'over/web.yaml:7',
      'over/kustomization.yaml:9 patches',
    ]);
  });

  it('reads names with spaces and colons, and steps that say nothing', () => {
    expect(at('a.yaml', 1, ['my files/b:2.yaml:3 include web.labels', 'c.yaml:4'])).toEqual([
      'a.yaml:1',
      'c.yaml:4',
      'my files/b:2.yaml:3 include web.labels',
    ]);
  });
});

describe('what nobody may read', () => {
  const map = { group: '', version: 'v1', kind: 'ConfigMap', namespace: 'shop', name: 'x' };
  const object = { resource: map, sensitive: ['.data.token', '.spec.env[0]'] };

  it('is what a Secret made elsewhere, its parts and what holds it', () => {
    expect(isHiddenField(object, '.data.token')).toBe(true);
    expect(isHiddenField(object, '.spec.env[0].value')).toBe(true);
    expect(isHiddenField(object, '.data')).toBe(true);
    expect(isHiddenField(object, '.data.tokens')).toBe(false);
    expect(isHiddenField(object, '.spec.env[1].value')).toBe(false);
  });

  it('has a text in its place', () => {
    const value = { data: { token: 'a', name: 'b' }, spec: { env: [{ value: 1 }, { value: 2 }] } };
    expect(maskedObject(value, path => isHiddenField(object, path), '•••')).toEqual({
      data: { token: '•••', name: 'b' },
      spec: { env: [{ value: '•••' }, { value: 2 }] },
    });
  });
});
