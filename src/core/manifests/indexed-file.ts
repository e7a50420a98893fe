import type { FileRole, IndexedFile, IndexedObject } from './index-types.ts';
import { positionAt } from './locate.ts';
import { parseManifests } from './parse.ts';
import { mayHoldObjects, roleByContent } from './roles/classify.ts';
import { resourceOfNode } from './roles/resource-of.ts';
import type { ParsedFile } from './syntax.ts';

/** A file of the index. What no role needs is read when it is first asked for. */
export class SourceFile implements IndexedFile {
  readonly path: string;
  readonly text: string;
  /** Given by its place in the repository; until then, and without one, `ownRole`. */
  role: FileRole = 'other';
  #parsed: ParsedFile | undefined;
  #objects: IndexedObject[] | undefined;
  #ownRole: FileRole | undefined;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
  }

  get parsed(): ParsedFile {
    this.#parsed ??= parseManifests(this.text);
    return this.#parsed;
  }

  get objects(): IndexedObject[] {
    this.#objects ??= mayHoldObjects(this.text) ? objectsOf(this.path, this.parsed) : [];
    return this.#objects;
  }

  /** `manifest` or `other`, from the content alone. */
  get ownRole(): FileRole {
    this.#ownRole ??= mayHoldObjects(this.text)
      ? roleByContent(this.path, this.parsed, this.text)
      : 'other';
    return this.#ownRole;
  }
}

function objectsOf(file: string, parsed: ParsedFile): IndexedObject[] {
  return parsed.documents.flatMap(document => {
    const resource = resourceOfNode(document.root);
    if (!resource || !document.root) return [];
    const { line } = positionAt(parsed, document.root.start);
    return [{ resource, file, document, line }];
  });
}
