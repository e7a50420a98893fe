import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync, gzip } from 'node:zlib';

/** Half-written files older than this were left by a process that ended, in milliseconds. */
const abandoned = 60 * 60_000;

/**
 * Texts by key in a folder of the person's cache, for what can always be had again. Several processes may use it at
 * the same time; a file that was not written whole, or was damaged, counts as not there. Never throws: a cache that
 * cannot be written is none.
 */
export class DiskCache {
  readonly #folder: string;
  readonly #maxBytes: number;

  /** What was used last stays when there are more than `maxBytes`. */
  constructor(folder: string, maxBytes: number) {
    this.#folder = folder;
    this.#maxBytes = maxBytes;
  }

  async read(key: string): Promise<string | undefined> {
    const file = this.#fileOf(key);
    try {
      // At once: to have another thread read and unpack so little takes longer. A checksum stands at its end.
      const text = gunzipSync(readFileSync(file)).toString('utf8');
      const now = new Date();
      utimes(file, now, now).catch(() => {});
      return text;
    } catch {
      return undefined;
    }
  }

  async write(key: string, text: string): Promise<void> {
    const temporary = join(this.#folder, `${randomUUID()}.part`);
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(temporary, await promisify(gzip)(text), { mode: 0o600, flag: 'wx' });
      await rename(temporary, this.#fileOf(key));
      await this.#trim();
    } catch {
      await rm(temporary, { force: true }).catch(() => {});
    }
  }

  #fileOf(key: string): string {
    return join(this.#folder, `${createHash('sha256').update(key).digest('hex')}.gz`);
  }

  async #trim(): Promise<void> {
    const files = await Promise.all((await readdir(this.#folder)).map(name => this.#look(name)));
    const known = files.filter(file => file !== undefined);
    const left = known.filter(
      ({ path, used }) => path.endsWith('.part') && Date.now() - used > abandoned,
    );
    const kept = known.filter(({ path }) => path.endsWith('.gz')).sort((a, b) => b.used - a.used);
    let bytes = 0;
    const surplus = kept.filter(({ size }) => {
      bytes += size;
      return bytes > this.#maxBytes;
    });
    for (const { path } of [...left, ...surplus]) await rm(path, { force: true });
  }

  /** Undefined for what another process has just removed. */
  async #look(name: string): Promise<{ path: string; size: number; used: number } | undefined> {
    const path = join(this.#folder, name);
    const found = await stat(path).catch(() => undefined);
    return found?.isFile() ? { path, size: found.size, used: found.mtimeMs } : undefined;
  }
}
