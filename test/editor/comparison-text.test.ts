import { describe, expect, it } from 'vitest';
import { sideText } from '../../src/editor/drift/comparison-text.ts';

const both = { title: '', desired: 'kind: Service\n', live: 'kind: Service\n' };

describe('a side of a comparison', () => {
  it('is the object', () => {
    expect(sideText(both, 'live', 'production')).toBe('kind: Service\n');
  });

  it('says why it is empty, in lines that fit beside the other', () => {
    expect(sideText({ ...both, live: '' }, 'live', 'production')).toBe(
      '# Does not run in production.\n',
    );
    expect(sideText({ ...both, desired: '\n' }, 'desired', 'production')).toBe(
      '# Not in the repository.\n',
    );
    const reason =
      'No manifest declares it any more; Flux keeps it (kustomize.toolkit.fluxcd.io/prune: disabled).';
    expect(sideText({ ...both, desired: '', reason }, 'desired', 'production')).toBe(
      [
        '# No manifest declares it any more; Flux keeps it',
        '# (kustomize.toolkit.fluxcd.io/prune: disabled).',
        '',
      ].join('\n'),
    );
  });
});
