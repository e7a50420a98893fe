import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { openRepository } from '../../src/core/git/repository.ts';
import { UserError } from '../../src/core/lib/errors.ts';
import { jsonOf } from '../../src/core/manifests/locate.ts';
import { RepositoryIndex } from '../../src/core/manifests/repository-index.ts';
import { isObject } from '../../src/core/model/resource.ts';
import { createSchemas } from '../../src/core/schemas/schemas.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { type BenchTable, benchRow, median } from './table.ts';

const root = resolve(import.meta.dirname, '../..');
const corpora = resolve(root, '../shared/corpus');
const rounds = 5;

interface Answer {
  seconds: number;
  stdout: string;
}

/**
 * All files of the nine corpora from a cold process, offline: ours by structure, rules and the judge, kubeconform by
 * structure, both by the same types. Undefined where the corpora or kubeconform are not there.
 */
export async function benchCorpus(): Promise<BenchTable | undefined> {
  const tools = process.env.DRIFTLINE_TOOLS;
  if (!existsSync(corpora) || tools === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), 'driftline-corpus-'));
  try {
    const index = await RepositoryIndex.build(await openRepository(corpora));
    writeSchemas(index, folder);
    const location = `${folder}/{{ .Group }}/{{ .ResourceKind }}_{{ .ResourceAPIVersion }}.json`;
    const cores = `${cpus().length}`;
    const peer = () =>
      timed(join(tools, 'kubeconform'), [
        ...['-strict', '-output', 'json', '-ignore-missing-schemas', '-n', cores],
        ...['-schema-location', location, corpora],
      ]);
    const ours = (...options: string[]) =>
      timed(process.execPath, [
        ...[join(root, 'dist', 'cli.cjs'), 'validate', '--offline', '--format', 'json'],
        ...['--repo', corpora, ...options],
      ]);
    compareVerdicts(index, ours('--no-render').stdout, peer().stdout);
    const times = Array.from({ length: rounds }, () => ({
      ours: ours('--no-render').seconds,
      peer: peer().seconds,
    }));
    const middle = (of: 'ours' | 'peer') => 1000 * median(times.map(each => each[of]));
    return {
      title: 'validate, the corpora, cold and offline: ours / kubeconform -strict',
      unit: `milliseconds, median of ${rounds}; lower is better`,
      rows: [
        benchRow(
          `${index.files().length} files as they stand: structure, rules, judge`,
          middle('ours'),
          middle('peer'),
        ),
        benchRow('the same, everything rendered as well', 1000 * ours().seconds),
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function timed(program: string, args: string[]): Answer {
  const start = performance.now();
  const { error, stdout } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error) throw new UserError(`${program} could not be started: ${error.message}`);
  return { seconds: (performance.now() - start) / 1000, stdout };
}

/** One schema for each kind that the files name, where kubeconform looks for it. */
function writeSchemas(index: RepositoryIndex, folder: string): void {
  const definitions = index
    .ofKind('apiextensions.k8s.io', 'CustomResourceDefinition')
    .flatMap(({ document }) => (document.root ? [jsonOf(document.root)] : []));
  const { lookup } = createSchemas({
    version: '1.36',
    crds: definitions.filter(isObject),
    bundled: true,
  });
  const known = new Set<string>();
  for (const { resource } of index.files().flatMap(({ objects }) => objects)) {
    const { group, version, kind } = resource;
    const file = join(folder, group || version, `${kind.toLowerCase()}_${version}.json`);
    if (known.has(file)) continue;
    known.add(file);
    const found = lookup(resource);
    if (!found.found) continue;
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(jsonSchemaOf(found.kind.type)));
  }
}

interface Report {
  findings: { file: string; severity: string }[];
}
interface PeerReport {
  resources: { filename: string; status: string; msg: string }[];
}

/** A figure counts only where the answers agree: what kubeconform calls invalid we do, but in patches, which are parts. */
function compareVerdicts(index: RepositoryIndex, ours: string, peer: string): void {
  const { findings } = JSON.parse(ours) as Report;
  const wrong = new Set(
    findings.filter(({ severity }) => severity === 'error').map(({ file }) => file),
  );
  const missed = (JSON.parse(peer) as PeerReport).resources
    .filter(({ status }) => status === 'statusInvalid')
    .map(({ filename, msg }) => ({ file: relative(corpora, filename), msg }))
    .filter(({ file }) => index.standsAlone(file) && !wrong.has(file));
  for (const { file, msg } of missed)
    process.stderr.write(`only kubeconform refuses ${file}: ${msg.slice(0, 300)}\n`);
  if (missed.length > 0) throw new Error(`${missed.length} verdicts differ`);
}
