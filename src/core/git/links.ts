import { posix } from 'node:path';

/** What a tree holds at a path: a file, or a symbolic link and the text it holds. */
export type TreeEntry = { kind: 'file' } | { kind: 'link'; target: string };

export interface ResolvedTree {
  /** Each listed file, and the path at which its content is: its own, or where its links lead. */
  files: Map<string, string>;
  left: { file: string; reason: string }[];
}

/**
 * Follows the symbolic links of a tree without touching a disk. A link to a file is that file under the
 * link's path, a link to a folder is everything below it; links that leave the tree, lead nowhere or lead
 * back to a folder they are in are left out. `root` is the tree's absolute path, for absolute links into it.
 */
export function resolveLinks(entries: ReadonlyMap<string, TreeEntry>, root?: string): ResolvedTree {
  const tree = new Tree(entries, root);
  for (const [path, entry] of entries) {
    if (entry.kind === 'file') tree.add(path, path);
    else tree.follow(path, path, []);
  }
  return { files: tree.files, left: tree.left };
}

/** The paths that are listed by way of links. */
export function linkedFiles({ files }: Pick<ResolvedTree, 'files'>): string[] {
  return [...files].flatMap(([path, real]) => (path === real ? [] : [path]));
}

/** More entries than this are not followed by way of links: links to links multiply without end. */
const maxLinked = 50_000;
const maxHops = 40;
const endless = Symbol('endless');

class Tree {
  readonly files = new Map<string, string>();
  readonly left: { file: string; reason: string }[] = [];
  readonly #entries: ReadonlyMap<string, TreeEntry>;
  readonly #root: string | undefined;
  /** Direct children of each folder. */
  readonly #folders = new Map<string, Set<string>>();
  #linked = 0;

  constructor(entries: ReadonlyMap<string, TreeEntry>, root: string | undefined) {
    this.#entries = entries;
    this.#root = root;
    for (const path of entries.keys()) this.#addToFolder(path);
  }

  add(path: string, real: string): void {
    this.files.set(path, real);
  }

  /** Lists what the link at `real` leads to under `path`; `chain` are the folders it was reached through. */
  follow(path: string, real: string, chain: readonly string[]): void {
    if (this.#isExhausted(path)) return;
    const target = this.#resolve(real, 0);
    if (target === undefined) this.#leave(path, 'is a link that leads out of the repository');
    else if (target === endless) this.#leave(path, 'is a link that leads to itself');
    else if (target === '') this.#leave(path, 'is a link to the whole repository');
    else if (this.#entries.get(target)?.kind === 'file') this.#addLinked(path, target);
    else if (!this.#folders.has(target)) this.#leave(path, 'is a link that leads nowhere');
    else this.#enter(path, target, [...chain, parentOf(real)]);
  }

  #enter(path: string, folder: string, chain: readonly string[]): void {
    if (chain.some(above => isWithin(folder, above)))
      this.#leave(path, 'is a link to a folder that it is in');
    else this.#expand(path, folder, [...chain, folder]);
  }

  #expand(path: string, folder: string, chain: readonly string[]): void {
    for (const name of this.#folders.get(folder) ?? []) {
      if (this.#linked > maxLinked) return;
      const real = `${folder}/${name}`;
      const entry = this.#entries.get(real);
      if (entry === undefined) this.#expand(`${path}/${name}`, real, chain);
      else if (entry.kind === 'link') this.follow(`${path}/${name}`, real, chain);
      else this.#addLinked(`${path}/${name}`, real);
    }
  }

  #addLinked(path: string, real: string): void {
    if (!this.#isExhausted(path)) this.files.set(path, real);
  }

  #leave(file: string, reason: string): void {
    this.left.push({ file, reason });
  }

  /** Counts what is listed by way of links; true when it is too much. */
  #isExhausted(path: string): boolean {
    this.#linked++;
    if (this.#linked === maxLinked + 1)
      this.#leave(
        path,
        `and what follows are left out: links lead to more than ${maxLinked} files`,
      );
    return this.#linked > maxLinked;
  }

  /** The path without links that a link leads to; undefined when it leaves the tree. */
  #resolve(link: string, hops: number): string | typeof endless | undefined {
    const entry = this.#entries.get(link);
    if (hops > maxHops) return endless;
    if (entry?.kind !== 'link') return undefined;
    const start = this.#startOf(link, entry.target);
    if (start === undefined) return undefined;
    let path = start.folder;
    for (const part of start.rest.split('/')) {
      if (part === '' || part === '.') continue;
      if (part === '..') {
        if (path === '') return undefined;
        path = parentOf(path);
        continue;
      }
      path = path === '' ? part : `${path}/${part}`;
      if (this.#entries.get(path)?.kind !== 'link') continue;
      const next = this.#resolve(path, hops + 1);
      if (next === undefined || next === endless) return next;
      path = next;
    }
    return path;
  }

  #startOf(link: string, target: string): { folder: string; rest: string } | undefined {
    if (!posix.isAbsolute(target)) return { folder: parentOf(link), rest: target };
    if (this.#root === undefined || !isWithin(this.#root, target)) return undefined;
    return { folder: '', rest: target.slice(this.#root.length) };
  }

  #addToFolder(path: string): void {
    for (let at = path; at !== ''; ) {
      const parent = parentOf(at);
      const children = this.#folders.get(parent);
      const name = parent === '' ? at : at.slice(parent.length + 1);
      if (children) {
        children.add(name);
        return;
      }
      this.#folders.set(parent, new Set([name]));
      at = parent;
    }
  }
}

function parentOf(path: string): string {
  const slash = path.lastIndexOf('/');
  return slash < 0 ? '' : path.slice(0, slash);
}

function isWithin(folder: string, path: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}
