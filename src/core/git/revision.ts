import { realpathSync } from 'node:fs';
import { UserError } from '../lib/errors.ts';
import type { Repository } from '../model/repository.ts';
import { gitIn, gitMessage, troubleOf } from './command.ts';
import { linkedFiles, resolveLinks, type TreeEntry } from './links.ts';
import { maxFileSize } from './working-tree.ts';

/**
 * The files of a folder as a commit has them, read from git's store without a checkout. `revision` is
 * anything that names a commit. Throws a `UserError` when git has no such commit here.
 */
export async function openRevision(
  folder: string,
  revision: string,
  signal?: AbortSignal,
): Promise<Repository> {
  const root = realpathSync(folder);
  const commit = await resolveCommit(root, revision, signal);
  const listing = await gitIn(root, { signal }).raw('ls-tree', '-r', '-l', '-z', commit);
  const blobs = new Map<string, Blob>();
  const left: { file: string; reason: string }[] = [];
  for (const line of listing.split('\0')) {
    const [, mode, type, id, size, path] =
      /^(\d+) (\w+) ([0-9a-f]+) +(\d+|-)\t(.*)$/s.exec(line) ?? [];
    if (id === undefined || path === undefined) continue;
    if (type === 'blob') blobs.set(path, { id, size: Number(size), link: mode === '120000' });
    else left.push({ file: path, reason: 'is a submodule, whose files are not read' });
  }
  const store = new BlobReader(root, signal);
  const tree = resolveLinks(await entriesOf(blobs, store));
  return {
    root,
    revision: commit,
    files: [...tree.files.keys()].sort(),
    linked: linkedFiles(tree),
    left: [...left, ...tree.left],
    read: file => readBlob(store, blobs.get(tree.files.get(file) ?? ''), file),
  };
}

interface Blob {
  id: string;
  size: number;
  link: boolean;
}

async function resolveCommit(
  root: string,
  revision: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  let said = '';
  try {
    const verify = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`];
    const answer = await gitIn(root, { signal }).raw(verify);
    const commit = answer.trim().split('\n').at(-1) ?? '';
    if (/^[0-9a-f]{40,64}$/.test(commit)) return commit;
  } catch (error) {
    if (signal?.aborted) throw error;
    if (troubleOf(error) === 'missing')
      throw new UserError(
        `git is not installed, so revision ${revision} cannot be read; read the working tree instead.`,
      );
    said = gitMessage(error);
  }
  if (/not a git repository/.test(said))
    throw new UserError(`${root} is not in a git repository, so it has no revision ${revision}.`);
  const detail = said === '' ? '' : ` (git says: ${said})`;
  throw new UserError(
    `The repository ${root} has no revision ${revision}${detail}; name a commit, branch or tag that it has.`,
  );
}

async function entriesOf(
  blobs: ReadonlyMap<string, Blob>,
  store: BlobReader,
): Promise<Map<string, TreeEntry>> {
  const entries = [...blobs].map(async ([path, blob]): Promise<[string, TreeEntry]> => {
    if (!blob.link) return [path, { kind: 'file' }];
    const target = new TextDecoder().decode(await store.read(blob.id));
    return [path, { kind: 'link', target }];
  });
  return new Map(await Promise.all(entries));
}

async function readBlob(
  store: BlobReader,
  blob: Blob | undefined,
  file: string,
): Promise<Uint8Array> {
  if (!blob) throw new UserError(`${file} is not a file of this revision.`);
  if (blob.size > maxFileSize)
    throw new UserError(`${file} is larger than ${maxFileSize / 1024 / 1024} MB and is not read.`);
  const bytes = await store.read(blob.id);
  if (!bytes)
    throw new UserError(`git has no content of ${file} here; fetch the repository in full.`);
  return bytes;
}

interface Waiting {
  id: string;
  resolve(bytes: Uint8Array | undefined): void;
  reject(error: unknown): void;
}

/** Reads blobs by id; what is asked for in one turn of the event loop is read by one git process. */
class BlobReader {
  readonly #root: string;
  readonly #signal: AbortSignal | undefined;
  #waiting: Waiting[] = [];

  constructor(root: string, signal: AbortSignal | undefined) {
    this.#root = root;
    this.#signal = signal;
  }

  /** Undefined when git does not have the object. */
  read(id: string): Promise<Uint8Array | undefined> {
    return new Promise((resolve, reject) => {
      if (this.#waiting.push({ id, resolve, reject }) === 1) setImmediate(() => void this.#flush());
    });
  }

  async #flush(): Promise<void> {
    const batch = this.#waiting;
    this.#waiting = [];
    try {
      const input = batch.map(({ id }) => `${id}\n`).join('');
      const output: Buffer = await gitIn(this.#root, { signal: this.#signal, input }).binaryCatFile(
        ['--batch'],
      );
      let at = 0;
      for (const { resolve } of batch) {
        const lineEnd = output.indexOf('\n', at);
        const [, , size] = output.toString('latin1', at, lineEnd).split(' ');
        at = lineEnd + 1;
        if (size === undefined) resolve(undefined);
        else {
          resolve(output.subarray(at, at + Number(size)));
          at += Number(size) + 1;
        }
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }
}
