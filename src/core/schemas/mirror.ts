import { randomUUID } from 'node:crypto';
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type GroupVersionKind, isObject, type Json } from '../model/resource.ts';
import { mirrorFolder, withoutSlash } from './folders.ts';

const limits = { ms: 10_000, bytes: 8 << 20 };
/** For how long a kind that a mirror does not have is not asked for again, in milliseconds. */
const askedLately = 24 * 60 * 60_000;

export interface Fetched {
  /** How many schemas are new. */
  count: number;
  /** Why the mirror did not answer; one sentence. */
  problem?: string;
}

/**
 * Gets the schemas of kinds from a mirror of a schema catalogue (`<address>/<group>/<kind>_<version>.json`) into the
 * person's cache; what was had, or was not there lately, is not asked for.
 */
export async function fetchSchemas(
  address: string,
  kinds: readonly GroupVersionKind[],
  signal?: AbortSignal,
): Promise<Fetched> {
  const folder = mirrorFolder(address);
  let count = 0;
  for (const { group, version, kind } of kinds) {
    if (![group, version, kind].every(name => /^\w[\w.-]*$/.test(name))) continue;
    const path = `${group}/${kind.toLowerCase()}_${version}.json`;
    const file = join(folder, path);
    if ((await isThere(file)) || (await wasAskedLately(file))) continue;
    const answer = await read(`${withoutSlash(address)}/${path}`, signal);
    if ('problem' in answer) return { count, problem: answer.problem };
    if (answer.text === undefined) await write(`${file}.none`, '');
    else {
      await write(file, answer.text);
      count++;
    }
  }
  return { count };
}

async function read(
  address: string,
  signal: AbortSignal | undefined,
): Promise<{ text: string | undefined } | { problem: string }> {
  const late = AbortSignal.timeout(limits.ms);
  try {
    const answer = await fetch(address, {
      signal: signal ? AbortSignal.any([signal, late]) : late,
      headers: { accept: 'application/json' },
    });
    if (answer.status === 404 || answer.status === 410) return { text: undefined };
    if (!answer.ok) return { problem: `${address} answers ${answer.status}` };
    const text = await answer.text();
    if (text.length > limits.bytes) return { problem: `${address} is longer than a schema is` };
    return isObject(JSON.parse(text) as Json) ? { text } : { problem: `${address} is no schema` };
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof SyntaxError) return { problem: `${address} is no JSON` };
    return { problem: `${address} does not answer` };
  }
}

async function isThere(file: string): Promise<boolean> {
  return (await stat(file).catch(() => undefined)) !== undefined;
}

async function wasAskedLately(file: string): Promise<boolean> {
  const found = await stat(`${file}.none`).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs < askedLately;
}

/** Whole or not at all: other processes read it. */
async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const temporary = `${file}.${randomUUID()}.part`;
  await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
  await rename(temporary, file);
}
