import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { editedRepository, relisted } from '../git/edited.ts';
import { openRepository } from '../git/repository.ts';
import type { RepositoryIndex } from '../manifests/repository-index.ts';
import type { Repository } from '../model/repository.ts';

/** What `take` found: the files as they are now, which of them differ from before, and whose text was edited. */
export interface TakenFiles {
  repository: Repository;
  changed: Set<string>;
  edited: string[];
}

/**
 * The files of a repository as a person has them before their eyes: those on disk, and over them the texts of open
 * documents. The index follows edits at once and the disk with `take`.
 */
export class PresentFiles {
  readonly #index: RepositoryIndex;
  /** As they were listed last. */
  #disk: Repository;
  /** Texts of open documents, and what stood on disk when that was last seen. */
  readonly #texts = new Map<string, string>();
  readonly #saved = new Map<string, string | undefined>();
  readonly #edited = new Set<string>();
  readonly #onDisk = new Set<string>();

  constructor(disk: Repository, index: RepositoryIndex) {
    this.#disk = disk;
    this.#index = index;
  }

  /** Takes the text of an open document; `undefined` when it was closed. False where nothing is different. */
  edit(file: string, text: string | undefined): boolean {
    const before = this.#texts.get(file) ?? this.#index.file(file)?.text;
    const isOpen = this.#texts.has(file);
    if (text === undefined && !isOpen) return false;
    const now = text ?? this.#saved.get(file);
    if (text === undefined) {
      this.#texts.delete(file);
      this.#saved.delete(file);
    } else {
      if (!isOpen) this.#saved.set(file, before);
      this.#texts.set(file, text);
    }
    if (now === before) return false;
    this.#index.update(file, now);
    this.#edited.add(file);
    return true;
  }

  /** Has these files read from disk with the next `take`. */
  changedOnDisk(files: readonly string[]): void {
    for (const file of files) this.#onDisk.add(file);
  }

  /** The files without the texts of open documents, as they were read last. */
  onDiskNow(): Repository {
    return this.#disk;
  }

  /** Open documents that differ from their files. */
  editedFiles(): string[] {
    return [...this.#texts.keys()].filter(file => this.isEdited(file));
  }

  /** True while an open document differs from its file. */
  isEdited(file: string): boolean {
    return this.#texts.has(file) && this.#texts.get(file) !== this.#saved.get(file);
  }

  /** True for what the next `take` will take; without a file, when there is anything. */
  isPending(file?: string): boolean {
    if (file === undefined) return this.#edited.size > 0 || this.#onDisk.size > 0;
    return this.#edited.has(file) || this.#onDisk.has(file);
  }

  /** Takes everything that changed since the last time. Throws where the disk cannot be read; nothing is then lost but that. */
  async take(): Promise<TakenFiles> {
    const onDisk = await this.#readDisk();
    const edited = [...this.#edited];
    this.#edited.clear();
    const texts = new Map(this.#texts);
    return {
      repository: texts.size === 0 ? this.#disk : editedRepository(this.#disk, texts),
      changed: new Set([...edited, ...onDisk]),
      edited,
    };
  }

  async #readDisk(): Promise<string[]> {
    const told = [...this.#onDisk];
    if (told.length === 0) return [];
    try {
      const known = new Set(this.#disk.files);
      this.#disk = relisted(this.#disk, await openRepository(this.#disk.root));
      const listed = new Set(this.#disk.files);
      const appeared = this.#disk.files.filter(file => !known.has(file));
      const vanished = [...known].filter(file => !listed.has(file));
      const changed = [...new Set([...told, ...appeared, ...vanished])];
      for (const file of changed) {
        const text = listed.has(file) ? await this.#readText(file) : undefined;
        if (this.#texts.has(file)) this.#saved.set(file, text);
        else this.#index.update(file, text);
      }
      return changed;
    } finally {
      for (const file of told) this.#onDisk.delete(file);
    }
  }

  async #readText(file: string): Promise<string | undefined> {
    try {
      return await readFile(join(this.#disk.root, file), 'utf8');
    } catch {
      return undefined; // gone since it was listed
    }
  }
}
