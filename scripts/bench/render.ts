import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import { editedRepository } from '../../src/core/git/edited.ts';
import { UserError } from '../../src/core/lib/errors.ts';
import type { RenderSource } from '../../src/core/model/environment.ts';
import type { Repository } from '../../src/core/model/repository.ts';
import { createRendering } from '../../src/core/render/rendering.ts';
import { ResidentProgram } from '../../src/core/upstream/process.ts';
import { requireProgram } from '../../src/core/upstream/programs.ts';
import { RendererProgram } from '../../src/core/upstream/renderer.ts';
import { type BenchRow, type BenchTable, benchRow, median, percentile } from './table.ts';

const corpora = resolve(import.meta.dirname, '../../../shared/corpus');
const rounds = 30;
const kubePrometheus = 'prometheus-operator+kube-prometheus';
const podinfo = 'stefanprodan+podinfo';
/** What the issue allows: milliseconds to the first answer, megabytes of memory, of the program, zipped. */
const limits = { ready: 60, memory: 300, size: 42, zipped: 14 };

/** The renderer beside `kustomize build` and `helm template`, and its own limits. */
export async function benchRender(): Promise<BenchTable[]> {
  if (!existsSync(corpora)) throw new UserError(`There are no corpora at ${corpora} to render.`);
  const repository = corpusRepository(realpathSync(corpora));
  return [await folders(repository), await edits(), await charts(repository), await own()];
}

/** All kustomizations of the corpora, in a process that knows nothing yet, beside a process for each. */
async function folders(repository: Repository): Promise<BenchTable> {
  const paths = repository.files
    .filter(file => /(^|\/)(kustomization\.ya?ml|Kustomization)$/.test(file))
    .map(dirname);
  const peer = await timed(async () => {
    for (const path of paths) await tool('kustomize', ['build', join(repository.root, path)]);
  });
  const rows: BenchRow[] = [];
  for (const [what, trace] of [
    ['built', false],
    ['with the place of every field', true],
  ] as const)
    await withRenderer(async renderer => {
      const ours = await timed(async () => {
        for (const path of paths) await renderer.render('kustomize', repository, { path, trace });
      });
      rows.push(benchRow(`${paths.length} kustomizations ${what}, ms`, ours, peer));
      const memory = memoryOfRenderer();
      if (memory !== undefined)
        rows.push(benchRow('  memory then, MB; beside the limit', memory, limits.memory));
    });
  return {
    title: 'render: all corpora, one process / kustomize build in each',
    unit: 'total',
    rows,
  };
}

/** What an edit of one line costs until the objects and their places are there again, in a repository of its own. */
async function edits(): Promise<BenchTable> {
  const cases = [
    {
      root: 'fluxcd+flux2-kustomize-helm-example',
      path: 'apps/production',
      file: 'apps/base/podinfo/release.yaml',
      line: /interval: \S+/,
    },
    {
      root: podinfo,
      path: 'deploy/overlays/production',
      file: 'deploy/bases/frontend/deployment.yaml',
      line: /image: \S+/,
    },
    {
      root: kubePrometheus,
      path: '',
      file: 'manifests/grafana-deployment.yaml',
      line: /image: \S+/,
    },
  ];
  const rows: BenchRow[] = [];
  for (const { root, path, file, line } of cases) {
    const repository = corpusRepository(realpathSync(join(corpora, root)));
    const peers: number[] = [];
    for (let round = 0; round < 7; round++)
      peers.push(await timed(() => tool('kustomize', ['build', join(repository.root, path)])));
    for (const trace of [false, true]) {
      const times = await editTimes(repository, { kind: 'kustomize', path }, { file, line }, trace);
      const what = `${path || root.split('+').at(-1)}${trace ? ', with places' : ''}`;
      rows.push(benchRow(`${what}, p50`, median(times), median(peers)));
      rows.push(benchRow(`${what}, p95`, percentile(times, 95), percentile(peers, 95)));
    }
  }
  return { title: 'render: after an edit of one line / kustomize build', unit: 'ms', rows };
}

async function editTimes(
  repository: Repository,
  source: RenderSource,
  { file, line }: { file: string; line: RegExp },
  trace: boolean,
): Promise<number[]> {
  const text = Buffer.from(await repository.read(file)).toString();
  return withRenderer(async renderer => {
    let before = repository;
    const times: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const edited = text.replace(line, found => `${found}${round}`);
      const now = editedRepository(repository, new Map([[file, edited]]));
      renderer.derive(before, now, [file]);
      const rendering = createRendering(now, renderer);
      const time = await timed(async () => {
        const made = await (trace ? rendering.trace({ source }) : rendering.render({ source }));
        if (made.failure) throw new Error(made.failure.message);
      });
      before = now;
      // The first round sends the repository and parses everything.
      if (round > 0) times.push(time);
    }
    return times;
  });
}

async function charts(repository: Repository): Promise<BenchTable> {
  const path = `${podinfo}/charts/podinfo`;
  const request = { path, release: 'shop', namespace: 'default', values: [] };
  return withRenderer(async renderer => {
    const rows: BenchRow[] = [];
    const peers: number[] = [];
    for (let round = 0; round < 15; round++)
      peers.push(
        await timed(() => tool('helm', ['template', 'shop', join(repository.root, path)])),
      );
    for (const trace of [false, true]) {
      const times: number[] = [];
      for (let round = 0; round <= rounds; round++)
        times.push(await timed(() => renderer.render('helm', repository, { ...request, trace })));
      const what = trace ? 'podinfo, with places' : 'podinfo, warm';
      rows.push(benchRow(what, median(times.slice(1)), median(peers)));
    }
    return { title: 'render: a chart / helm template', unit: `ms, median of ${rounds}`, rows };
  });
}

async function own(): Promise<BenchTable> {
  const starts: number[] = [];
  for (let round = 0; round < 9; round++) {
    const program = new ResidentProgram({ program: requireProgram('renderer') });
    starts.push(await timed(() => program.request('ping', {})));
    await program.close();
  }
  const file = requireProgram('renderer');
  const zipped = await promisify(deflateRaw)(await readFile(file), { level: 9 });
  return {
    title: 'render: the program / its limit',
    unit: 'as said',
    rows: [
      benchRow('ready after start, ms', median(starts), limits.ready),
      benchRow('size, MB', (await stat(file)).size / 1e6, limits.size),
      benchRow('zipped, MB', zipped.length / 1e6, limits.zipped),
    ],
  };
}

async function withRenderer<T>(work: (renderer: RendererProgram) => Promise<T>): Promise<T> {
  const program = new ResidentProgram({ program: requireProgram('renderer') });
  try {
    return await work(new RendererProgram(program));
  } finally {
    await program.close();
  }
}

/** Resident megabytes of the renderer that is our child; undefined where the system does not say. */
function memoryOfRenderer(): number | undefined {
  if (process.platform !== 'linux') return undefined;
  for (const pid of readdirSync('/proc').filter(name => /^\d+$/.test(name))) {
    const status = existsSync(`/proc/${pid}/status`)
      ? readFileSync(`/proc/${pid}/status`, 'utf8')
      : '';
    const value = (field: string) => new RegExp(`^${field}:\\s+(\\S+)`, 'm').exec(status)?.[1];
    if (value('Name') === 'renderer' && Number(value('PPid')) === process.pid)
      return Number(value('VmRSS')) / 1024;
  }
  return undefined;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** What the tool does not build counts too: it took its time to say so. */
function tool(name: string, args: string[]): Promise<void> {
  const options = { env: { HOME: tmpdir(), PATH: '' }, maxBuffer: 1 << 28 };
  return new Promise(done => {
    execFile(join(process.env.DRIFTLINE_TOOLS ?? '', name), args, options, () => done());
  });
}

function corpusRepository(root: string): Repository {
  const entries = readdirSync(root, { recursive: true, withFileTypes: true });
  const files = entries
    .filter(entry => entry.isFile())
    .map(entry => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
  return {
    root,
    revision: 'working tree',
    files,
    left: [],
    read: file => readFile(join(root, file)),
  };
}
