import { messageOf, UserError } from '../../lib/errors.ts';
import { isObject, type Json, type JsonObject, resourceOf } from '../../model/resource.ts';
import { readYaml } from '../yaml.ts';
import { readHeader, type SnapshotHeader } from './format.ts';
import { sealStart } from './seal.ts';
import { noteSeals } from './secret-values.ts';

export interface SnapshotObjects {
  objects: JsonObject[];
  header: SnapshotHeader | undefined;
  /** True for a file of one object that is no List. */
  single: boolean;
}

/** Takes a snapshot's text apart. Throws a UserError when it is not whole; nothing of it is then used. */
export function readObjects(file: string, text: string): SnapshotObjects {
  const damaged = (what: string) =>
    new UserError(`The snapshot ${file} is cut off or damaged (${what}): take it again.`);
  if (text.trim() === '') throw damaged('it is empty');
  let documents: Json[];
  try {
    documents = readYaml(text);
  } catch (error) {
    throw damaged(messageOf(error));
  }
  const lists = documents.map(document => flatten(document, damaged));
  // A List says by its end that it is whole, and so does JSON; other documents end with a full line.
  const whole = isList(documents.at(-1)) || /^\s*[{[]/.test(text) || text.endsWith('\n');
  if (!whole) throw damaged('its last line is not complete');
  const all = lists.flat();
  const last = all.at(-1);
  if (last) checkWhole(last, damaged);
  const header = all.map(readHeader).find(found => found !== undefined);
  const single = documents.length === 1 && !isList(documents[0]);
  const objects = all.filter(object => readHeader(object) === undefined);
  if (text.includes(sealStart)) for (const object of objects) noteSeals(object);
  return { objects, header, single };
}

function isList(document: Json | undefined): boolean {
  return isObject(document) && listKind(document) !== undefined;
}

/** The kind of a list's items: `''` for a `List`, `Pod` for a `PodList`; undefined for other objects. */
function listKind(document: JsonObject): string | undefined {
  if (typeof document.kind !== 'string' || !Array.isArray(document.items)) return undefined;
  return /^(.*)List$/.exec(document.kind)?.[1];
}

/** The objects of a document; a List ends with its `kind`, so that one without was cut off. */
function flatten(document: Json, damaged: (what: string) => UserError): JsonObject[] {
  if (!isObject(document)) throw damaged('a document is no object');
  const kind = listKind(document);
  if (kind !== undefined) {
    // The items of a typed list, such as a PodList, do not repeat its type.
    const type: JsonObject = kind === '' ? {} : { apiVersion: document.apiVersion ?? '', kind };
    const items = (document.items as Json[]).map(item =>
      isObject(item) ? { ...type, ...item } : item,
    );
    return items.flatMap(item => flatten(item, damaged));
  }
  if (resourceOf(document) === undefined && readHeader(document) === undefined)
    throw damaged('a document has no kind, apiVersion or name');
  return [document];
}

/**
 * YAML documents that end early can still be YAML. The top-level fields of the last object are compared
 * with those that its managedFields say to be filled; `stringData` is never stored.
 */
function checkWhole(object: JsonObject, damaged: (what: string) => UserError): void {
  const metadata = object.metadata;
  const entries = isObject(metadata) ? metadata.managedFields : undefined;
  for (const entry of Array.isArray(entries) ? entries : []) {
    const fields = isObject(entry) && isObject(entry.fieldsV1) ? entry.fieldsV1 : {};
    for (const [field, below] of Object.entries(fields)) {
      const name = field.slice('f:'.length);
      const filled = isObject(below) && Object.keys(below).some(key => key !== '.');
      if (filled && name !== 'stringData' && !(name in object))
        throw damaged(`its last object has lost its ${name}`);
    }
  }
}
