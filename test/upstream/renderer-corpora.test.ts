import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Repository } from '../../src/core/model/repository.ts';
import { ResidentProgram } from '../../src/core/upstream/process.ts';
import { requireProgram } from '../../src/core/upstream/programs.ts';
import { RendererProgram } from '../../src/core/upstream/renderer.ts';
import { filesBelow, repositoryOf } from '../core/render/harness.ts';

// The real kustomize and helm say what is right: every folder and chart of the corpora, byte for byte.
const beside = resolve(import.meta.dirname, '../../../shared/corpus');
// The tools name folders by their real paths.
const corpora = existsSync(beside) ? realpathSync(beside) : beside;
const tools = process.env.DRIFTLINE_TOOLS ?? '';
const hasAll = existsSync(corpora) && existsSync(join(tools, 'kustomize'));

describe.skipIf(!hasAll && !process.env.CI)('the corpora', () => {
  const resident = new ResidentProgram({ program: requireProgram('renderer') });
  const renderer = new RendererProgram(resident);
  afterAll(() => resident.close());
  const repository: Repository = { ...repositoryOf(filesBelow(corpora)), root: corpora };
  const folders = (...names: string[]) =>
    repository.files
      .filter(file => names.includes(file.slice(file.lastIndexOf('/') + 1)))
      .map(dirname);

  it('are there, and so are the tools', () => {
    expect(hasAll).toBe(true);
  });

  it('build as kustomize builds them, or fail with its words', async () => {
    const wrong: string[] = [];
    let built = 0;
    await inPairs(
      folders('kustomization.yaml', 'kustomization.yml', 'Kustomization'),
      async path => {
        const theirs = await run('kustomize', ['build', join(corpora, path)]);
        const ours = await renderer.render('kustomize', repository, { path, text: true });
        if (theirs.ok) built++;
        const same = theirs.ok
          ? ours.text === theirs.output
          : sameFailure(ours.failure?.message, theirs.output);
        if (!same) wrong.push(`${path}: ${ours.failure?.message ?? 'another text'}`);
      },
    );
    expect(wrong).toEqual([]);
    expect(built).toBeGreaterThan(750);
  }, 600_000);

  it.each([
    { flags: [], request: {} },
    {
      flags: [
        '--include-crds',
        '--namespace',
        'prod',
        '--kube-version',
        '1.30',
        '--api-versions',
        'a/v1',
      ],
      request: { includeCrds: true, namespace: 'prod', kubeVersion: '1.30', apiVersions: ['a/v1'] },
    },
  ])(
    'template as helm does, or fail with its words: $flags',
    async ({ flags, request }) => {
      const wrong: string[] = [];
      await inPairs(folders('Chart.yaml'), async path => {
        const theirs = await run('helm', ['template', 'shop', join(corpora, path), ...flags]);
        const ours = await renderer.render('helm', repository, {
          path,
          release: 'shop',
          values: [],
          text: true,
          ...request,
        });
        const random = ours.objects?.some(({ volatile }) => volatile !== undefined) ?? false;
        const [left, right] = [ours.text, theirs.output].map(text =>
          random ? withoutRandom(text) : text,
        );
        const same = theirs.ok
          ? left === right
          : theirs.output.endsWith(`Error: ${ours.failure?.message}\n`);
        if (!same) wrong.push(`${path}: ${ours.failure?.message ?? 'another text'}`);
      });
      expect(wrong).toEqual([]);
    },
    300_000,
  );
});

/** Two processes at a time. */
async function inPairs<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = [...items];
  const worker = async () => {
    for (let item = queue.pop(); item !== undefined; item = queue.pop()) await work(item);
  };
  await Promise.all([worker(), worker()]);
}

function run(tool: string, args: string[]): Promise<{ ok: boolean; output: string }> {
  const options = { env: { HOME: tmpdir(), PATH: '' }, maxBuffer: 1 << 28 };
  return new Promise(done => {
    execFile(join(tools, tool), args, options, (error, stdout, stderr) =>
      done({ ok: !error, output: error ? stderr : stdout }),
    );
  });
}

/** What needs the network fails in both, each with its own reason for having none. */
function sameFailure(ours: string | undefined, theirs: string): boolean {
  const error = theirs.slice(theirs.indexOf('Error: ')).trim();
  const remote = ours !== undefined && /network is not used while rendering/.test(ours);
  return `Error: ${ours}`.trim() === error || (remote && /dial tcp|lookup /.test(error));
}

function withoutRandom(text: string): string {
  return text.replace(/-[a-z0-9]{5}\b/g, '-#####');
}
