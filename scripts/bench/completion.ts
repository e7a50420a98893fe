import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createSchemas } from '../../src/core/schemas/schemas.ts';
import { requests, type WorkspaceState } from '../../src/lsp/protocol.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { LanguageClient } from './language-client.ts';
import { type BenchTable, benchRow, percentile } from './table.ts';

const root = resolve(import.meta.dirname, '../..');
const rounds = 40;
const lines = 2000;

interface Case {
  title: string;
  text: string;
  /** Where something is typed: behind the last line that says this. */
  behind: string;
  /** What an editor shows then. */
  expected: string;
  /** The peer has a schema of it. */
  peer: boolean;
}

interface List {
  items: { label: string }[];
}

/**
 * From the keystroke to the list of what may be written, in a file of two thousand lines on a warm server, beside
 * yaml-language-server with the one schema of the kind; and what the server's memory is then.
 */
export async function benchCompletion(): Promise<BenchTable[]> {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-completion-'));
  try {
    const tables: BenchTable[] = [];
    for (const each of [oneDocument(), manyDocuments(), customResource()])
      tables.push(await measure(each, folder));
    return tables;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(each: Case, folder: string): Promise<BenchTable> {
  const repository = join(folder, each.title.replaceAll(/\W+/g, '-'));
  const file = 'apps/app.yaml';
  mkdirSync(join(repository, dirname(file)), { recursive: true });
  writeFileSync(join(repository, file), each.text);
  writeFileSync(join(repository, 'apps', 'kustomization.yaml'), 'resources: [app.yaml]\n');
  writeFileSync(
    join(repository, 'driftline.yaml'),
    'version: 1\nenvironments:\n- name: production\n  source: { path: apps }\n',
  );
  const schema = join(folder, 'schema.json');
  writeFileSync(schema, schemaOfDeployment());
  const ours = await LanguageClient.start({
    args: [join(root, 'dist', 'server.cjs'), '--stdio'],
    folder: repository,
    initializationOptions: { trusted: true },
  });
  const peer = await LanguageClient.start({
    args: [join(root, 'node_modules/yaml-language-server/bin/yaml-language-server'), '--stdio'],
    folder: repository,
    configuration: {
      yaml: {
        ...{ validate: true, completion: true, schemaStore: { enable: false } },
        schemas: { [`file://${schema}`]: `/${file}` },
      },
    },
  });
  try {
    await ready(ours);
    const found = await type(ours, file, each);
    const theirs = each.peer ? await type(peer, file, each) : undefined;
    const of = (percent: number) => theirs && percentile(theirs, percent);
    return {
      title: `completion: ${each.title}; beside yaml-language-server`,
      unit: `milliseconds from keystroke to list, ${rounds} keystrokes; memory in MB`,
      rows: [
        benchRow('p50', percentile(found, 50), of(50)),
        benchRow('p95', percentile(found, 95), of(95)),
        benchRow('memory', memoryOf(ours), theirs && memoryOf(peer)),
      ],
    };
  } finally {
    await Promise.all([ours.stop(), peer.stop()]);
  }
}

/** Types a letter, takes it back, and asks each time. */
async function type(client: LanguageClient, file: string, each: Case): Promise<number[]> {
  await client.open(file);
  const at = each.text.lastIndexOf(each.behind);
  const line = each.text.slice(0, at).split('\n').length;
  const before = each.text.split('\n').slice(0, line);
  const after = each.text.split('\n').slice(line);
  const indent = ' '.repeat(each.behind.search(/\S/));
  const times: number[] = [];
  for (let round = 0; round < rounds + 5; round++) {
    const typed = indent + each.expected.slice(0, 1 + (round % 2));
    const text = [...before, typed, ...after].join('\n');
    const started = performance.now();
    await client.change(file, text);
    const list = await client.request<List | null>('textDocument/completion', {
      textDocument: { uri: client.address(file) },
      position: { line, character: typed.length },
    });
    const took = performance.now() - started;
    if (!list?.items.some(({ label }) => label === each.expected))
      throw new Error(`${each.title}: ${each.expected} is not offered`);
    // The first rounds load what is loaded late. People type with pauses, in which the file is checked.
    if (round >= 5) times.push(took);
    await new Promise(done => setTimeout(done, 100));
  }
  return times;
}

async function ready(client: LanguageClient): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const { kind } = await client.request<WorkspaceState>(requests.state.method, null);
    if (kind === 'ready') return;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  throw new Error('the server opened nothing');
}

/** The resident size in MB, where the system tells it. */
function memoryOf({ pid }: LanguageClient): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

const head = (name: string) =>
  `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: ${name}\nspec:\n  selector:\n    matchLabels: {app: ${name}}\n  template:\n    metadata:\n      labels: {app: ${name}}\n    spec:\n      containers:\n`;

function container(number: number): string {
  return `        - name: c${number}\n          image: registry.example.com/app:${number}\n          env:\n            - name: A\n              value: b\n            - name: B\n              valueFrom:\n                fieldRef:\n                  fieldPath: metadata.name\n          resources:\n            limits: {cpu: 1, memory: 1Gi}\n`;
}

function oneDocument(): Case {
  const containers = Array.from({ length: lines / 11 }, (_, number) => container(number)).join('');
  const text = `${head('app')}${containers}`;
  return {
    title: `one Deployment of ${text.split('\n').length} lines`,
    ...{ text, behind: '          resources:', expected: 'securityContext', peer: true },
  };
}

function manyDocuments(): Case {
  const count = Math.round(lines / 24);
  const documents = Array.from(
    { length: count },
    (_, number) => head(`app-${number}`) + container(number),
  );
  const text = documents.join('---\n');
  return {
    title: `${count} Deployments in ${text.split('\n').length} lines`,
    ...{ text, behind: '          image:', expected: 'securityContext', peer: true },
  };
}

/** A kind with one of the largest definitions that come with Driftline. */
function customResource(): Case {
  const release = (name: number) =>
    `apiVersion: monitoring.coreos.com/v1\nkind: Prometheus\nmetadata:\n  name: p${name}\nspec:\n  replicas: 2\n`;
  const count = Math.round(lines / 7);
  const text = Array.from({ length: count }, (_, number) => release(number)).join('---\n');
  return {
    title: `${count} Prometheuses in ${text.split('\n').length} lines`,
    ...{ text, behind: '  replicas:', expected: 'securityContext', peer: false },
  };
}

function schemaOfDeployment(): string {
  const found = createSchemas({ version: '1.36' }).lookup({
    group: 'apps',
    version: 'v1',
    kind: 'Deployment',
  });
  if (!found.found) throw new Error('no schema of Deployment');
  return JSON.stringify(jsonSchemaOf(found.kind.type));
}
