import type { IndexedFile, IndexedObject } from '../manifests/index-types.ts';
import { jsonOf, nodeAt, positionAt } from '../manifests/locate.ts';
import type { Node } from '../manifests/syntax.ts';
import { isObject, type JsonObject } from '../model/resource.ts';
import type { DeployedObject } from './context.ts';
import type { ManifestIndex } from './manifest-index.ts';

/** The objects of a manifest file as they are written there. */
export function writtenObjects(file: IndexedFile): DeployedObject[] {
  return file.objects.map(object => asWritten(file, object));
}

/**
 * All objects of a kind that the repository's manifests hold; not those of patches and templates.
 */
export function writtenOfKind(index: ManifestIndex, group: string, kind: string): DeployedObject[] {
  return index.ofKind(group, kind).flatMap(object => {
    const file = index.file(object.file);
    return file?.role === 'manifest' ? [asWritten(file, object)] : [];
  });
}

/** Values are made once per indexed object; the index makes new objects for a changed file. */
const made = new WeakMap<IndexedObject, DeployedObject>();

function asWritten(file: IndexedFile, object: IndexedObject): DeployedObject {
  const known = made.get(object);
  if (known) return known;
  const { root } = object.document;
  const source = { file: object.file, line: object.line, column: 1 };
  let value: JsonObject | undefined;
  const written: DeployedObject = {
    resource: object.resource,
    // Most objects are only looked at for their kind.
    get value() {
      value ??= objectOf(root);
      return value;
    },
    source,
    locate: pointer => {
      const node = nodeAt(root, pointer);
      return node ? { file: object.file, ...positionAt(file.parsed, node.start) } : source;
    },
  };
  made.set(object, written);
  return written;
}

function objectOf(root: Node | undefined): JsonObject {
  const value = root && jsonOf(root);
  return isObject(value) ? value : {};
}
