import type { RenderSource } from '../model/environment.ts';
import type { Repository } from '../model/repository.ts';
import type { RenderedSource, Target } from './renderer.ts';

/** The files of a repository as a render sees them. */
export interface FileState {
  /** True for a file, and for a folder that has one. */
  exists(path: string): boolean;
  /** Changes when the names in a folder do. */
  names(folder: string): string;
  /** Content hash of a file; the empty text where it is not known. */
  hash(file: string): string;
}

/**
 * Renders, kept as long as every file they read has the same content, what they looked for in vain is still
 * not there and the folders they listed have the same names. Serves several revisions of one repository.
 */
export class RenderCache {
  readonly #entries = new Map<string, Entry[]>();
  readonly #perSource: number;

  constructor(perSource = 4) {
    this.#perSource = perSource;
  }

  get({ source, origin }: Target, trace: boolean, state: FileState): RenderedSource | undefined {
    const entries = this.#entries.get(keyOf(source)) ?? [];
    const declared = JSON.stringify(origin);
    return entries.find(
      entry =>
        (entry.trace || !trace) &&
        (entry.origin === declared || (!entry.trace && isIndependent(entry.rendered))) &&
        isCurrent(entry, state),
    )?.rendered;
  }

  put(
    { source, origin }: Target,
    trace: boolean,
    state: FileState,
    rendered: RenderedSource,
  ): void {
    const entry: Entry = {
      origin: JSON.stringify(origin),
      trace,
      rendered,
      hashes: new Map(rendered.reads.map(file => [file, state.hash(file)])),
      names: new Map(rendered.listed.map(folder => [folder, state.names(folder)])),
    };
    const key = keyOf(source);
    const others = (this.#entries.get(key) ?? []).filter(other => other.rendered !== rendered);
    this.#entries.set(key, [entry, ...others].slice(0, this.#perSource));
  }
}

/** Sources are long, as values are written in them, and are asked for at every keystroke. */
const keys = new WeakMap<RenderSource, string>();

/** Equal for sources that say the same. */
export function keyOf(source: RenderSource): string {
  const known = keys.get(source) ?? JSON.stringify(source);
  keys.set(source, known);
  return known;
}

/** Where an application is declared shows in places, and in what went wrong. */
function isIndependent({ failure, notChecked }: RenderedSource): boolean {
  return failure === undefined && notChecked.length === 0;
}

interface Entry {
  origin: string | undefined;
  trace: boolean;
  rendered: RenderedSource;
  hashes: Map<string, string>;
  names: Map<string, string>;
}

function isCurrent({ rendered, hashes, names }: Entry, state: FileState): boolean {
  return (
    [...hashes].every(([file, hash]) => state.hash(file) === hash) &&
    rendered.absent.every(path => !state.exists(path)) &&
    [...names].every(([folder, list]) => state.names(folder) === list)
  );
}

/** The state of a repository whose hashes are known. */
export function fileState(repository: Repository, hashes: ReadonlyMap<string, string>): FileState {
  const folders = foldersOf(repository.files);
  return {
    exists: path => hashes.has(path) || folders.has(path),
    names: folder => folders.get(folder) ?? '',
    hash: file => hashes.get(file) ?? '',
  };
}

/** Edits keep the list of files, so that what it says of folders is worked out once. */
const knownFolders = new WeakMap<readonly string[], Map<string, string>>();

/** The names in each folder; `''` is the root. */
function foldersOf(files: readonly string[]): Map<string, string> {
  const known = knownFolders.get(files);
  if (known) return known;
  const names = new Map<string, Set<string>>();
  for (const file of files) {
    for (let path = file; path !== ''; ) {
      const folder = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
      const inside = names.get(folder);
      const name = path.slice(folder === '' ? 0 : folder.length + 1);
      if (inside?.has(name)) break;
      if (inside) inside.add(name);
      else names.set(folder, new Set([name]));
      path = folder;
    }
  }
  const folders = new Map(
    [...names].map(([folder, inside]) => [folder, [...inside].sort().join('\n')] as const),
  );
  knownFolders.set(files, folders);
  return folders;
}
