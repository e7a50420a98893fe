import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/core/model/finding.ts';
import { creationOf } from '../../../src/core/validate/mends/create-object.ts';
import { validateRepository } from '../../../src/core/validate/validate.ts';
import { withMend } from './apply-mend.ts';
import { findingsOf as deployedFindings } from './references/deployed.ts';
import { indexOf } from './repository.ts';

const file = 'a.yaml';

async function findingsOf(text: string): Promise<Finding[]> {
  const index = await indexOf({ [file]: text });
  return (await validateRepository({ index, rendered: [], target: '1.33' })).findings;
}

/** The text with the first mend of a rule's finding made; that finding is gone, and none is new. */
async function mended(text: string, rule: string): Promise<{ title: string; text: string }> {
  const before = await findingsOf(text);
  const finding = before.find(each => each.rule === rule);
  const [mend] = finding?.mends ?? [];
  if (!finding || !mend) throw new Error(`no mend of ${rule} in ${JSON.stringify(before)}`);
  const after = withMend({ [file]: text }, mend)[file] ?? '';
  const known = new Set(before.map(each => `${each.rule} ${each.path}`));
  const left = (await findingsOf(after)).map(each => `${each.rule} ${each.path}`);
  expect(left).not.toContain(`${rule} ${finding.path}`);
  expect(left.filter(each => !known.has(each))).toEqual([]);
  return { title: mend.title, text: after };
}

/** Lines that are in one text and not in the other, as a diff shows them. */
function difference(before: string, after: string): string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  return [
    ...old.filter(line => !now.includes(line)).map(line => `-${line}`),
    ...now.filter(line => !old.includes(line)).map(line => `+${line}`),
  ];
}

const pod = (container: string) => `apiVersion: v1
kind: Pod
metadata:
  name: web # ours
spec:
  containers:
    - name: app
      image: shop/web:1
${container}`;

describe('quotes', () => {
  it('are written around a scalar that must be text, as it was written', async () => {
    const text = pod(`      env:
        - name: PORT
          value: 0644 # octal
        - {name: B, value: yes}
`);
    const first = await mended(text, 'wrong-type');
    expect(first.title).toBe('Write "0644"');
    expect(difference(text, first.text)).toEqual([
      '-          value: 0644 # octal',
      '+          value: "0644" # octal',
    ]);
    const second = await mended(first.text, 'wrong-type');
    expect(difference(first.text, second.text)).toEqual([
      '-        - {name: B, value: yes}',
      '+        - {name: B, value: "yes"}',
    ]);
  });

  it('are the kind that the file uses', async () => {
    const text = pod(`      env:
        - name: 'A'
          value: 'b'
        - name: 'C'
          value: true
`);
    expect((await mended(text, 'wrong-type')).title).toBe("Write 'true'");
  });

  it('are taken from a number and from true and false', async () => {
    const text = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: "3" # three
  paused: 'false'
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: a, image: b}]}
`;
    const first = await mended(text, 'wrong-type');
    expect(difference(text, first.text)).toEqual([
      '-  replicas: "3" # three',
      '+  replicas: 3 # three',
    ]);
    const second = await mended(first.text, 'wrong-type');
    expect(second.title).toBe('Write false');
  });
});

describe('a field at the wrong level', () => {
  it('goes up with its lines and comments', async () => {
    const text = pod(`      # the least
      ports:
        - containerPort: 80
          # why so
          hostNetwork: true # yes

      tty: true
`);
    const { title, text: after } = await mended(text, 'unknown-field');
    expect(title).toBe('Move hostNetwork into spec');
    expect(after).toBe(
      pod(`      # the least
      ports:
        - containerPort: 80
          # why so

      tty: true
  hostNetwork: true # yes
`),
    );
  });

  it('goes down with everything that it holds', async () => {
    const text = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  containers:
    # the first
    - name: app
      image: b
      args:
        - |
          a

          b
  template:
    metadata: {labels: {app: web}}
    spec:
      dnsPolicy: Default
`;
    const { title, text: after } = await mended(text, 'unknown-field');
    expect(title).toBe('Move containers into spec');
    expect(after).toBe(`apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      dnsPolicy: Default
      containers:
        # the first
        - name: app
          image: b
          args:
            - |
              a

              b
`);
  });

  it('stays where its home is not one place, or has that field', async () => {
    const findings = await findingsOf(`apiVersion: v1
kind: Pod
metadata: {name: web}
spec:
  image: c
  containers:
    - {name: a, image: b}
    - {name: b, image: b}
`);
    expect(findings.map(({ rule, mends }) => [rule, mends])).toEqual([
      ['unknown-field', undefined],
    ]);
  });
});

describe('a field that is required', () => {
  it('is written with what the object suggests', async () => {
    const text = `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  # how many
  replicas: 2
  template:
    metadata:
      labels:
        app: web
        tier: front
    spec:
      containers:
        - name: app
          image: shop/web:1
`;
    const { title, text: after } = await mended(text, 'missing-required');
    expect(title).toBe('Add selector');
    expect(after).toBe(`${text}  selector:
    matchLabels:
      app: web
      tier: front
`);
  });

  it.each([
    ['a map in brackets', pod('').replace(/- name: app\n.*\n/, '- {image: a}\n'), 'Add name'],
    [
      'a map that is empty',
      'apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {}\n',
      'Add containers',
    ],
    [
      'an item of a list',
      `apiVersion: v1
kind: Service
metadata: {name: a}
spec:
  ports:
    - name: web
      targetPort: 8080
    - port: 81
`,
      'Add port',
    ],
    [
      'a binding',
      `apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: a}
subjects:
- kind: ServiceAccount
  name: a
`,
      'Add roleRef',
    ],
  ])('is written into %s', async (_, text, title) => {
    expect((await mended(text, 'missing-required')).title).toBe(title);
  });
});

describe('what only a server writes', () => {
  const text = `apiVersion: v1
kind: ConfigMap
metadata:
  annotations:
    a: b # kept
  creationTimestamp: "2024-01-01T00:00:00Z"
  managedFields:
    - manager: kubectl
      operation: Update
  name: settings
  # of that object
  resourceVersion: "12"
  uid: 6f1c3a52-8f0e-4f6a-9d1c-0b8a6c1d2e3f
data:
  a: b
`;

  it('is told once, and goes at once', async () => {
    const findings = await findingsOf(text);
    expect(findings.map(({ rule, severity, line }) => [rule, severity, line])).toEqual([
      ['server-side-field', 'information', 6],
    ]);
    const { title, text: after } = await mended(text, 'server-side-field');
    expect(title).toBe('Remove creationTimestamp, managedFields, resourceVersion, uid');
    expect(after).toBe(`apiVersion: v1
kind: ConfigMap
metadata:
  annotations:
    a: b # kept
  name: settings
  # of that object
data:
  a: b
`);
  });

  it('is left alone where it says nothing, as generators write it', async () => {
    const empty = text.replace(/"2024.*"/, 'null').replace(/ {2}managed[\s\S]*?(?= {2}name)/, '');
    const findings = await findingsOf(
      `${empty.replace(/ {2}(resourceVersion|uid): .*\n/g, '')}status: {loadBalancer: {}, conditions: []}\n`,
    );
    expect(findings.filter(({ rule }) => rule === 'server-side-field')).toEqual([]);
  });
});

describe('what an alias repeats', () => {
  it('is mended where it is written', async () => {
    const text = pod(`      env: &env
        - name: A
          value: 1
    - name: b
      image: b
      env: *env
`);
    const findings = await findingsOf(text);
    expect(findings.map(({ line, mends }) => [line, mends?.length])).toEqual([[11, 1]]);
    const { text: after } = await mended(text, 'wrong-type');
    expect(await findingsOf(after)).toEqual([]);
  });
});

describe('an object that is missing', () => {
  const files = {
    'app/kustomization.yaml': `# ours
resources:
  - web.yaml # the workload

namePrefix: x-
`,
    'app/web.yaml': pod(''),
    'other/web.yaml': pod(''),
    'other/settings.yaml': pod(''),
  };

  it('is created beside who needs it, and named by the kustomization', async () => {
    const index = await indexOf(files);
    const missing = { kind: 'ConfigMap', name: 'settings', namespace: '', keys: ['url'] };
    const mend = creationOf(index, 'app/web.yaml', missing);
    if (!mend) throw new Error('no mend');
    expect(mend.title).toBe('Create ConfigMap settings');
    const after = withMend(files, mend);
    expect(after['app/kustomization.yaml']).toBe(`# ours
resources:
  - web.yaml # the workload
  - settings.yaml

namePrefix: x-
`);
    expect(after['app/settings.yaml']).toBe(`apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
data:
  url: ''
`);
  });

  it('is offered where it is missing, and then there', async () => {
    const needing = {
      'all.yaml': pod('      envFrom: [{configMapRef: {name: settings}}]\n'),
    };
    const [finding] = await deployedFindings({ files: needing });
    expect(finding?.rule).toBe('missing-reference');
    const [mend] = finding?.mends ?? [];
    if (!mend) throw new Error('no mend');
    const after = withMend(needing, mend);
    expect(Object.keys(after)).toEqual(['all.yaml', 'settings.yaml']);
    expect(await deployedFindings({ files: after })).toEqual([]);
  });

  it('takes no file that is there, and needs no kustomization', async () => {
    const index = await indexOf(files);
    const missing = { kind: 'ServiceAccount', name: 'settings', namespace: 'shop' };
    const mend = creationOf(index, 'other/web.yaml', missing);
    expect(mend?.edits.map(({ file: path, text }) => [path, text])).toEqual([
      [
        'other/serviceaccount-settings.yaml',
        'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: settings\n  namespace: shop\n',
      ],
    ]);
  });

  it('is not made of kinds that need more than a skeleton', async () => {
    const index = await indexOf(files);
    const missing = { kind: 'apps/Deployment', name: 'a', namespace: '' };
    expect(creationOf(index, 'app/web.yaml', missing)).toBeUndefined();
  });
});

describe('an apiVersion that is not served any more', () => {
  const cronJob = (apiVersion: string) => `apiVersion: ${apiVersion} # since 2019
kind: CronJob
metadata:
  name: backup
spec:
  schedule: '0 3 * * *'
  jobTemplate:
    spec:
      template:
        spec:
          restartPolicy: Never
          containers:
            - name: backup
              image: shop/backup:1
`;
  const budget = (selector: string) => `apiVersion: policy/v1beta1
kind: PodDisruptionBudget
metadata:
  name: web
spec:
  minAvailable: 1
  selector: ${selector}
`;

  it('is moved where nothing else changes, in the quotes that it has', async () => {
    expect(await mended(cronJob('batch/v1beta1'), 'removed-api')).toEqual({
      title: 'Write batch/v1',
      text: cronJob('batch/v1'),
    });
    const quoted = await mended(cronJob('"batch/v1beta1"'), 'removed-api');
    expect(quoted.text).toBe(cronJob('"batch/v1"'));
  });

  it('is moved for custom resources that current releases serve otherwise', async () => {
    const secret = (version: string) => `apiVersion: external-secrets.io/${version}
kind: ExternalSecret
metadata:
  name: web
spec:
  secretStoreRef: { name: vault, kind: ClusterSecretStore }
  target: { name: web }
`;
    const moved = await mended(secret('v1beta1'), 'deprecated-api');
    expect(moved.text).toBe(secret('v1'));
  });

  it('stays where fields move or mean something else', async () => {
    const ingress = `apiVersion: networking.k8s.io/v1beta1
kind: Ingress
metadata:
  name: web
spec:
  backend:
    serviceName: web
    servicePort: 80
`;
    for (const text of [ingress, budget('{}')]) {
      const [finding] = await findingsOf(text);
      expect(finding).toMatchObject({ rule: 'removed-api' });
      expect(finding?.mends).toBeUndefined();
    }
    const moved = await mended(budget('{ matchLabels: { app: web } }'), 'removed-api');
    expect(moved.text).toContain('apiVersion: policy/v1\n');
  });
});
