import { Breath } from '../lib/breath.ts';
import type { Repository } from '../model/repository.ts';
import { resourceKey } from '../model/resource.ts';
import type { ChartFolder, IndexedFile, IndexedObject, KustomizationFile } from './index-types.ts';
import { SourceFile } from './indexed-file.ts';
import { isCandidate } from './roles/classify.ts';
import { readStructure, roleOf, type Structure, shapesStructure } from './roles/structure.ts';
import { scan } from './scan.ts';
import type { ParsedFile } from './syntax.ts';

interface Tables {
  objects: IndexedObject[];
  byIdentity: Map<string, IndexedObject[]>;
  byKind: Map<string, IndexedObject[]>;
}

/**
 * The YAML and JSON of a repository with the role of each file, the objects of its manifests, and its
 * kustomizations and charts. Files change one at a time (`update`); only that file is read again.
 */
export class RepositoryIndex {
  readonly repository: Repository;
  /** Files that could not be read, and why: what they hold is not checked. */
  readonly unread: readonly { file: string; reason: string }[];
  readonly #sources: Map<string, SourceFile>;
  readonly #listed: Set<string>;
  #structure: Structure;
  #files: readonly IndexedFile[] | undefined;
  #tables: Tables | undefined;

  /** Reads every file that may be a manifest. Throws the signal's reason when aborted. */
  static async build(repository: Repository, signal?: AbortSignal): Promise<RepositoryIndex> {
    const unread: { file: string; reason: string }[] = [...repository.left];
    const sources = new Map<string, SourceFile>();
    for await (const { path, text } of scan(repository, unread, signal))
      sources.set(path, new SourceFile(path, text));
    const structure = readStructure(sources, repository.files);
    const breath = new Breath();
    for (const file of sources.values()) {
      file.role = roleOf(file, structure);
      if (!breath.isDue) continue;
      await breath.take();
      signal?.throwIfAborted();
    }
    return new RepositoryIndex(repository, sources, unread, structure);
  }

  private constructor(
    repository: Repository,
    sources: Map<string, SourceFile>,
    unread: readonly { file: string; reason: string }[],
    structure: Structure,
  ) {
    this.repository = repository;
    this.unread = unread;
    this.#sources = sources;
    this.#listed = new Set(repository.files);
    this.#structure = structure;
  }

  file(path: string): IndexedFile | undefined {
    return this.#sources.get(path);
  }

  /** The content of a file as it was read for its role; undefined where it is another, or nobody read it. */
  parsed(path: string, text: string): ParsedFile | undefined {
    const file = this.#sources.get(path);
    return file?.text === text ? file.parsed : undefined;
  }

  /** All indexed files, whatever their role, sorted by path. */
  files(): readonly IndexedFile[] {
    this.#files ??= [...this.#sources.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
    return this.#files;
  }

  /** The objects of all files of role `manifest`. */
  objects(): readonly IndexedObject[] {
    return this.#table().objects;
  }

  /** The manifests with an identity (`resourceKey`): several for a base and its variants. */
  byIdentity(key: string): readonly IndexedObject[] {
    return this.#table().byIdentity.get(key) ?? [];
  }

  ofKind(group: string, kind: string): readonly IndexedObject[] {
    return this.#table().byKind.get(`${group}/${kind}`) ?? [];
  }

  /** By folder; `''` is the root. */
  get kustomizations(): ReadonlyMap<string, KustomizationFile> {
    return this.#structure.kustomizations;
  }

  /** By folder; `''` is the root. */
  get charts(): ReadonlyMap<string, ChartFolder> {
    return this.#structure.charts;
  }

  /** True for a file of the repository, also one that is not indexed (a generator's input). */
  isListed(path: string): boolean {
    return this.#listed.has(path);
  }

  /** The kustomizations that name this file or folder as a resource, base or component. */
  usersOf(path: string): readonly KustomizationFile[] {
    return this.#structure.builtBy.get(path) ?? [];
  }

  /**
   * True when what the file says is what will be applied: a manifest that no kustomization builds. Others
   * may be completed by an overlay, so that what they leave out must not be missed in them.
   */
  standsAlone(path: string): boolean {
    return this.#sources.get(path)?.role === 'manifest' && this.usersOf(path).length === 0;
  }

  /** Takes the new text of one file, or removes it (`undefined`). Other files are not read again. */
  update(path: string, text: string | undefined): void {
    if (!isCandidate(path)) return;
    const isNew = !this.#sources.has(path);
    if (text === undefined) {
      this.#sources.delete(path);
      this.#listed.delete(path);
    } else {
      this.#sources.set(path, new SourceFile(path, text));
      this.#listed.add(path);
    }
    this.#tables = undefined;
    this.#files = undefined;
    const file = this.#sources.get(path);
    if (!file || isNew || shapesStructure(path)) this.#structure = this.#restructure();
    else file.role = roleOf(file, this.#structure);
  }

  #restructure(): Structure {
    const structure = readStructure(this.#sources, this.#listed);
    for (const file of this.#sources.values()) file.role = roleOf(file, structure);
    return structure;
  }

  #table(): Tables {
    this.#tables ??= tablesOf(this.files());
    return this.#tables;
  }
}

function tablesOf(files: readonly IndexedFile[]): Tables {
  const objects = files.filter(file => file.role === 'manifest').flatMap(file => file.objects);
  const named = objects.filter(({ resource }) => resource.name !== '');
  return {
    objects,
    byIdentity: Map.groupBy(named, ({ resource }) => resourceKey(resource)),
    byKind: Map.groupBy(objects, ({ resource }) => `${resource.group}/${resource.kind}`),
  };
}
