import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { ResidentProgram } from '../../src/core/upstream/process.ts';
import type { RendererAnswer } from '../../src/core/upstream/renderer.ts';
import { WrittenFile } from './written.ts';

/** A folder that can be rendered. */
export interface Subject {
  kind: 'kustomization' | 'chart';
  path: string;
}

const kustomizations = /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/;
const chunkBytes = 8_000_000;

/** A folder of repositories, as one tree in the renderer, whose files can be changed for one render. */
export class Corpora {
  readonly subjects: Subject[];
  readonly #root: string;
  readonly #resident: ResidentProgram;
  readonly #hashes = new Map<string, string>();
  readonly #written = new Map<string, WrittenFile>();

  /** Reads every file below a folder; `send` gives them to the renderer. */
  constructor(root: string, resident: ResidentProgram) {
    this.#root = realpathSync(root);
    this.#resident = resident;
    for (const entry of readdirSync(this.#root, { recursive: true, withFileTypes: true })) {
      const name = relative(this.#root, join(entry.parentPath, entry.name)).replaceAll('\\', '/');
      if (entry.isFile()) this.#hashes.set(name, '');
    }
    const folders = (kind: Subject['kind'], pattern: RegExp) =>
      [...this.#hashes.keys()]
        .filter(name => pattern.test(name))
        .sort()
        .map(name => ({ kind, path: dirname(name) }));
    this.subjects = [
      ...folders('kustomization', kustomizations),
      ...folders('chart', /(?:^|\/)Chart\.yaml$/),
    ];
  }

  async send(): Promise<void> {
    let texts: Record<string, string> = {};
    let size = 0;
    const flush = async () => {
      await this.#resident.request('content', { texts });
      texts = {};
      size = 0;
    };
    const contents = new Map<string, string>();
    for (const name of this.#hashes.keys()) {
      const text = readFileSync(join(this.#root, name), 'utf8');
      const hash = hashOf(text);
      this.#hashes.set(name, hash);
      contents.set(hash, text);
    }
    const files = Object.fromEntries(this.#hashes);
    await this.#resident.request('tree', { tree: this.#root, root: this.#root, files });
    for (const [hash, text] of contents) {
      texts[hash] = text;
      size += text.length;
      if (size > chunkBytes) await flush();
    }
    await flush();
  }

  render({ kind, path }: Subject, trace: boolean): Promise<RendererAnswer> {
    const tree = this.#root;
    if (kind === 'kustomization') return this.#resident.request('kustomize', { tree, path, trace });
    const release = { release: 'shop', namespace: 'store', includeCrds: true, values: [] };
    return this.#resident.request('helm', { tree, path, trace, ...release });
  }

  /** What stands in a file, read once. */
  written(file: string): WrittenFile {
    const known = this.#written.get(file);
    if (known) return known;
    const read = new WrittenFile(file, readFileSync(join(this.#root, file), 'utf8'));
    this.#written.set(file, read);
    return read;
  }

  /** Does something while a file has another text. */
  async withText<T>(file: string, text: string, work: () => Promise<T>): Promise<T> {
    const tree = this.#root;
    const hash = hashOf(text);
    const own = this.#hashes.get(file) ?? '';
    await this.#resident.request('content', { texts: { [hash]: text } });
    await this.#resident.request('change', { tree, put: { [file]: hash } });
    try {
      return await work();
    } finally {
      await this.#resident.request('change', { tree, put: { [file]: own } });
    }
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
