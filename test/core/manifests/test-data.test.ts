import { describe, expect, it } from 'vitest';
import { isTestData } from '../../../src/core/manifests/test-data.ts';

const files = (...paths: string[]) => paths.map(path => ({ path }));

describe('folders of test data', () => {
  it.each([
    'pkg/web/testdata/invalid.yaml',
    'internal/_testdata/a.yaml',
    'provider/fixtures/services.yml',
    'tests/apps/web.yaml',
    'test/e2e/crds/split.yaml',
    'test/cli/apply/resource.yaml',
    'e2e-tests/a.yaml',
  ])('%s is in one', path => {
    expect(isTestData(path, files(path, 'config/default/kustomization.yaml'))).toBe(true);
  });

  it.each(['docs/examples/web.yaml', 'apps/tester/web.yaml', 'attest/web.yaml', 'test/web.yaml'])(
    '%s is in none',
    path => {
      expect(isTestData(path, files(path))).toBe(false);
    },
  );

  it('is not a stage on the way to production', () => {
    const stages = files('clusters/test/apps/web.yaml', 'clusters/production/apps/web.yaml');
    expect(isTestData('clusters/test/apps/web.yaml', stages)).toBe(false);
    expect(isTestData('test/apps/web.yaml', files('test/apps/web.yaml', 'prod/web.yaml'))).toBe(
      false,
    );
  });
});
