import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { editedRepository } from '../../src/core/git/edited.ts';
import type { Repository } from '../../src/core/model/repository.ts';
import type { JsonObject } from '../../src/core/model/resource.ts';
import { packedIn, withPlacesHere } from '../../src/core/render/elsewhere.ts';
import { type Locate, locateIn } from '../../src/core/render/locate.ts';
import { WrittenTexts } from '../../src/core/render/written-texts.ts';
import type { ResidentProgram } from '../../src/core/upstream/process.ts';
import { type RendererObject, RendererProgram } from '../../src/core/upstream/renderer.ts';
import { WrittenFile } from './written.ts';

/** A folder that can be rendered. */
export interface Subject {
  kind: 'kustomization' | 'chart';
  path: string;
}

/** A rendered object, as the renderer gives it. */
export interface Made extends RendererObject {
  /** Absent where places were not asked for, and where none are known. */
  locate?: Locate;
}

export interface Answer {
  objects: Made[];
  failure?: string;
}

const kustomizations = /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/;

/** A folder of repositories as one repository, with what can be rendered in it. */
export class Corpora {
  readonly subjects: Subject[];
  readonly #repository: Repository;
  readonly #renderer: RendererProgram;
  readonly #written = new Map<string, WrittenFile>();

  constructor(folder: string, resident: ResidentProgram) {
    this.#renderer = new RendererProgram(resident);
    this.#repository = repositoryAt(realpathSync(folder));
    const folders = (kind: Subject['kind'], pattern: RegExp) =>
      this.#repository.files
        .filter(name => pattern.test(name))
        .map(name => ({ kind, path: dirname(name) }));
    this.subjects = [
      ...folders('kustomization', kustomizations),
      ...folders('chart', /(?:^|\/)Chart\.yaml$/),
    ];
  }

  /** Renders with the places of all fields. */
  async trace(subject: Subject): Promise<Answer> {
    const answer = await this.#ask(subject, this.#repository, true);
    const texts = await WrittenTexts.of(answer, this.#repository);
    const objects = (answer.objects ?? []).map(object => {
      const { provenance } = object;
      return provenance ? { ...object, locate: locateIn(provenance, texts) } : object;
    });
    return { objects, failure: answer.failure?.message };
  }

  /** Renders the objects only; empty where that fails. */
  async render(subject: Subject): Promise<JsonObject[]> {
    const { objects, failure } = await this.#ask(subject, this.#repository, false);
    return failure ? [] : (objects ?? []).map(({ value }) => value);
  }

  /** Renders with another text in a file. */
  async renderWith(subject: Subject, file: string, text: string): Promise<Answer> {
    const edited = editedRepository(this.#repository, new Map([[file, text]]));
    this.#renderer.derive(this.#repository, edited, [file]);
    const { objects, failure } = await this.#ask(subject, edited, false);
    return { objects: objects ?? [], failure: failure?.message };
  }

  async #ask({ kind, path }: Subject, repository: Repository, trace: boolean) {
    if (kind === 'kustomization')
      return this.#renderer.render('kustomize', repository, { path, trace });
    const release = { release: 'shop', namespace: 'store', includeCrds: true, values: [] };
    const answer = await this.#renderer.render('helm', repository, { path, trace, ...release });
    const place = { file: path === '' ? 'Chart.yaml' : `${path}/Chart.yaml`, line: 1, column: 1 };
    return withPlacesHere(answer, packedIn(answer, place));
  }

  /** What stands in a file, read once. */
  written(file: string): WrittenFile {
    const known = this.#written.get(file);
    if (known) return known;
    const text = readFileSync(join(this.#repository.root, file), 'utf8');
    const read = new WrittenFile(file, text);
    this.#written.set(file, read);
    return read;
  }
}

function repositoryAt(root: string): Repository {
  const files = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort();
  const read = async (file: string) => readFileSync(join(root, file));
  return { root, revision: 'working tree', files, left: [], read };
}
