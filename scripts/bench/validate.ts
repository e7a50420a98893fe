import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dump } from 'js-yaml';
import { openRepository } from '../../src/core/git/repository.ts';
import { UserError } from '../../src/core/lib/errors.ts';
import { RepositoryIndex } from '../../src/core/manifests/repository-index.ts';
import { parseApiVersion } from '../../src/core/model/resource.ts';
import { createSchemas } from '../../src/core/schemas/schemas.ts';
import { Judge } from '../../src/core/upstream/judge.ts';
import { validateRepository } from '../../src/core/validate/validate.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { type BenchTable, benchRow, median } from './table.ts';
import { benchChange } from './validate-change.ts';
import { benchCorpus } from './validate-corpus.ts';
import { validateObjects } from './validate-objects.ts';
import { benchSizes } from './validate-sizes.ts';
import { benchYamlServer } from './validate-yaml-server.ts';

const rounds = 7;
const target = '1.33';
const objects = validateObjects();
const objectsPerFile = 10;

/**
 * Validating 1,000 sound objects in 100 files, from the disk to the findings, offline: by structure alone,
 * which is what kubeconform does, and with the judge, which is what the API server does. The folder that
 * DRIFTLINE_TOOLS names has kubeconform; its schemas are made of the same types.
 */
export async function benchValidate(): Promise<BenchTable[]> {
  const tables = [
    await benchObjects(),
    await benchCorpus(),
    await benchYamlServer(),
    await benchChange(),
    await benchSizes(),
  ];
  return tables.filter(table => table !== undefined);
}

async function benchObjects(): Promise<BenchTable> {
  const folder = mkdtempSync(join(tmpdir(), 'driftline-bench-'));
  const judge = new Judge();
  try {
    const manifests = join(folder, 'manifests');
    writeManifests(manifests);
    const peer = await kubeconform(manifests, join(folder, 'schemas'));
    const structure = await perSecond(() => validated(manifests));
    const all = await perSecond(() => validated(manifests, judge));
    return {
      title: 'validate, offline: ours / kubeconform -strict',
      unit: `objects per second, median of ${rounds}; higher is better`,
      rows: [
        benchRow(`structure and rules, ${objects.length} objects`, structure, peer),
        benchRow(`structure, rules and judge, ${objects.length} objects`, all, peer),
      ],
    };
  } finally {
    await judge.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function writeManifests(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (let at = 0; at < objects.length; at += objectsPerFile) {
    const documents = objects.slice(at, at + objectsPerFile).map(object => dump(object));
    writeFileSync(join(folder, `objects-${at}.yaml`), documents.join('---\n'));
  }
}

/** The whole way: list, read and parse the files, and check every object. */
async function validated(folder: string, judge?: Judge): Promise<void> {
  const index = await RepositoryIndex.build(await openRepository(folder));
  const { findings, checked } = await validateRepository({ index, rendered: [], target, judge });
  // A figure counts only when its answer is right.
  if (findings.length > 0 || checked.objects !== objects.length)
    throw new Error(`${findings.length} findings in ${checked.objects} sound objects`);
}

/** Objects per second of kubeconform, its start included; undefined where it is not there. */
async function kubeconform(manifests: string, schemas: string): Promise<number | undefined> {
  const tools = process.env.DRIFTLINE_TOOLS;
  if (tools === undefined) return undefined;
  writeSchemas(schemas);
  const pattern = `${schemas}/{{ .ResourceKind }}{{ .KindSuffix }}.json`;
  const options = ['-strict', '-summary', '-n', '2', '-schema-location', pattern];
  return perSecond(async () => {
    const run = spawnSync(join(tools, 'kubeconform'), [...options, manifests], {
      encoding: 'utf8',
    });
    if (run.error) throw new UserError(`kubeconform could not be started: ${run.error.message}`);
    if (!run.stdout.includes(`Valid: ${objects.length},`))
      throw new Error(run.stdout.slice(0, 500));
  });
}

/** One schema for each kind, named as kubeconform looks it up: `deployment-apps-v1.json`. */
function writeSchemas(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const { lookup } = createSchemas({ version: target });
  for (const { apiVersion, kind } of objects) {
    const gvk = { ...parseApiVersion(String(apiVersion)), kind: String(kind) };
    const found = lookup(gvk);
    if (!found.found) throw new Error(found.reason);
    const parts = [gvk.kind, gvk.group.split('.')[0], gvk.version].filter(Boolean);
    const file = join(folder, `${parts.join('-').toLowerCase()}.json`);
    writeFileSync(file, JSON.stringify(jsonSchemaOf(found.kind.type)));
  }
}

async function perSecond(work: () => Promise<void>): Promise<number> {
  const seconds: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    await work();
    // The first round starts the program and compiles.
    if (round > 0) seconds.push((performance.now() - start) / 1000);
  }
  return Math.round(objects.length / median(seconds));
}
