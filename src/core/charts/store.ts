import { createHash } from 'node:crypto';
import { type FSWatcher, mkdirSync, watch } from 'node:fs';
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ChartReference } from '../model/environment.ts';
import { isObject } from '../model/resource.ts';
import { withoutSlash } from './names.ts';

/** Several charts are mostly stored one after the other. */
const quietMilliseconds = 200;

/** What is known of one chart of one repository. */
interface ChartRecord {
  url: string;
  name: string;
  /** By the version that was asked for, such as `6.x` or a tag: what it meant when it was fetched. */
  asked: Record<string, StoredChart>;
  versions: Record<string, StoredChart>;
}

export interface StoredChart {
  version: string;
  /** SHA-256 of the archive in hex. */
  digest: string;
  /** Address of the archive. */
  from: string;
  /** When it was fetched, as ISO 8601. */
  at: string;
}

export interface NewChart {
  version: string;
  digest: string;
  from: string;
  archive: Uint8Array;
}

/**
 * The charts that were fetched, in a folder of the person's cache: archives by their digest, and for each chart
 * of each repository what its versions are. Nothing in it is named by what a repository says.
 */
export class ChartStore {
  readonly folder: string;
  /** State of the archives that were read and found whole, by digest. */
  readonly #whole = new Map<string, string>();
  readonly #onStored: (() => void)[] = [];

  constructor(folder: string) {
    this.folder = folder;
  }

  /** What the version that is asked for meant when it was fetched last; undefined where it never was. */
  async find({ url, name, version }: ChartReference): Promise<StoredChart | undefined> {
    const record = await this.#record(url, name);
    return own(record?.asked, version) ?? own(record?.versions, version);
  }

  /** True where the archive is there and is what was stored; read once as long as the file stays as it is. */
  async has(digest: string): Promise<boolean> {
    const file = await stat(this.#archive(digest)).catch(() => undefined);
    if (!file) return false;
    const state = `${file.mtimeMs} ${file.size} ${file.ino}`;
    if (this.#whole.get(digest) === state) return true;
    if (!(await this.read(digest))) return false;
    this.#whole.set(digest, state);
    return true;
  }

  /** The archive; undefined where it is gone or is not what was stored. */
  async read(digest: string): Promise<Uint8Array | undefined> {
    const content = await readFile(this.#archive(digest)).catch(() => undefined);
    return content && sha256(content) === digest ? content : undefined;
  }

  /** Keeps a chart; answers the digest that the same version had before, where it had another. */
  async put(reference: ChartReference, chart: NewChart, at: Date): Promise<string | undefined> {
    const { url, name, version: asked } = reference;
    await writeWhole(this.#archive(chart.digest), chart.archive);
    const known = (await this.#record(url, name)) ?? { url, name, asked: {}, versions: {} };
    const earlier = own(known.asked, asked) ?? own(known.versions, chart.version);
    const before = earlier?.version === chart.version ? earlier.digest : undefined;
    const { version, digest, from } = chart;
    const stored: StoredChart = { version, digest, from, at: at.toISOString() };
    const record: ChartRecord = {
      ...known,
      asked: { ...known.asked, [asked]: stored },
      versions: isCalledByVersion(chart)
        ? { ...known.versions, [version]: stored }
        : known.versions,
    };
    await writeWhole(this.#file(url, name), JSON.stringify(record, null, 1));
    this.#stored();
    return before === chart.digest ? undefined : before;
  }

  /** Calls the listener at once when charts were stored, by others as long as somebody listens to `onChanged`. */
  onStored(listener: () => void): void {
    this.#onStored.push(listener);
  }

  #stored(): void {
    for (const listener of this.#onStored) listener();
  }

  /**
   * Tells when charts were stored, by this process or another one. Returns what ends it; does not keep Node alive.
   */
  onChanged(listener: () => void): () => void {
    let timer: NodeJS.Timeout | undefined;
    const tell = () => {
      this.#stored();
      clearTimeout(timer);
      timer = setTimeout(listener, quietMilliseconds);
    };
    const watcher = watchFolder(join(this.folder, 'records'), tell);
    return () => {
      clearTimeout(timer);
      watcher?.close();
    };
  }

  async #record(url: string, name: string): Promise<ChartRecord | undefined> {
    const text = await readFile(this.#file(url, name), 'utf8').catch(() => '');
    try {
      const record = JSON.parse(text);
      return isObject(record) && isObject(record.versions) && isObject(record.asked)
        ? (record as unknown as ChartRecord)
        : undefined;
    } catch {
      return undefined;
    }
  }

  #file(url: string, name: string): string {
    return join(this.folder, 'records', `${sha256(`${withoutSlash(url)}\n${name}`)}.json`);
  }

  #archive(digest: string): string {
    return join(this.folder, 'archives', `${/^[0-9a-f]{64}$/.test(digest) ? digest : 'none'}.tgz`);
  }
}

/** False for a registry's tag that is not the version, such as `latest`: it may move to other bytes. */
function isCalledByVersion({ from, version }: NewChart): boolean {
  return !from.startsWith('oci://') || from.endsWith(`:${version.replaceAll('+', '_')}`);
}

export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Undefined where the folder cannot be watched: what others store is then found at the next render. */
function watchFolder(folder: string, changed: () => void): FSWatcher | undefined {
  try {
    mkdirSync(folder, { recursive: true });
    return watch(folder, { persistent: false }, changed).on('error', () => {});
  } catch {
    return undefined;
  }
}

function own<T>(map: Record<string, T> | undefined, key: string): T | undefined {
  return map && Object.hasOwn(map, key) ? map[key] : undefined;
}

/** Whoever looks sees the old file or the new one, never a part of it. */
async function writeWhole(file: string, content: Uint8Array | string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    await writeFile(temporary, content);
    await rename(temporary, file);
  } finally {
    await rm(temporary, { force: true });
  }
}
