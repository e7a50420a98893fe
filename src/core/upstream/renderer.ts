import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import type { Repository } from '../model/repository.ts';
import type { JsonObject } from '../model/resource.ts';
import type { SetAnswer, SetRequest } from './application-sets.ts';
import { UpstreamError } from './error.ts';
import { KnownValues } from './known-values.ts';
import type { ResidentProgram } from './process.ts';

/** What the renderer answers to `kustomize` and `helm`; files and folders relative to the repository. */
export interface RendererAnswer {
  text: string;
  objects: RendererObject[];
  failure?: { message: string; missing?: string[]; faults?: RendererFault[] };
  /** Files that were read, paths that were looked for in vain, folders whose names were read. */
  reads: string[];
  absent: string[];
  listed: string[];
  /** What changes nothing in this render; in answers to requests with `trace`. */
  unused?: RendererUnused[];
}

/** One cause for which a render fails, in answers to requests with `trace`; the fields are those of `RenderFault`. */
export interface RendererFault {
  message: string;
  file: string;
  line: number;
  column: number;
  field?: string;
  path?: string;
  whole?: boolean;
  known?: string[];
  unavailable?: boolean;
  related?: { file: string; line: number; column: number }[];
}

/** A value that no template reads, or a patch or image that matches nothing. */
export interface RendererUnused {
  kind: 'patch' | 'image' | 'target' | 'value';
  name: string;
  file: string;
  line: number;
  column: number;
}

export interface RendererObject {
  /** The same object for the same value as in the last answer to the same request. */
  value: JsonObject;
  /** Names the value: equal values have the same. */
  key: string;
  /** The chart's template that printed it. */
  source?: string;
  /** Why it may not be what would be applied. */
  unresolved?: string;
  /** The variables that nothing sets, where that is why. */
  unset?: string[];
  /** JSON pointers of what another render makes otherwise, such as a generated password. */
  volatile?: string[];
  /** JSON pointers of what a value of a Secret made. */
  sensitive?: string[];
  /** In answers to requests with `trace`. */
  provenance?: RendererProvenance;
}

/** Where an object and its fields come from; `places` are shared by the fields of one answer. */
export interface RendererProvenance {
  source: RendererPlace;
  /** JSON pointer → place. */
  fields: Record<string, RendererPlace>;
}

export interface RendererPlace {
  file: string;
  line: number;
  column: number;
  how: 'exact' | 'transformed' | 'template' | 'unknown';
  /** A map all of whose fields stand as they are below this place: they have no places of their own here. */
  below?: boolean;
  via?: string[];
}

/** Files that cannot end up in a manifest, or only by chance: neither read nor sent. */
const unsent =
  /\.(png|jpe?g|gif|webp|ico|mp4|mov|webm|woff2?|ttf|zip|jar|exe|dll|so|dylib|pdf|bin|wasm)$/i;
/** An object holds 1.5 MB at most, but a file may hold many. */
const maxFileBytes = 16 * 1024 * 1024;
const chunkBytes = 4 * 1024 * 1024;
const readsAtOnce = 128;
/** States of repositories that the program keeps; their contents are shared. */
const maxTrees = 8;

/**
 * The renderer program, with the repositories it knows. A repository's files are sent when it is first
 * rendered; contents that it knows from another revision are not sent again.
 */
export class RendererProgram {
  readonly #program: ResidentProgram;
  /** Each repository object has a tree of its own in the program: what it was once cannot change. */
  readonly #trees = new WeakMap<Repository, string>();
  readonly #sent = new Map<string, Promise<void>>();
  /** The trees in the program, the oldest first. */
  readonly #kept: string[] = [];
  readonly #hashes = new WeakMap<Repository, Promise<Map<string, string>>>();
  /** The tree that a repository was derived from, and the files that differ, until it is sent. */
  readonly #origins = new WeakMap<Repository, { from: string; files: string[] }>();
  readonly #values = new KnownValues();
  #count = 0;

  constructor(program: ResidentProgram) {
    this.#program = program;
  }

  /**
   * Renders; `request` is what `upstream/renderer` documents at its `Request` types. Values that the last answer
   * to the same request had are not sent again. `contents` are those of files that the request lays over the
   * repository, by their hashes.
   */
  async render(
    op: 'kustomize' | 'helm',
    repository: Repository,
    request: object,
    signal?: AbortSignal,
    contents: ReadonlyMap<string, Uint8Array> = new Map(),
  ): Promise<RendererAnswer> {
    const tree = this.#treeOf(repository);
    const known = this.#values.of(op, repository.root, request);
    const body = { ...request, tree, have: [...known.keys()] };
    for (let attempt = 1; ; attempt++) {
      await this.#send(tree, repository);
      try {
        const answer = await this.#program.request<RendererAnswer>(op, body, signal);
        this.#values.keep(op, repository.root, request, known, answer.objects ?? []);
        return answer;
      } catch (error) {
        if (attempt > 3 || !UpstreamError.is(error)) throw error;
        if (error.code === 'unknown-content') await this.#sendLaid(contents, error.message);
        else if (isUnknownTree(error))
          this.#sent.delete(tree); // the program was started anew
        else throw error;
      }
    }
  }

  /** The Applications of an ApplicationSet. */
  async expand(
    repository: Repository,
    request: SetRequest,
    signal?: AbortSignal,
  ): Promise<SetAnswer> {
    const tree = this.#treeOf(repository);
    for (let attempt = 1; ; attempt++) {
      await this.#send(tree, repository);
      try {
        return await this.#program.request<SetAnswer>('appset', { ...request, tree }, signal);
      } catch (error) {
        if (attempt > 1 || !isUnknownTree(error)) throw error;
        this.#sent.delete(tree); // the program was started anew
      }
    }
  }

  async #sendLaid(contents: ReadonlyMap<string, Uint8Array>, hashes: string): Promise<void> {
    const chunk = new Chunk();
    for (const hash of hashes.split(' ')) {
      const content = contents.get(hash);
      if (content) chunk.add(hash, content);
    }
    await this.#program.request('content', chunk.body);
  }

  /** Hash of each file's content; empty for files that are not sent. Read once per repository. */
  hashes(repository: Repository): Promise<ReadonlyMap<string, string>> {
    return this.#hashesOf(repository);
  }

  /**
   * Says that a repository is another one with other contents in these files (added or removed ones among
   * them), so that only they are read to know its hashes.
   */
  derive(from: Repository, to: Repository, files: Iterable<string>): void {
    const known = this.#hashes.get(from);
    if (!known || this.#hashes.has(to)) return;
    const changed = [...files];
    const derived = known.then(hashes => rehash(hashes, to, changed));
    const tree = this.#trees.get(from);
    if (tree !== undefined) this.#origins.set(to, { from: tree, files: changed });
    this.#hashes.set(to, derived);
    derived.catch(() => this.#hashes.delete(to));
  }

  #treeOf(repository: Repository): string {
    const known = this.#trees.get(repository);
    if (known !== undefined) return known;
    const tree = `${repository.root} ${repository.revision} ${++this.#count}`;
    this.#trees.set(repository, tree);
    return tree;
  }

  /** Sends what the program has not yet; those who ask meanwhile wait for the same. */
  #send(tree: string, repository: Repository): Promise<void> {
    const known = this.#sent.get(tree);
    if (known) return known;
    const sent = this.#sendTree(tree, repository);
    this.#sent.set(tree, sent);
    sent.catch(() => this.#sent.delete(tree));
    return sent;
  }

  async #sendTree(tree: string, repository: Repository): Promise<void> {
    const hashes = await this.#hashesOf(repository);
    const { missing } = await this.#sendListing(tree, repository, hashes);
    await this.#sendContents(repository, hashes, new Set(missing));
    await this.#dropOldest(tree);
  }

  /** The listing, or where the program knows most of it, what differs. */
  async #sendListing(
    tree: string,
    repository: Repository,
    hashes: ReadonlyMap<string, string>,
  ): Promise<{ missing: string[] }> {
    const origin = this.#origins.get(repository);
    this.#origins.delete(repository);
    if (origin && this.#kept.includes(origin.from)) {
      const put = origin.files.filter(file => hashes.has(file));
      const body = {
        tree,
        from: origin.from,
        put: Object.fromEntries(put.map(file => [file, hashes.get(file)])),
        delete: origin.files.filter(file => !hashes.has(file)),
      };
      try {
        return await this.#program.request('tree', body);
      } catch (error) {
        if (!isUnknownTree(error)) throw error;
      }
    }
    const files = Object.fromEntries(hashes);
    return this.#program.request('tree', { tree, root: repository.root, files });
  }

  async #dropOldest(newest: string): Promise<void> {
    if (!this.#kept.includes(newest)) this.#kept.push(newest);
    const [oldest = ''] = this.#kept;
    if (this.#kept.length <= maxTrees) return;
    this.#kept.shift();
    this.#sent.delete(oldest);
    await this.#program.request('drop', { tree: oldest });
  }

  async #sendContents(
    repository: Repository,
    hashes: ReadonlyMap<string, string>,
    missing: Set<string>,
  ): Promise<void> {
    let chunk = new Chunk();
    const wanted = [...hashes].filter(([, hash]) => missing.delete(hash));
    for (let at = 0; at < wanted.length; at += readsAtOnce) {
      const some = wanted.slice(at, at + readsAtOnce);
      // Together: of a commit, one git process reads what is asked for at one time.
      const contents = await Promise.all(some.map(([file]) => repository.read(file)));
      for (const [index, [, hash]] of some.entries()) {
        chunk.add(hash, contents[index] as Uint8Array);
        if (chunk.bytes < chunkBytes) continue;
        await this.#program.request('content', chunk.body);
        chunk = new Chunk();
      }
    }
    if (chunk.bytes > 0) await this.#program.request('content', chunk.body);
  }

  #hashesOf(repository: Repository): Promise<Map<string, string>> {
    const known = this.#hashes.get(repository);
    if (known) return known;
    const made = hashFiles(repository);
    this.#hashes.set(repository, made);
    made.catch(() => this.#hashes.delete(repository));
    return made;
  }
}

function isUnknownTree(error: unknown): boolean {
  return UpstreamError.is(error) && error.code === 'unknown-tree';
}

class Chunk {
  bytes = 0;
  readonly body: { texts: Record<string, string>; base64: Record<string, string> } = {
    texts: {},
    base64: {},
  };

  add(hash: string, content: Uint8Array): void {
    const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
    if (isUtf8(bytes)) this.body.texts[hash] = bytes.toString();
    else this.body.base64[hash] = bytes.toString('base64');
    this.bytes += bytes.length + 1;
  }
}

async function hashFiles(repository: Repository): Promise<Map<string, string>> {
  const hashes = new Map<string, string>();
  const queue = [...repository.files];
  for (const file of queue) hashes.set(file, '');
  const work = async () => {
    for (let file = queue.pop(); file !== undefined; file = queue.pop())
      if (!unsent.test(file)) hashes.set(file, await hashOf(repository, file));
  };
  await Promise.all(Array.from({ length: readsAtOnce }, work));
  return hashes;
}

async function rehash(
  before: ReadonlyMap<string, string>,
  repository: Repository,
  files: Iterable<string>,
): Promise<Map<string, string>> {
  const changed = new Set(files);
  const hashes = new Map<string, string>();
  for (const file of repository.files) {
    const known = changed.has(file) ? undefined : before.get(file);
    hashes.set(file, known ?? (unsent.test(file) ? '' : await hashOf(repository, file)));
  }
  return hashes;
}

/** A file that cannot be read counts as one that was not sent: only a render that needs it fails. */
async function hashOf(repository: Repository, file: string): Promise<string> {
  try {
    const content = await repository.read(file);
    if (content.byteLength > maxFileBytes) return '';
    return createHash('sha256').update(content).digest('base64url');
  } catch {
    return '';
  }
}
