import { createHash } from 'node:crypto';
import type { Repository } from '../model/repository.ts';
import type { RenderedSource } from './renderer.ts';

/** The files of a repository as a render sees them. */
export interface FileState {
  files: ReadonlySet<string>;
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

  get(target: object, trace: boolean, state: FileState): RenderedSource | undefined {
    const entries = this.#entries.get(JSON.stringify(target)) ?? [];
    return entries.find(entry => (entry.trace || !trace) && isCurrent(entry, state))?.rendered;
  }

  put(target: object, trace: boolean, state: FileState, rendered: RenderedSource): void {
    const entry: Entry = {
      trace,
      rendered,
      hashes: new Map(rendered.reads.map(file => [file, state.hash(file)])),
      names: new Map(rendered.listed.map(folder => [folder, namesBelow(folder, state)])),
    };
    const key = JSON.stringify(target);
    const others = (this.#entries.get(key) ?? []).filter(other => other.rendered !== rendered);
    this.#entries.set(key, [entry, ...others].slice(0, this.#perSource));
  }
}

interface Entry {
  trace: boolean;
  rendered: RenderedSource;
  hashes: Map<string, string>;
  names: Map<string, string>;
}

function isCurrent({ rendered, hashes, names }: Entry, state: FileState): boolean {
  return (
    [...hashes].every(([file, hash]) => state.files.has(file) && state.hash(file) === hash) &&
    rendered.absent.every(path => !exists(path, state)) &&
    [...names].every(([folder, list]) => namesBelow(folder, state) === list)
  );
}

function exists(path: string, { files }: FileState): boolean {
  if (files.has(path)) return true;
  for (const file of files) if (file.startsWith(`${path}/`)) return true;
  return false;
}

function namesBelow(folder: string, { files }: FileState): string {
  const prefix = folder === '' ? '' : `${folder}/`;
  const names = new Set<string>();
  for (const file of files)
    if (file.startsWith(prefix)) names.add(file.slice(prefix.length).split('/', 1)[0] ?? '');
  return createHash('sha256')
    .update([...names].sort().join('\n'))
    .digest('base64url');
}

/** The state of a repository whose hashes are known. */
export function fileState(repository: Repository, hashes: ReadonlyMap<string, string>): FileState {
  return { files: new Set(repository.files), hash: file => hashes.get(file) ?? '' };
}
