import { describe, expect, it } from 'vitest';
import { validate } from '../../../src/core/actions/validate.ts';
import { openRepository } from '../../../src/core/git/repository.ts';
import { RepositoryIndex } from '../../../src/core/manifests/repository-index.ts';
import type { Unused } from '../../../src/core/model/rendered.ts';
import { type UnusedIn, unusedFindings } from '../../../src/core/validate/deployment/unused.ts';
import { folderWith } from '../git/folders.ts';
import { open } from './shop.ts';

const map = (name: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: shop\ndata:\n  a: "1"\n`;
const flux = (name: string, path: string) => `apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: ${name}
  namespace: flux-system
spec:
  interval: 10m
  path: ${path}
  prune: true
  sourceRef:
    kind: GitRepository
    name: flux-system
`;
const source = `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: flux-system
  namespace: flux-system
spec:
  interval: 1m
  url: https://git.example/shop.git
`;
const repository = {
  'clusters/production/flux-system/gotk-sync.yaml': `${source}---\n${flux('flux-system', './clusters/production')}`,
  'clusters/production/apps.yaml': flux('apps', './apps/production'),
  'apps/base/kustomization.yaml': 'resources:\n- map.yaml\n',
  'apps/base/map.yaml': map('settings'),
  'apps/production/kustomization.yaml': 'resources:\n- ../base\n',
};

async function findings(files: Record<string, string>, environments?: string[]) {
  const workspace = await open(folderWith(files));
  const report = await validate(workspace, {
    environments: await workspace.choose(environments ?? []),
    paths: [],
  });
  return report.findings
    .filter(({ rule }) => /^(unused|undeployed|replaced)/.test(rule))
    .map(({ rule, severity, file }) => `${severity} ${rule} ${file}`);
}

describe('an object that a later source of an Application makes too', () => {
  it('is warned of where the earlier one stands', async () => {
    const from = 'repoURL: https://git.example/shop.git, targetRevision: HEAD';
    const application = `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: { name: shop, namespace: argocd }
spec:
  destination: { server: https://kubernetes.default.svc, namespace: shop }
  sources:
    - { ${from}, path: one }
    - { ${from}, path: two }
`;
    const files = { 'apps/shop.yaml': application, 'one/a.yaml': map('a'), 'two/b.yaml': map('b') };
    expect(await findings(files)).toEqual([]);
    expect(await findings({ ...files, 'two/again.yaml': map('a') })).toEqual([
      'warning replaced-object one/a.yaml',
    ]);
  });
});

describe('an overlay that nobody deploys', () => {
  const qa = { 'apps/qa/kustomization.yaml': 'resources:\n- ../base\n' };

  it('is told beside those that are', async () => {
    expect(await findings(repository)).toEqual([]);
    expect(await findings({ ...repository, ...qa })).toEqual([
      'information undeployed-overlay apps/qa/kustomization.yaml',
    ]);
  });

  it('is none where somebody may deploy it after all', async () => {
    const root = { 'apps/qa/apps.yaml': flux('more', './apps/more') };
    expect(await findings({ ...repository, ...qa, ...root })).toEqual([]);
    const elsewhere = flux('other', './apps/qa').replace(
      '    name: flux-system',
      '    name: unknown',
    );
    const open = {
      'clusters/production/other.yaml': elsewhere,
    };
    expect(await findings({ ...repository, ...qa, ...open })).toEqual([]);
    const example = { 'apps/example/kustomization.yaml': 'resources:\n- ../base\n' };
    const component = {
      'apps/part/kustomization.yaml':
        'apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\n',
    };
    expect(await findings({ ...repository, ...example, ...component })).toEqual([]);
  });

  it('is none where no engine says what is deployed', async () => {
    const { 'apps/production/kustomization.yaml': production, ...apps } = qa as Record<
      string,
      string
    >;
    expect(production).toBeUndefined();
    const plain = {
      'apps/base/kustomization.yaml': repository['apps/base/kustomization.yaml'],
      'apps/base/map.yaml': repository['apps/base/map.yaml'],
      'apps/production/kustomization.yaml': repository['apps/production/kustomization.yaml'],
    };
    expect(
      await findings({
        ...plain,
        ...apps,
        'apps/odd/kustomization.yaml': 'resources:\n- ../base\n',
      }),
    ).toEqual([]);
  });
});

describe('what was written in vain', () => {
  const values = 'chart/values.yaml';
  const unused: Unused = {
    kind: 'value',
    name: 'image.pullPolicy',
    place: { file: values, line: 2, column: 3 },
  };
  const render = (found: Unused[], options: Partial<UnusedIn> = {}): UnusedIn => ({
    ...{
      environment: 'production',
      values: [values],
      patches: [],
      unused: found,
      failed: false,
    },
    ...options,
  });
  const told = async (...renders: UnusedIn[]) => {
    const root = folderWith({
      'chart/Chart.yaml': 'apiVersion: v2\nname: chart\nversion: 1.0.0\n',
      [values]: 'image:\n  pullPolicy: Always # a comment\n',
    });
    return unusedFindings(renders, await RepositoryIndex.build(await openRepository(root)));
  };

  it('is told at its place, for all environments', async () => {
    expect(await told(render([unused]), render([unused], { environment: 'staging' }))).toEqual([
      {
        rule: 'unused-value',
        severity: 'information',
        file: values,
        message: 'No template reads `image.pullPolicy`, so the value changes nothing.',
        environments: ['production', 'staging'],
        ...{ line: 2, column: 3, endLine: 2, endColumn: 21 },
      },
    ]);
    const patch: Unused = { ...unused, kind: 'patch', name: 'Deployment/web' };
    const [found] = await told(render([patch], { patches: [values], values: [] }));
    expect(found).toMatchObject({
      rule: 'unused-patch',
      message: 'This patch (Deployment/web) matches no object, so it changes nothing.',
    });
  });

  it('is no patch of what is only made later', async () => {
    const kustomization = `resources: [made.yaml]
patches:
- target: {kind: Deployment, name: controller}
  patch: |-
    - {op: add, path: /spec/paused, value: true}
`;
    const files = (made: string) => ({
      'apps/a/kustomization.yaml': kustomization,
      'apps/a/made.yaml': made,
    });
    expect(await findings(files(map('settings')))).toEqual([
      'warning unused-patch apps/a/kustomization.yaml',
    ]);
    expect(await findings(files('# made by the bootstrap\n'))).toEqual([]);
  });

  it('is not what another render of the same file uses, or might have used', async () => {
    expect(await told(render([unused]), render([], { environment: 'staging' }))).toEqual([]);
    expect(await told(render([unused]), render([], { failed: true }))).toEqual([]);
    // A kustomization that reads the file as well reads no values.
    expect(
      await told(render([unused]), render([], { patches: [values], values: [] })),
    ).toHaveLength(1);
  });
});
