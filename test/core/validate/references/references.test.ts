import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { placesOf } from '../repository.ts';
import { type Deployed, findingsOf } from './deployed.ts';

// `<topic>.bad.yaml` names the rule that each of its marked lines breaks (`# missing-reference`); `<topic>.good.yaml`
// is what must pass beside it. Each is deployed as one kustomization, and all that it needs is known.
const fixtures = join(import.meta.dirname, 'fixtures');
const topics = readdirSync(fixtures).flatMap(name => /^(.+)\.bad\.yaml$/.exec(name)?.[1] ?? []);

function fixture(name: string): string {
  return readFileSync(join(fixtures, name), 'utf8');
}

function markedLines(text: string): string[] {
  return text.split('\n').flatMap((line, index) => {
    const rule = / # ([a-z-]+)$/.exec(line)?.[1];
    return rule === undefined ? [] : [`${index + 1} ${rule}`];
  });
}

async function found(deployed: Deployed): Promise<string[]> {
  return placesOf(await findingsOf(deployed));
}

describe('what objects refer to', () => {
  it.each(topics)('%s: finds what is marked', async topic => {
    const text = fixture(`${topic}.bad.yaml`);
    const findings = await findingsOf({ files: { 'all.yaml': text } });
    expect(placesOf(findings)).toEqual(markedLines(text));
    for (const { message } of findings) expect(message).toMatch(/^\S.*[.?]$/);
  });

  it.each(topics)('%s: passes what is right', async topic => {
    expect(await found({ files: { 'all.yaml': fixture(`${topic}.good.yaml`) } })).toEqual([]);
  });
});

const pod = (more: string) => `apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
    - name: web
      image: example.com/web:1
${more}`;
const needsSecret = pod('      envFrom: [{secretRef: {name: token}}]\n');
const needsClaim = pod('  volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]\n');

const object = (type: string, name: string, more = '') => {
  const [apiVersion, kind] = type.split(' ');
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}, namespace: shop}\n${more}`;
};

describe('what is missing is told only where everything is known', () => {
  const missing = ['1 missing-reference'];
  const lineless = async (deployed: Deployed) =>
    (await found(deployed)).map(place => place.replace(/^\d+/, '1'));

  it('is told where all is known', async () => {
    expect(await lineless({ files: { 'a.yaml': needsSecret } })).toEqual(missing);
    expect(await lineless({ files: { 'a.yaml': needsSecret }, engine: 'flux' })).toEqual(missing);
  });

  it('is not told of what another application makes', async () => {
    const files = { 'a.yaml': needsSecret, 'b.yaml': object('v1 Secret', 'token') };
    const applications = { a: ['a.yaml'], b: ['b.yaml'] };
    expect(await found({ files, applications, engine: 'flux' })).toEqual([]);
  });

  it.each([
    ['an application that failed', 'failure'],
    ['objects that are not rendered as they will be', 'uncertain'],
    ['an environment with open questions', 'unresolved'],
  ])('is not told beside %s', async (_, what) => {
    const place = { file: 'a.yaml', line: 1, column: 1 };
    const findings = await found({
      files: { 'a.yaml': needsSecret },
      change([set], environment) {
        if (what === 'failure' && set) set.failure = { message: 'no chart', place };
        if (what === 'uncertain' && set) set.uncertain = [{ reason: 'a plugin', place }];
        if (what === 'unresolved') environment.unresolved.push({ reason: 'elsewhere', place });
      },
    });
    expect(findings).toEqual([]);
  });

  const role = (kind: string, verbs: string) =>
    object(
      `rbac.authorization.k8s.io/v1 ${kind}`,
      'maker',
      `rules: [{apiGroups: [""], resources: [secrets], verbs: [${verbs}]}]\n`,
    );

  it.each([
    ['an operator’s object', object('example.com/v1 Database', 'db')],
    [
      'a Flux release that this engine does not know',
      object('helm.toolkit.fluxcd.io/v2 HelmRelease', 'db'),
    ],
    ['a role that may create it', role('Role', 'get, create')],
    ['a role that may do all', role('ClusterRole', '"*"')],
    [
      'a policy that generates',
      object('kyverno.io/v1 ClusterPolicy', 'copy', 'spec: {rules: [{name: a, generate: {}}]}\n'),
    ],
    [
      'an administrator that runs there',
      object(
        'rbac.authorization.k8s.io/v1 ClusterRoleBinding',
        'admin',
        'roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}\nsubjects: [{kind: ServiceAccount, name: default, namespace: shop}]\n',
      ),
    ],
    [
      'a Secret that is copied from another namespace',
      'apiVersion: v1\nkind: Secret\nmetadata: {name: token, namespace: other, annotations: {reflector.v1.k8s.emberstack.com/reflection-auto-enabled: "true"}}\n',
    ],
  ])('is not told beside %s', async (_, other) => {
    const files = { 'a.yaml': needsSecret, 'b.yaml': other };
    expect(await lineless({ files })).not.toContain('1 missing-reference');
  });

  it.each([
    ['a role that may only read it', role('Role', 'get, list')],
    ['a ServiceMonitor', object('monitoring.coreos.com/v1 ServiceMonitor', 'web')],
    [
      'a policy that only refuses',
      object('kyverno.io/v1 ClusterPolicy', 'no', 'spec: {rules: [{name: a, validate: {}}]}\n'),
    ],
    ['an ExternalSecret of another name', object('external-secrets.io/v1 ExternalSecret', 'other')],
  ])('is told beside %s', async (_, other) => {
    const files = { 'a.yaml': needsSecret, 'b.yaml': other };
    expect(await lineless({ files })).toContain('1 missing-reference');
  });

  it('is information where people make it by hand', async () => {
    expect(await found({ files: { 'a.yaml': needsSecret }, by: 'plain' })).toEqual([]);
    expect(await lineless({ files: { 'a.yaml': needsClaim }, by: 'plain' })).toEqual(missing);
  });

  it('is not told in folders of examples', async () => {
    expect(await found({ files: { 'examples/a.yaml': needsSecret } })).toEqual([]);
  });

  it('is information where the repository has it and nothing deploys it', async () => {
    const files = { 'a.yaml': needsClaim, 'b.yaml': object('v1 PersistentVolumeClaim', 'data') };
    const findings = await findingsOf({ files, applications: { a: ['a.yaml'] } });
    const [told] = findings.filter(({ rule }) => rule === 'missing-reference');
    expect(told?.severity).toBe('information');
    expect(told?.message).toContain('is in the repository');
  });

  it('says in which namespace there is one', async () => {
    const other = 'apiVersion: v1\nkind: Secret\nmetadata: {name: token, namespace: other}\n';
    const findings = await findingsOf({ files: { 'a.yaml': needsSecret, 'b.yaml': other } });
    const [told] = findings.filter(({ rule }) => rule === 'missing-reference');
    expect(told?.message).toContain('in the namespace other');
    expect(told?.related).toMatchObject([{ file: 'b.yaml', line: 3 }]);
  });

  it('is told of an account in a namespace that nothing is in, where another has one of that name', async () => {
    const account = object('v1 ServiceAccount', 'web');
    const binding = (namespace: string, name: string) =>
      object(
        'rbac.authorization.k8s.io/v1 RoleBinding',
        'web',
        `roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: view}\nsubjects: [{kind: ServiceAccount, name: ${name}, namespace: ${namespace}}]\n`,
      );
    const check = (text: string) => lineless({ files: { 'a.yaml': account, 'b.yaml': text } });
    expect(await check(binding('default', 'web'))).toEqual(missing);
    expect(await check(binding('default', 'somebody'))).toEqual([]);
    expect(await check(binding('shop', 'web'))).toEqual([]);
  });

  it('names the nearest and writes it', async () => {
    const files = { 'a.yaml': needsSecret, 'b.yaml': object('v1 Secret', 'tokens') };
    const findings = await findingsOf({ files });
    const [told] = findings.filter(({ rule }) => rule === 'missing-reference');
    expect(told?.message).toMatch(/did you mean tokens\?$/);
    const at = needsSecret.split('\n')[7]?.indexOf('token') ?? 0;
    expect(told?.mends?.map(({ title }) => title)).toEqual(['Write tokens', 'Create Secret token']);
    expect(told?.mends?.slice(0, 1)).toMatchObject([
      {
        title: 'Write tokens',
        edits: [{ file: 'a.yaml', line: 8, column: at + 1, text: 'tokens' }],
      },
    ]);
  });
});

describe('labels that are put on pods while they run', () => {
  const deployment = `apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, namespace: shop}
spec:
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: db, image: example.com/db:1}]}
`;
  const service = object(
    'v1 Service',
    'db',
    'spec: {ports: [{port: 1}], selector: {app: db, role: primary}}\n',
  );
  const role = object(
    'rbac.authorization.k8s.io/v1 Role',
    'db',
    'rules: [{apiGroups: [""], resources: [pods], verbs: [get, patch]}]\n',
  );

  it('are not missed where something may change pods', async () => {
    const files = { 'a.yaml': deployment, 'b.yaml': service };
    expect(await found({ files })).toEqual(['4 service-selects-nothing']);
    expect(await found({ files: { ...files, 'c.yaml': role } })).toEqual([]);
  });

  it('are nobody’s matter where no workload is known', async () => {
    expect(await found({ files: { 'b.yaml': service } })).toEqual([]);
  });
});

describe('one object that two define', () => {
  const config = (value: string) => object('v1 ConfigMap', 'settings', `data: {a: ${value}}\n`);
  const files = { 'a.yaml': config('one'), 'b.yaml': config('two') };
  const applications = { first: ['a.yaml'], second: ['b.yaml'] };

  it('is told of two applications of one cluster, with the other place', async () => {
    const findings = await findingsOf({ files, applications, engine: 'flux' });
    expect(findings).toMatchObject([
      { rule: 'duplicate-identity', file: 'b.yaml', related: [{ file: 'a.yaml', line: 3 }] },
    ]);
    expect(findings[0]?.message).toContain('first');
  });

  it('is not told of folders that may be variants', async () => {
    expect(await found({ files, applications })).toEqual([]);
    expect(await found({ files, by: 'plain' })).toEqual([]);
  });

  it('is told inside one file', async () => {
    const both = { 'a.yaml': `${config('one')}---\n${config('two')}` };
    expect(await found({ files: both, by: 'plain' })).toEqual(['8 duplicate-identity']);
  });

  it('is not told where an engine applies a part only', async () => {
    const part = config('two').replace(
      'namespace: shop',
      'namespace: shop, annotations: {kustomize.toolkit.fluxcd.io/ssa: Merge}',
    );
    const merged = { ...files, 'b.yaml': part };
    expect(await found({ files: merged, applications, engine: 'flux' })).toEqual([]);
  });
});
