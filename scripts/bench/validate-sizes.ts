import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Judge } from '../../src/core/upstream/judge.ts';
import { requireProgram } from '../../src/core/upstream/programs.ts';
import { type BenchTable, benchRow, median } from './table.ts';
import { validateObjects } from './validate-objects.ts';

const root = resolve(import.meta.dirname, '../..');
const megabyte = 1_000_000;

/** What validation costs beside time: files in the package, memory; beside the limits that we set ourselves. */
export async function benchSizes(): Promise<BenchTable> {
  const program = requireProgram('judge');
  const binary = readFileSync(program);
  return {
    title: 'validate, sizes; beside the limit',
    unit: 'MB, and milliseconds where it says so',
    rows: [
      benchRow('bundled schemas, in the package', folderSize('media/schemas') / megabyte, 3),
      benchRow('memory with all bundled schemas in use', allTypes() / megabyte, 200),
      benchRow('judge', binary.length / megabyte, 72),
      benchRow('judge, gzip -9', gzipSync(binary, { level: 9 }).length / megabyte, 22),
      benchRow('judge, first answer after its start, milliseconds', await firstAnswer(program), 60),
      benchRow('judge, memory after 1,000 objects', (await judgeMemory(program)) / megabyte, 100),
    ],
  };
}

function folderSize(folder: string): number {
  const path = join(root, folder);
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .map(file => statSync(join(path, file)))
    .filter(stat => stat.isFile())
    .reduce((sum, { size }) => sum + size, 0);
}

/** Bytes of a process that has made the type of every kind there is. */
function allTypes(): number {
  const script = `
    const { createSchemas } = await import(${JSON.stringify(join(root, 'src/core/schemas/schemas.ts'))});
    const schemas = createSchemas({ version: '1.36', bundled: true });
    for (const kind of schemas.kinds()) schemas.lookup(kind);
    globalThis.gc();
    console.log(process.memoryUsage.rss());`;
  const options = { encoding: 'utf8' as const };
  const args = ['--expose-gc', '--input-type=module', '--eval', script];
  return Number(spawnSync(process.execPath, args, options).stdout);
}

async function firstAnswer(program: string): Promise<number> {
  const times: number[] = [];
  for (let round = 0; round < 7; round++) {
    const start = performance.now();
    const judge = new Judge(program);
    await judge.validate([{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }]);
    times.push(performance.now() - start);
    await judge.close();
  }
  return median(times);
}

/** Bytes that the program held at most; only Linux tells. */
async function judgeMemory(program: string): Promise<number> {
  const before = new Set(children());
  const judge = new Judge(program);
  try {
    await judge.validate(validateObjects());
    const started = children().find(pid => !before.has(pid));
    const status = readFileSync(`/proc/${started}/status`, 'utf8');
    return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024;
  } finally {
    await judge.close();
  }
}

function children(): string[] {
  const { pid } = process;
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ');
}
