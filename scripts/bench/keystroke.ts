import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { dump } from 'js-yaml';
import type { JsonObject } from '../../src/core/model/resource.ts';
import { createSchemas } from '../../src/core/schemas/schemas.ts';
import { notifications, requests, type WorkspaceState } from '../../src/lsp/protocol.ts';
import { makeDemo } from '../demo.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { LanguageClient } from './language-client.ts';
import { type BenchTable, benchRow, percentile } from './table.ts';

const root = resolve(import.meta.dirname, '../..');
const homeOps = resolve(root, '../shared/corpus/onedr0p+home-ops');
const rounds = 40;
const diagnostics = 'textDocument/publishDiagnostics';

/** What is typed over and over: a text that is right, the same made wrong, and one that another value replaces. */
interface Case {
  title: string;
  folder: string;
  file: string;
  right: string;
  wrong: string;
  /** With another value in it each time. */
  other(round: number): string;
  /** JSON Schema of the file's kind for the peer; none where nobody has one here. */
  schema?: string;
}

interface Diagnostics {
  diagnostics: { severity?: number }[];
}
interface Markers {
  version?: number;
  lines: { text: string }[];
}

/**
 * From the keystroke to what is seen, in the real server as a process: findings beside those of the YAML
 * language server (what most people edit YAML with today; it checks the file against one schema, we what it
 * makes in every environment), and drift markers, which no other tool has.
 */
export async function benchKeystroke(): Promise<BenchTable[]> {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-keystroke-'));
  try {
    const tables: BenchTable[] = [];
    for (const make of [demoCase, longFileCase, homeOpsCase]) {
      const found = await make(folder);
      if (found) tables.push(await measure(found));
    }
    return tables;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(each: Case): Promise<BenchTable> {
  const ours = await LanguageClient.start({
    args: [join(root, 'dist', 'server.cjs'), '--stdio'],
    folder: each.folder,
    initializationOptions: { trusted: true, markers: true },
  });
  const peer = await LanguageClient.start({
    args: [join(root, 'node_modules/yaml-language-server/bin/yaml-language-server'), '--stdio'],
    folder: each.folder,
    configuration: {
      yaml: { validate: true, schemaStore: { enable: false }, schemas: schemasFor(each) },
    },
  });
  try {
    for (const client of [ours, peer]) await client.open(each.file);
    await compared(ours);
    const found = { ours: await findings(ours, each), peer: await findings(peer, each) };
    const marks = await markers(ours, each);
    return {
      title: `keystroke: ${each.title}; findings beside yaml-language-server`,
      unit: `milliseconds, ${rounds} edits`,
      rows: [
        benchRow('edit → finding, p50', percentile(found.ours, 50), percentile(found.peer, 50)),
        benchRow('edit → finding, p95', percentile(found.ours, 95), percentile(found.peer, 95)),
        benchRow('edit → marker, p50', percentile(marks, 50)),
        benchRow('edit → marker, p95', percentile(marks, 95)),
      ],
    };
  } finally {
    await Promise.all([ours.stop(), peer.stop()]);
  }
}

/** Milliseconds until an error shows, and until it is gone, by turns. */
async function findings(client: LanguageClient, { file, right, wrong }: Case): Promise<number[]> {
  const errors = ({ diagnostics: all }: Diagnostics) =>
    all.filter(({ severity }) => severity === 1).length;
  const times: number[] = [];
  for (let round = 0; round < rounds / 2 + 1; round++) {
    const shown = await client.timeTo<Diagnostics>(
      file,
      wrong,
      diagnostics,
      all => errors(all) > 0,
    );
    const gone = await client.timeTo<Diagnostics>(
      file,
      right,
      diagnostics,
      all => errors(all) === 0,
    );
    // The first round warms up.
    if (round > 0) times.push(shown, gone);
  }
  return times;
}

async function markers(client: LanguageClient, { file, other }: Case): Promise<number[]> {
  const times: number[] = [];
  for (let round = 0; round < rounds + 1; round++) {
    const value = 10 + round;
    const time = await client.timeTo<Markers>(
      file,
      other(value),
      notifications.markers.method,
      ({ lines }) => lines.some(({ text }) => text.includes(String(value))),
    );
    if (round > 0) times.push(time);
  }
  return times;
}

async function compared(client: LanguageClient): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const state = await client.request<WorkspaceState>(requests.state.method, null);
    const { kind, environments } = state;
    if (kind === 'ready' && environments.some(({ phase }) => phase === 'compared')) return;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error('the server compared nothing');
}

function schemasFor({ schema, file, folder }: Case): Record<string, string> {
  if (schema === undefined) return {};
  const path = join(folder, '..', 'peer-schema.json');
  writeFileSync(path, schema);
  return { [`file://${path}`]: `/${file}` };
}

async function demoCase(folder: string): Promise<Case> {
  const { repository } = await makeDemo(join(folder, 'demo'));
  const file = 'apps/web/overlays/production/replicas.yaml';
  const right = readFileSync(join(repository, file), 'utf8');
  return {
    title: 'the demo, a patch that production reads',
    folder: repository,
    file,
    right,
    wrong: right.replace('replicas: 3', 'replicas: three'),
    other: value => right.replace('replicas: 3', `replicas: ${value}`),
    schema: schemaOf('apps', 'Deployment'),
  };
}

const longFileLines = 2000;

/** A file of two thousand lines that an overlay builds on, with a typing error in its middle. */
function longFileCase(folder: string): Case {
  const repository = join(folder, 'long-file');
  const base = join(repository, 'base');
  const overlay = join(repository, 'overlays', 'production');
  for (const each of [base, overlay]) mkdirSync(each, { recursive: true });
  const documents: string[] = [];
  let lines = 0;
  for (let number = 0; lines < longFileLines; number++) {
    const document = dump(deployment(number));
    lines += document.split('\n').length;
    documents.push(document);
  }
  const right = documents.join('---\n');
  const snapshot = join(folder, 'long-live.json');
  const running = documents.map((_, number) => {
    const object = deployment(number);
    return { ...object, metadata: { ...object.metadata, namespace: 'default' } };
  });
  writeFileSync(snapshot, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: running }));
  writeFileSync(join(base, 'apps.yaml'), right);
  writeFileSync(join(base, 'kustomization.yaml'), 'resources: [apps.yaml]\n');
  writeFileSync(join(overlay, 'kustomization.yaml'), 'resources: [../../base]\n');
  writeFileSync(
    join(repository, 'driftline.yaml'),
    `version: 1\nenvironments:\n- name: production\n  source: { path: overlays/production }\n  cluster: { snapshot: ${snapshot} }\n`,
  );
  const middle = `replicas: ${1000 + (documents.length >> 1)}`;
  return {
    title: `a file of ${longFileLines} lines with ${documents.length} objects`,
    folder: repository,
    file: 'base/apps.yaml',
    right,
    wrong: right.replace(middle, 'replicas: three'),
    other: value => right.replace(middle, `replicas: ${value}`),
    schema: schemaOf('apps', 'Deployment'),
  };
}

function deployment(number: number) {
  const name = `app-${number}`;
  const labels = { 'app.kubernetes.io/name': name };
  const probe = { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 10 };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels },
    spec: {
      replicas: 1000 + number,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [
            {
              name: 'app',
              image: `registry.example.com/${name}:1.0.${number}`,
              ports: [{ name: 'http', containerPort: 8080 }],
              env: [{ name: 'LOG_LEVEL', value: 'info' }],
              resources: { requests: { cpu: '100m', memory: '128Mi' } },
              livenessProbe: probe,
              readinessProbe: probe,
            },
          ],
        },
      },
    },
  };
}

/** A PersistentVolumeClaim of home-ops, held against a snapshot in which somebody edited it by hand. */
function homeOpsCase(folder: string): Case | undefined {
  if (!existsSync(homeOps)) return undefined;
  const repository = join(folder, 'home-ops');
  cpSync(homeOps, repository, { recursive: true });
  const git = (...args: string[]) => execFileSync('git', args, { cwd: repository });
  git('init', '--quiet');
  git('add', '--all');
  const file = 'kubernetes/apps/default/home-assistant/app/pvc.yaml';
  const right = readFileSync(join(repository, file), 'utf8');
  const storage = /storage: \S+/.exec(right)?.[0];
  if (storage === undefined) throw new Error(`${file} asks for no storage`);
  const snapshot = join(folder, 'live.json');
  writeFileSync(
    snapshot,
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: live(repository) }),
  );
  writeFileSync(
    join(repository, 'driftline.yaml'),
    `version: 1\nenvironments:\n- name: cluster\n  cluster: { snapshot: ${snapshot} }\n`,
  );
  return {
    title: 'home-ops, a claim among 420 files',
    folder: repository,
    file,
    right,
    wrong: right.replace('resources:', 'resourcez:'),
    other: value => right.replace(storage, `storage: ${value}Gi`),
    schema: schemaOf('', 'PersistentVolumeClaim'),
  };
}

/** What the repository renders, with another size of each claim. */
function live(repository: string): object[] {
  const cli = join(root, 'dist', 'cli.cjs');
  // Charts that are not here make it fail; what it prints all the same is enough.
  const { stdout } = spawnSync(
    process.execPath,
    [cli, 'render', '-C', repository, '--format', 'json'],
    { maxBuffer: 1 << 28, encoding: 'utf8' },
  );
  const { objects } = JSON.parse(stdout) as { objects: { value: JsonObject }[] };
  return objects.map(({ value }) => {
    if (value.kind !== 'PersistentVolumeClaim') return value;
    return {
      ...value,
      spec: { ...(value.spec as JsonObject), resources: { requests: { storage: '7Gi' } } },
    };
  });
}

/** The type of a kind as JSON Schema, without what is required: patches leave it out. */
function schemaOf(group: string, kind: string): string {
  const type = createSchemas({ version: '1.36' }).lookup({ group, version: 'v1', kind });
  if (!type.found) throw new Error(`no type of ${kind}`);
  return JSON.stringify(jsonSchemaOf(type.kind.type)).replaceAll(/"required":\[[^\]]*\],?/g, '');
}
