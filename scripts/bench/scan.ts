import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { loadAll } from 'js-yaml';
import { openRepository } from '../../src/core/git/repository.ts';
import { UserError } from '../../src/core/lib/errors.ts';
import { RepositoryIndex } from '../../src/core/manifests/repository-index.ts';
import { decode } from '../../src/core/manifests/text/decode.ts';
import { type BenchTable, benchRow, median } from './table.ts';

const rounds = 9;
const corpus = resolve(import.meta.dirname, '../../../shared/corpus/argoproj+argo-cd');

/**
 * Our whole index of a repository (listing, reading, parsing with places, roles, identities) against
 * js-yaml's bare parse of the same bytes, already in memory; in one run, by turns.
 */
export async function benchScan(root: string = corpus): Promise<BenchTable> {
  if (!existsSync(root)) throw new UserError(`There is no corpus at ${root} to scan.`);
  const texts = await textsOf(root);
  const ours: number[] = [];
  const peer: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const index = await timed(() => indexOf(root));
    const parse = await timed(async () => texts.forEach(parseBarely));
    // The first round compiles.
    if (round === 0) continue;
    ours.push(index);
    peer.push(parse);
  }
  const megabytes = texts.reduce((sum, text) => sum + text.length, 0) / 1e6;
  const what = `index ${texts.length} files, ${megabytes.toFixed(1)} MB`;
  const rows = [benchRow(what, median(ours), median(peer))];
  const memory = await memoryOf(root, texts);
  if (memory) rows.push(benchRow('heap held, MB', memory.ours, memory.peer));
  return {
    title: 'scan: whole index / js-yaml loadAll',
    unit: `milliseconds, median of ${rounds}`,
    rows,
  };
}

/** The index with every file read, as validation needs it. */
async function indexOf(root: string): Promise<RepositoryIndex> {
  const index = await RepositoryIndex.build(await openRepository(root));
  for (const file of index.files())
    if (file.parsed.documents.length < 0) throw new Error(file.path);
  index.objects();
  return index;
}

async function textsOf(root: string): Promise<string[]> {
  const repository = await openRepository(root);
  const index = await RepositoryIndex.build(repository);
  const texts: string[] = [];
  for (const { path } of index.files()) {
    const text = decode(await repository.read(path));
    if (text !== undefined) texts.push(text);
  }
  return texts;
}

/** Charts' templates are no YAML; what the peer cannot read costs it less, not more. */
function parseBarely(text: string): unknown {
  try {
    return loadAll(text);
  } catch {
    return undefined;
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Heap that the result holds, in MB; undefined unless node runs with --expose-gc. */
async function memoryOf(
  root: string,
  texts: string[],
): Promise<{ ours: number; peer: number } | undefined> {
  const { gc } = globalThis;
  if (!gc) return undefined;
  const held = async (work: () => Promise<unknown>): Promise<number> => {
    await gc();
    const before = process.memoryUsage().heapUsed;
    const result = await work();
    await gc();
    const after = process.memoryUsage().heapUsed;
    return result === undefined ? 0 : (after - before) / 1e6;
  };
  return {
    ours: await held(() => indexOf(root)),
    peer: await held(async () => texts.map(parseBarely)),
  };
}
