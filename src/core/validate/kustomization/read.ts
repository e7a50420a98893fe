import type { IndexedFile } from '../../manifests/index-types.ts';
import { jsonOf, nodeAt, rangeOf } from '../../manifests/locate.ts';
import type { RepositoryIndex } from '../../manifests/repository-index.ts';
import type { ManifestDocument, ScalarNode } from '../../manifests/syntax.ts';
import type { Finding } from '../../model/finding.ts';
import type { Pointer } from '../../model/path.ts';
import { isObject, type JsonObject } from '../../model/resource.ts';
import type { Range } from '../../model/source.ts';

/** A kustomization as it is written. */
export interface WrittenKustomization {
  /** Its folder, relative to the repository's root. */
  folder: string;
  file: IndexedFile;
  document: ManifestDocument;
  value: JsonObject;
}

/** The kustomizations of a repository, or the one in a file, whose text can be read. */
export function* kustomizationsOf(
  index: RepositoryIndex,
  only?: string,
): Generator<WrittenKustomization> {
  for (const { path, file: name } of index.kustomizations.values()) {
    if (only !== undefined && name !== only) continue;
    const file = index.file(name);
    const document = file?.parsed.documents[0];
    const value = document?.root && jsonOf(document.root);
    if (file && document && isObject(value)) yield { folder: path, file, document, value };
  }
}

/** A text of a kustomization, with its place. */
export interface Entry {
  text: string;
  pointer: Pointer;
  node: ScalarNode;
}

/** The scalar at a pointer, if it is a text. */
export function entryAt({ document }: WrittenKustomization, pointer: Pointer): Entry | undefined {
  const node = nodeAt(document.root, pointer);
  if (node?.kind !== 'scalar' || typeof node.value !== 'string') return undefined;
  return { text: node.value, pointer, node };
}

/** The texts of a list field. */
export function entriesOf(kustomization: WrittenKustomization, pointer: Pointer): Entry[] {
  const list = nodeAt(kustomization.document.root, pointer);
  if (list?.kind !== 'list') return [];
  return list.items.flatMap((_, index) => entryAt(kustomization, [...pointer, index]) ?? []);
}

export function rangeOfEntry({ file }: WrittenKustomization, { node }: Entry): Range {
  return rangeOf(file.parsed, node.start, node.end);
}

/** The finding's edit that writes another text in the place of an entry. */
export function replaceEntry(
  kustomization: WrittenKustomization,
  entry: Entry,
  text: string,
  title: string,
): NonNullable<Finding['mends']>[number] {
  const range = rangeOfEntry(kustomization, entry);
  return { title, edits: [{ file: kustomization.file.path, ...range, text }] };
}
