import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { UserError } from '../lib/errors.ts';
import type { ChartReference } from '../model/environment.ts';
import { type NewChart, sha256 } from './store.ts';

/** What became of one chart, by its index among those that were asked for. */
export type Fetched = { index: number } & ({ chart: NewChart } | { error: string });

/**
 * Gets charts by Helm's own libraries, in a process of its own that is allowed to connect and has the person's own
 * Helm and docker credentials. Only for trusted folders: they say which addresses are asked. Tells each result as
 * it arrives; throws the signal's reason when it aborts, and a `UserError` where the program does not work.
 */
export async function fetchArchives(
  program: string,
  charts: readonly ChartReference[],
  { signal, onResult }: { signal?: AbortSignal; onResult: (result: Fetched) => Promise<void> },
): Promise<void> {
  signal?.throwIfAborted();
  const temporary = await mkdtemp(join(tmpdir(), 'driftline-fetch-'));
  const folders = { TMPDIR: temporary, TEMP: temporary, TMP: temporary };
  const child = spawn(program, ['fetch'], {
    env: { ...process.env, ...folders },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const stop = () => child.kill('SIGKILL');
  signal?.addEventListener('abort', stop, { once: true });
  try {
    const ended = endOf(child);
    child.stdin.on('error', () => {}); // why it ended is said below
    child.stdin.end(JSON.stringify({ charts }));
    for await (const line of createInterface({ input: child.stdout })) await onResult(read(line));
    const problem = await ended;
    signal?.throwIfAborted();
    if (problem !== undefined) throw new UserError(`Charts cannot be fetched: ${problem}.`);
  } finally {
    signal?.removeEventListener('abort', stop);
    stop();
    await rm(temporary, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Why a program did not do its work; undefined where it did. */
function endOf(child: ChildProcess): Promise<string | undefined> {
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', text => {
    said = (said + text).slice(-2000);
  });
  return new Promise(resolve => {
    child.on('error', error => resolve(error.message));
    child.on('close', code =>
      resolve(code === 0 ? undefined : said.trim().split('\n').at(-1) || `it ended with ${code}`),
    );
  });
}

interface Line {
  index: number;
  version?: string;
  digest?: string;
  from?: string;
  archive?: string;
  error?: string;
}

function read(text: string): Fetched {
  const { index, version = '', digest = '', from = '', archive, error }: Line = JSON.parse(text);
  if (archive === undefined) return { index, error: error ?? 'It was not fetched.' };
  const content = Buffer.from(archive, 'base64');
  if (sha256(content) !== digest) return { index, error: 'Its archive did not arrive whole.' };
  return { index, chart: { version, digest, from, archive: content } };
}
