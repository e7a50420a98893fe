import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { CodeAction } from 'vscode-languageserver';
import { requests } from '../../src/lsp/protocol.ts';
import { driftline } from '../cli/run.ts';
import { eventually, startClient } from '../lsp/client.ts';
import { kubectl } from './plane.ts';
import { startWebhook, type Webhook } from './webhook.ts';

// "Check against the cluster": what a real API server, a real webhook, a ValidatingAdmissionPolicy and a quota say to
// the dry-run of each object stands on the line that decides it.

const folder = mkdtempSync(join(tmpdir(), 'driftline-check-server-'));
const id = Math.random().toString(36).slice(2, 8);
const namespace = `check-${id}`;
const secret = `hunter2-${id}`;
let webhook: Webhook;

function file(name: string, ...lines: string[]): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), `${lines.join('\n')}\n`);
}

function deployment(name: string, replicas: string, image: string): string[] {
  return [
    'apiVersion: apps/v1',
    'kind: Deployment',
    'metadata:',
    `  name: ${name}`,
    'spec:',
    `  replicas: ${replicas}`,
    `  selector: { matchLabels: { app: ${name} } }`,
    '  template:',
    `    metadata: { labels: { app: ${name} } }`,
    '    spec:',
    '      containers:',
    '      - name: app',
    `        image: ${image}`,
  ];
}

function writeRepository(): void {
  file(
    'driftline.yaml',
    'version: 1',
    'environments:',
    '- name: production',
    '  source: { path: overlays/production }',
    '  cluster: { context: admin }',
    `  namespace: ${namespace}`,
    '  protected: true',
    '- name: reader',
    '  source: { path: overlays/production }',
    '  cluster: { context: viewer }',
    `  namespace: ${namespace}`,
  );
  file('base/web.yaml', ...deployment('web', '7', 'acme/web:1'));
  file('base/kustomization.yaml', 'resources: [web.yaml]');
  file(
    'overlays/production/kustomization.yaml',
    `namespace: ${namespace}`,
    'resources: [../../base, api.yaml, secret.yaml, settings.yaml, widget.yaml, shop.yaml]',
  );
  file('overlays/production/api.yaml', ...deployment('api', '1', 'forbidden.example.com/api:1'));
  file(
    'overlays/production/secret.yaml',
    ...['apiVersion: v1', 'kind: Secret', 'metadata: { name: keys }', 'type: Opaque'],
    ...['stringData:', `  password: ${secret}`],
  );
  file(
    'overlays/production/settings.yaml',
    ...['apiVersion: v1', 'kind: ConfigMap', 'metadata:', '  name: settings', 'data: { a: b }'],
  );
  file(
    'overlays/production/widget.yaml',
    ...['apiVersion: nowhere.example.com/v1', 'kind: Widget', 'metadata:', '  name: w'],
  );
  // kustomize leaves the namespace of a Namespace alone, and sets that of everything else.
  file(
    'overlays/production/shop.yaml',
    'apiVersion: v1',
    'kind: Namespace',
    `metadata: { name: shop-${id} }`,
  );
}

beforeAll(async () => {
  writeRepository();
  await kubectl(['create', 'namespace', namespace]);
  webhook = await startWebhook({
    kind: 'Validating',
    namespace,
    resources: ['v1/configmaps', 'v1/secrets'],
    answer: object =>
      object.kind === 'ConfigMap' ? { deny: 'settings need the label team' } : { patch: [] },
  });
  const policy = `replicas.${namespace}`;
  await kubectl(['create', '-f', '-'], {
    input: JSON.stringify({
      apiVersion: 'v1',
      kind: 'List',
      items: [
        {
          apiVersion: 'admissionregistration.k8s.io/v1',
          kind: 'ValidatingAdmissionPolicy',
          metadata: { name: policy },
          spec: {
            matchConstraints: {
              resourceRules: [
                {
                  ...{ apiGroups: ['apps'], apiVersions: ['v1'], operations: ['CREATE', 'UPDATE'] },
                  resources: ['deployments'],
                },
              ],
            },
            validations: [
              {
                expression: 'object.spec.replicas <= 5',
                message: 'object.spec.replicas must be 5 at most',
              },
            ],
          },
        },
        {
          apiVersion: 'admissionregistration.k8s.io/v1',
          kind: 'ValidatingAdmissionPolicyBinding',
          metadata: { name: policy },
          spec: {
            policyName: policy,
            validationActions: ['Deny'],
            matchResources: {
              namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
            },
          },
        },
      ],
    }),
  });
});

afterAll(async () => {
  await webhook?.stop();
  const policy = `replicas.${namespace}`;
  await kubectl(['delete', 'validatingadmissionpolicybinding', policy]);
  await kubectl(['delete', 'validatingadmissionpolicy', policy]);
  await kubectl(['delete', 'namespace', namespace, '--wait=false']);
  rmSync(folder, { recursive: true });
});

interface Found {
  file: string;
  line: number;
  rule: string;
  source?: string;
  message: string;
}

async function check(...args: string[]) {
  const env = { KUBECONFIG: inject('plane').kubeconfig };
  const more = ['validate', '-C', folder, '--server', '--format', 'json', ...args];
  const ran = await driftline(more, { env });
  if (ran.stdout === '') throw new Error(ran.stderr);
  const report = JSON.parse(ran.stdout) as {
    findings: Found[];
    notChecked: { reason: string; environment?: string }[];
    checked: { tried: number };
  };
  const server = report.findings.filter(({ source }) => source === 'server');
  return { ...ran, ...report, server };
}

const settled = async (wanted: () => Promise<boolean>) => {
  for (let attempt = 0; attempt < 60 && !(await wanted()); attempt++)
    await new Promise(done => setTimeout(done, 500));
};

describe('driftline validate --server', () => {
  it('shows what admission says on the line that decides it, and changes nothing', async () => {
    // A policy counts some seconds after it was made.
    await settled(async () => {
      const { server } = await check('-e', 'production');
      return server.some(({ message }) => message.includes('5 at most'));
    });
    const { server, status, checked, stdout, stderr } = await check(
      '-e',
      'production',
      '--verbose',
    );
    const places = server.map(each => `${each.file}:${each.line} ${each.rule}`);
    expect(places).toEqual([
      'base/web.yaml:6 server-denied',
      'overlays/production/settings.yaml:4 server-denied',
      'overlays/production/widget.yaml:2 server-refused',
    ]);
    expect(server[0]?.message).toMatch(/ValidatingAdmissionPolicy .* must be 5 at most/);
    expect(server[1]?.message).toMatch(/admission webhook .* denied the request: settings need/);
    expect(checked.tried).toBeGreaterThanOrEqual(4);
    expect(status).toBe(1);
    // Secrets are sent as they are, and nowhere told.
    expect(webhook.tried).toContain('Secret/keys');
    expect(stdout + stderr).not.toContain(secret);
    const made = await kubectl([
      'get',
      'deployments,configmaps,secrets',
      '-n',
      namespace,
      '-o',
      'name',
    ]);
    expect(made).not.toMatch(/web|api|settings|keys/);
  });

  it('asks about the objects of a file only where one is named', async () => {
    const { server, checked } = await check('-e', 'production', join(folder, 'base/web.yaml'));
    expect(server.map(({ rule }) => rule)).toEqual(['server-denied']);
    expect(checked.tried).toBe(1);
    // The namespace of all that is made there is decided by the kustomization.
    const all = await check(
      '-e',
      'production',
      join(folder, 'overlays/production/kustomization.yaml'),
    );
    expect(all.checked.tried).toBeGreaterThanOrEqual(3);
  });

  it('tells who may only read in one sentence, and is not green by that', async () => {
    const { server, notChecked, status } = await check('-e', 'reader', '--strict');
    expect(server.filter(({ rule }) => rule !== 'server-refused')).toEqual([]);
    const forbidden = notChecked.filter(({ reason }) => /permission to patch/.test(reason));
    expect(forbidden.map(({ reason }) => reason)).toEqual([
      expect.stringMatching(/^You may only read in viewer, .* none of the \d objects$/),
    ]);
    expect([1, 3]).toContain(status);
  });

  it('does not judge what has no namespace yet', async () => {
    const missing = `later-${id}`;
    file(
      'overlays/production/kustomization.yaml',
      `namespace: ${missing}`,
      'resources: [settings.yaml]',
    );
    const { server, notChecked } = await check('-e', 'production');
    writeRepository();
    expect(server).toEqual([]);
    expect(notChecked.map(({ reason }) => reason)).toContain(
      `the server could not judge it: the namespace ${missing} is not there yet`,
    );
  });

  it('fails where the cluster cannot be asked, and without a connection', async () => {
    const env = { KUBECONFIG: join(folder, 'no-kubeconfig') };
    const ran = await driftline(['validate', '-C', folder, '--server', '-e', 'production'], {
      env,
    });
    expect(ran.status).toBe(2);
    expect(ran.stderr).toMatch(/^driftline: production: /);
    const offline = await driftline(['validate', '-C', folder, '--server', '--offline']);
    expect(offline.stderr).toContain('--server asks clusters and --offline opens no connection');
  });
});

describe('Check Against the Cluster, in the editor', () => {
  it('shows what the cluster says of the present text until that is another', async () => {
    const client = await startClient({
      folder,
      initializationOptions: { trusted: true, markers: true },
      env: { KUBECONFIG: inject('plane').kubeconfig },
    });
    try {
      const name = 'base/web.yaml';
      await client.open(name);
      // Not saved yet: the text that a person sees is asked about.
      await client.replace(name, 'replicas: 7', 'replicas: 8');
      const start = { line: 0, character: 0 };
      const only = ['source.checkAgainstCluster'];
      const wanted = {
        textDocument: { uri: client.uri(name) },
        range: { start, end: start },
        context: { diagnostics: [], only },
      };
      await eventually(async () => {
        const offered = await client.request<CodeAction[]>('textDocument/codeAction', wanted);
        return offered.find(({ title }) => title === 'Check Against the Cluster of production');
      }, 'the check to be offered');
      const params = { environment: 'production', uri: client.uri(name) };
      const found = await client.ask(requests.checkServer, params);
      expect(found).toMatchObject({ errors: 1, tried: 1 });
      const { diagnostics } = await client.diagnostics(name, each =>
        each.diagnostics.some(({ code }) => code === 'server-denied'),
      );
      const said = diagnostics.find(({ code }) => code === 'server-denied');
      expect(said).toMatchObject({ severity: 1, range: { start: { line: 5 } } });
      await client.replace(name, 'replicas: 8', 'replicas: 5');
      await client.diagnostics(name, each =>
        each.diagnostics.every(({ code }) => code !== 'server-denied'),
      );
    } finally {
      await client.stop();
    }
  });

  it('asks no cluster from a folder that is not trusted', async () => {
    const client = await startClient({
      folder,
      initializationOptions: { trusted: false, markers: true },
      env: { KUBECONFIG: inject('plane').kubeconfig },
    });
    try {
      await client.open('base/web.yaml');
      await expect(
        client.ask(requests.checkServer, { environment: 'production' }),
      ).rejects.toMatchObject({ code: 1, message: expect.stringContaining('not trusted') });
    } finally {
      await client.stop();
    }
  });
});
