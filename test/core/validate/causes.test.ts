import { describe, expect, it } from 'vitest';
import { validate } from '../../../src/core/actions/validate.ts';
import { open } from '../actions/shop.ts';
import { folderWith } from '../git/folders.ts';

// What is wrong in a build, on the line of the base, patch, component or kustomization that causes it, and once.
const base = {
  'base/kustomization.yaml': `resources:
- web.yaml
configMapGenerator:
- name: Settings_x
  literals: [a=b]
`,
  'base/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  template:
    spec:
      containers:
      - name: web
        image: acme/web
        args: [run, 1]
`,
  'probe/kustomization.yaml': `apiVersion: kustomize.config.k8s.io/v1alpha1
kind: Component
patches:
- patch: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: web }
    spec:
      template:
        spec:
          containers:
          - name: web
            livenessProbe:
              httpGet: { path: / }
`,
};

async function told(files: Record<string, string>): Promise<string[]> {
  const workspace = await open(folderWith(files));
  const environments = await workspace.choose([]);
  const { findings } = await validate(workspace, { environments, paths: [] });
  return findings
    .filter(({ severity }) => severity !== 'information')
    .map(
      ({ file, line, rule, environments }) => `${file}:${line} ${rule} ${environments.join(' ')}`,
    );
}

describe('what is wrong in a build', () => {
  it('stands where it is caused, once, with the environments in which it holds', async () => {
    const overlay = (more: string) => `resources: [../../base]
components: [../../probe]
labels: [{ pairs: { app: web }, includeSelectors: true }]
${more}`;
    const production = `namePrefix: prod-
images:
- name: acme/web
  newTag: "bad tag"
replicas:
- { name: web, count: -1 }
patches:
- path: smp.yaml
- path: ops.yaml
  target: { kind: Deployment }
- patch: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: web }
    spec: { template: { spec: { containers: [{ name: web, resources: { limits: { memory: 1Gx } } }] } } }
replacements:
- source: { kind: Deployment, name: web, fieldPath: metadata.name }
  targets:
  - select: { kind: Deployment }
    fieldPaths: [spec.minReadySeconds]
    options: { create: true }
`;
    const files = {
      ...base,
      'overlays/production/kustomization.yaml': overlay(production),
      'overlays/production/smp.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  revisionHistoryLimt: 3
`,
      'overlays/production/ops.yaml': '- op: add\n  path: /spec/paused\n  value: "yes"\n',
      'overlays/staging/kustomization.yaml': overlay(''),
    };
    expect(await told(files)).toEqual([
      'base/kustomization.yaml:4 invalid-value production staging',
      'base/web.yaml:10 wrong-type production staging',
      'overlays/production/kustomization.yaml:7 invalid-image production',
      'overlays/production/kustomization.yaml:9 invalid-value production',
      'overlays/production/kustomization.yaml:18 bad-quantity production',
      'overlays/production/kustomization.yaml:20 wrong-type production',
      'overlays/production/ops.yaml:3 wrong-type production',
      'overlays/production/smp.yaml:5 unknown-field production',
      'probe/kustomization.yaml:14 missing-required production staging',
    ]);
  });

  it('is no mistake of a base that an overlay completes', async () => {
    const files = {
      'base/kustomization.yaml': 'resources: [web.yaml]\n',
      'base/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web }] }
`,
      'overlays/production/kustomization.yaml': `resources: [../../base]
patches:
- patch: |
    apiVersion: apps/v1
    kind: Deployment
    metadata: { name: web }
    spec:
      selector: { matchLabels: { app: web } }
      template: { spec: { containers: [{ name: web, image: acme/web }, { $patch: delete, name: old }] } }
`,
    };
    expect(await told(files)).toEqual([]);
  });

  it('is a prefix that no name may have', async () => {
    const files = {
      'base/kustomization.yaml': 'resources: [map.yaml]\n',
      'base/map.yaml': 'apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\n',
      'overlays/production/kustomization.yaml': 'resources: [../../base]\nnamePrefix: Prod_\n',
    };
    expect(await told(files)).toEqual([
      'overlays/production/kustomization.yaml:2 invalid-value production',
    ]);
  });
});
