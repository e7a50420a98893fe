import { afterAll, describe, expect, it } from 'vitest';
import { Judge } from '../../../src/core/upstream/judge.ts';
import { programPath } from '../../../src/core/upstream/programs.ts';
import { validateRepository } from '../../../src/core/validate/validate.ts';
import { indexOf, placesOf } from './repository.ts';

// What stands in public repositories and is no mistake: found by running over two dozen of them.
async function findingsOf(files: Record<string, string>, judge?: Judge) {
  const index = await indexOf(files);
  return validateRepository({ index, rendered: [], target: '1.33', judge });
}

async function found(files: Record<string, string>): Promise<string[]> {
  return placesOf((await findingsOf(files)).findings);
}

const container = (image: string) => `apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  containers:
    - name: web
      image: ${image}
`;
const half = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: web
          args: [--verbose]
`;

describe('images that a tool or a person fills in', () => {
  it.each([
    'ko://example.com/cmd/web',
    '":v1.2"',
    'registry.example.com/YOUR_ALIAS/web:dev',
    '"{IMAGE}"',
  ])('%s is left alone', async image =>
    expect(await found({ 'a.yaml': container(image) })).toEqual([]),
  );

  it('others in upper case are not', async () => {
    expect(await found({ 'a.yaml': container('example/Web:1') })).toEqual(['7 invalid-image']);
  });
});

describe('patches that no kustomization takes in', () => {
  const kustomization = { 'config/default/kustomization.yaml': 'resources: []\n' };

  it.each([
    'config/default/manager_auth_patch.yaml',
    'config/default/patches/web.yaml',
    'patch.yaml',
  ])('%s is a part of an object', async path =>
    expect(await found({ ...kustomization, [path]: half })).toEqual([]),
  );

  it.each([
    'config/default/manager.yaml',
    'jobs/patch-notes.yaml',
    'config/default/dispatcher.yaml',
  ])('%s is a whole object', async path =>
    expect(await found({ ...kustomization, [path]: half })).not.toEqual([]),
  );
});

describe('patches beside those that a kustomization takes', () => {
  const files = {
    'overlay/kustomization.yaml': 'patches:\n  - path: aws.yaml\n',
    'overlay/aws.yaml': half,
  };

  it('are parts of objects', async () => {
    expect(await found({ ...files, 'overlay/azure.yaml': half })).toEqual([]);
    const other = half.replace('name: web}', 'name: other}');
    expect(await found({ ...files, 'overlay/azure.yaml': other })).not.toEqual([]);
  });
});

describe('test data', () => {
  it('is told as information', async () => {
    const { findings } = await findingsOf({ 'pkg/testdata/a.yaml': half });
    expect(findings.length).toBeGreaterThan(0);
    expect(new Set(findings.map(({ severity }) => severity))).toEqual(new Set(['information']));
  });

  const definition = (field: string) => `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Thing, plural: things, singular: thing, listKind: ThingList}
  versions:
    - name: v1
      served: true
      storage: true
      schema:
        openAPIV3Schema:
          type: object
          properties:
            spec: {type: object, properties: {${field}: {type: string}}}
`;
  const thing = 'apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: a}\nspec: {size: big}\n';

  it('defines no types for what is deployed', async () => {
    expect(await found({ 'a.yaml': thing, 'crds/thing.yaml': definition('color') })).toEqual([
      '4 unknown-field',
    ]);
    expect(await found({ 'a.yaml': thing, 'testdata/thing.yaml': definition('color') })).toEqual(
      [],
    );
  });
});

describe('texts that other tools make YAML of', () => {
  it('lines with tokens are not checked', async () => {
    const text =
      'apiVersion: v1\nkind: Service\nmetadata: {name: a}\nspec:\n  clusterIP: {PREFIX}.16\n';
    const { findings, notChecked } = await findingsOf({ 'a.yaml': text });
    expect(placesOf(findings)).toEqual([]);
    expect(notChecked.map(({ reason }) => reason)).toContain(
      'another tool fills in its template expressions',
    );
  });

  it.each([
    [
      'a plugin of krew',
      'apiVersion: krew.googlecontainertools.github.com/v1alpha2\nkind: Plugin\nmetadata: {name: a}\nspec:\n  version: {{ .TagName }}\n  {{addURI}}\n',
    ],
    ['Jinja', '{% raw %}\napiVersion: v1\nkind: Service\nmetadata: {name: a}\n{% endraw %}\n'],
  ])('%s is another tool’s', async (_, text) => {
    expect(await found({ 'a.yaml': text })).toEqual([]);
  });
});

describe.skipIf(programPath('judge') === undefined && !process.env.CI)(
  'what is filled in later',
  () => {
    const judge = programPath('judge') ? new Judge() : undefined;
    afterAll(() => judge?.close());

    it.each([
      [
        'base64 of a Secret',
        `apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata:\n  credentials: \${CREDENTIALS}\n`,
      ],
      [
        'a key of an annotation',
        `apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: a\n  annotations:\n    \${ROLE}: none\n`,
      ],
      [
        'a part of a host',
        'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {name: a}\nspec:\n  rules:\n    - host: web.<your domain>\n',
      ],
    ])('%s is no mistake', async (_, text) => {
      const { findings, notChecked } = await findingsOf({ 'a.yaml': text }, judge);
      expect(placesOf(findings)).toEqual([]);
      expect(notChecked.map(({ reason }) => reason).join()).toContain('placeholders');
    });
  },
);
