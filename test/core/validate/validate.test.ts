import { describe, expect, it } from 'vitest';
import { jsonOf, nodeAt, positionAt } from '../../../src/core/manifests/locate.ts';
import type { RepositoryIndex } from '../../../src/core/manifests/repository-index.ts';
import type { RenderedObject } from '../../../src/core/model/rendered.ts';
import { isObject } from '../../../src/core/model/resource.ts';
import type { JudgeFinding } from '../../../src/core/upstream/judge.ts';
import { validateRepository } from '../../../src/core/validate/validate.ts';
import { indexOf, placesOf } from './repository.ts';

async function validate(files: Record<string, string>) {
  const index = await indexOf(files);
  return validateRepository({ index, rendered: [], target: '1.33' });
}

/** Every object of the files as an environment that renders them as they are. */
function renderedFrom(
  index: RepositoryIndex,
  how: 'exact' | 'unknown' = 'exact',
): RenderedObject[] {
  return index.objects().flatMap(({ resource, file, document, line }) => {
    const value = document.root && jsonOf(document.root);
    const parsed = index.file(file)?.parsed;
    if (!isObject(value) || !parsed) return [];
    const source = { file, line, column: 1 };
    const locate: RenderedObject['locate'] = pointer => {
      const node = nodeAt(document.root, pointer);
      const place = node ? { file, ...positionAt(parsed, node.start) } : source;
      return how === 'exact' ? { ...place, how, via: [] } : { ...source, how, via: [] };
    };
    return [{ resource, value, source, locate }];
  });
}

const deployment = (spec: string) => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
${spec}`;

describe('what stands in files', () => {
  it('is checked in lists and in JSON, with the column of the name or value', async () => {
    const { findings } = await validate({
      'list.yaml': `apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: Service
    metadata: {name: a}
    spec:
      ports:
        - port: "http"
`,
      'web.json':
        '{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "b"},\n "spec": {"selectors": {}}}',
    });
    expect(
      findings.map(({ file, line, column, endColumn }) => [file, line, column, endColumn]),
    ).toEqual([
      ['list.yaml', 9, 17, 23],
      ['web.json', 2, 11, 22],
    ]);
  });

  it('names the field, the object and what to write', async () => {
    const { findings } = await validate({
      'a.yaml': deployment('  replica: 2\n  selector: {}\n  template: {}\n'),
    });
    expect(findings[0]).toMatchObject({
      rule: 'unknown-field',
      severity: 'error',
      path: '.spec.replica',
      message: 'replica is no field of DeploymentSpec; did you mean replicas?',
      fix: 'Write replicas.',
      object: { group: 'apps', kind: 'Deployment', name: 'web' },
      environments: [],
    });
  });

  it('is counted, and what has no schema is not checked, never green', async () => {
    const { checked, notChecked, findings } = await validate({
      'a.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n',
      'b.yaml': 'apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: b}\nspec: {}\n',
      'c.yaml': 'just: text\n',
    });
    expect(findings).toEqual([]);
    expect(checked).toEqual({ files: 2, documents: 2, objects: 1 });
    expect(notChecked).toEqual([
      { reason: 'the judge is not there, so only the structure was checked' },
      {
        reason: 'no schema for example.com/v1 Thing',
        place: { file: 'b.yaml', line: 1, column: 1 },
        object: { group: 'example.com', version: 'v1', kind: 'Thing', namespace: '', name: 'b' },
      },
    ]);
  });

  it('is not asked for what the API server fills in, though OpenAPI calls it required', async () => {
    const { findings } = await validate({
      'a.yaml': `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: a}
roleRef: {kind: Role, name: a}
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: b}
spec: {policyTypes: [Ingress]}
`,
    });
    expect(findings).toEqual([]);
  });

  it('never shows the values of a Secret', async () => {
    const { findings } = await validate({
      'a.yaml':
        'apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {k: hunter2!}\nstringData: {n: 4711}\ntype: [hunter2]\n',
    });
    expect(findings).toHaveLength(3);
    expect(JSON.stringify(findings)).not.toContain('hunter2');
  });
});

describe('what an overlay completes', () => {
  const base = deployment('  template: {spec: {containers: [{name: web, image: nginx}]}}\n');

  it('may lack what is required, but not have unknown fields', async () => {
    const { findings } = await validate({
      'kustomization.yaml':
        'resources: [web.yaml]\nlabels: [{pairs: {a: b}, includeSelectors: true}]\n',
      'web.yaml': `${base}  replica: 2\n`,
    });
    expect(placesOf(findings)).toEqual(['6 unknown-field']);
  });

  it('may hold stand-ins for what overlays put in', async () => {
    const { findings } = await validate({
      'kustomization.yaml': 'resources: [pvc.yaml]\n',
      'pvc.yaml': `apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data}
spec:
  accessModes: [FROM_OVERLAY]
  resources: {requests: {storage: FROM_OVERLAY}}
`,
    });
    expect(findings).toEqual([]);
  });

  it('is no object of its own when it is a patch', async () => {
    const { findings } = await validate({
      'kustomization.yaml':
        'resources: [web.yaml]\npatches: [{path: patch.yaml}, {path: delete.yaml}]\n',
      'web.yaml': base,
      'patch.yaml': deployment(
        '  template:\n    spec:\n      $setElementOrder/containers: [{name: web}]\n      containers:\n        - name: web\n          imagePulPolicy: Always\n',
      ),
      'delete.yaml': '$patch: delete\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: old}\n',
    });
    expect(findings.map(({ file, line }) => `${file}:${line}`)).toEqual(['patch.yaml:10']);
  });

  it('is not held complete where it is rendered only to be checked and may be a base', async () => {
    const index = await indexOf({ 'web.yaml': base });
    const check = (incomplete: boolean) =>
      validateRepository({
        index,
        rendered: [
          { target: '1.33', objects: renderedFrom(index), reads: ['web.yaml'], incomplete },
        ],
        target: '1.33',
      });
    expect(placesOf((await check(true)).findings)).toEqual([]);
    expect(placesOf((await check(false)).findings)).toEqual(['4 missing-required']);
  });
});

describe('what another tool fills in', () => {
  it.each([
    `$\{REPLICAS}`,
    "'{{ .Values.replicas }}'",
    '<path:kv/data/app#replicas>',
    '<replicas>',
    "'@@REPLICAS@@'",
    'ENC[AES256_GCM,data:Zm9v,iv:AA==,tag:AA==,type:int]',
  ])('is no finding: %s', async value => {
    const spec = `  replicas: ${value}\n  selector: {}\n  template: {spec: {containers: []}}\n`;
    const { findings, notChecked } = await validate({ 'a.yaml': deployment(spec) });
    expect(findings).toEqual([]);
    expect(notChecked.map(({ reason }) => reason)).toEqual([
      'only the structure was checked: another tool fills in its placeholders',
    ]);
  });

  it('is encrypted by SOPS', async () => {
    const { findings, notChecked } = await validate({
      'a.sops.yaml': `apiVersion: v1
kind: Secret
metadata: {name: db}
immutable: ENC[AES256_GCM,data:dHJ1ZQ==,iv:AA==,tag:AA==,type:bool]
data: {password: "ENC[AES256_GCM,data:Zm9v,iv:AA==,tag:AA==,type:str]"}
sops: {mac: "ENC[x]", lastmodified: "2026-01-01T00:00:00Z", age: [{recipient: age1x, enc: x}], version: 3.9.0}
`,
    });
    expect(findings).toEqual([]);
    expect(notChecked[0]?.reason).toBe('only the structure was checked: SOPS encrypted it');
  });
});

describe('what environments render', () => {
  const files = { 'web.yaml': deployment('  replicas: two\n  selector: {}\n  template: {}\n') };

  it('is one finding for all of them, on the source', async () => {
    const index = await indexOf(files);
    for (const how of ['exact', 'unknown'] as const) {
      const set = { target: '1.33', objects: renderedFrom(index, how), reads: ['web.yaml'] };
      const { findings, checked } = await validateRepository({
        index,
        rendered: [
          { ...set, environment: 'staging' },
          { ...set, environment: 'production' },
        ],
        target: '1.36',
      });
      expect(placesOf(findings)).toEqual(['5 wrong-type']);
      expect(findings[0]?.environments).toEqual(['staging', 'production']);
      expect(checked.objects).toBe(2);
    }
  });

  it('is held against the version of each environment', async () => {
    const policy = `apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: p}
spec: {policyName: p, validationActions: [Deny]}
`;
    const index = await indexOf({ 'p.yaml': policy });
    const set = { objects: renderedFrom(index), reads: ['p.yaml'] };
    const { findings } = await validateRepository({
      index,
      rendered: [
        { ...set, environment: 'old', target: '1.28' },
        { ...set, environment: 'new', target: '1.33' },
      ],
      target: '1.33',
    });
    expect(placesOf(findings)).toEqual(['1 unknown-kind']);
    expect(findings[0]?.environments).toEqual(['old']);
  });
});

describe('the judge', () => {
  const index = () =>
    indexOf({ 'a.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n' });
  const answering = (answer: () => Promise<JudgeFinding[][]>) => ({ validate: answer });

  it('may fail: then that is said, and the structure counts', async () => {
    const judge = answering(() => Promise.reject(new Error('it was stuck')));
    const { notChecked } = await validateRepository({
      index: await index(),
      rendered: [],
      target: '1.33',
      judge,
    });
    expect(notChecked).toEqual([{ reason: 'only the structure was checked: it was stuck' }]);
  });

  it('may not know: then the object is not checked', async () => {
    const unchecked: JudgeFinding = {
      step: 'unchecked',
      message: 'no such kind',
      severity: 'information',
    };
    const judge = answering(async () => [[unchecked]]);
    const { notChecked, findings } = await validateRepository({
      index: await index(),
      rendered: [],
      target: '1.33',
      judge,
    });
    expect(findings).toEqual([]);
    expect(notChecked[0]).toMatchObject({ reason: 'no such kind', object: { name: 'a' } });
  });

  it('is left when the signal aborts', async () => {
    const controller = new AbortController();
    const judge = answering(async () => {
      controller.abort(new Error('enough'));
      controller.signal.throwIfAborted();
      return [];
    });
    const { signal } = controller;
    const run = validateRepository({
      index: await index(),
      rendered: [],
      target: '1.33',
      judge,
      signal,
    });
    await expect(run).rejects.toThrow('enough');
  });
});
