import { CORE_SCHEMA, loadAll, mergeTag, YAMLException } from 'js-yaml';
import { isObject, type Json } from '../model/resource.ts';

/** Values that aliases may blow a file up to; a real snapshot of 5,000 objects has about a million. */
const largestValue = 20_000_000;

/**
 * Reads what programs write: kubeconfigs and the output of `kubectl -o yaml|json`. These quote every
 * text that YAML 1.1 and 1.2 read differently, so the 1.2 core schema is right; people's manifests,
 * which need Kubernetes' dialect, are the manifests room's. Throws an Error whose message is
 * `line N: what`.
 */
export function readYaml(text: string): Json[] {
  const source = text.replace(/^\uFEFF/, '');
  const documents = /^\s*[{[]/.test(source) ? readJson(source) : readDocuments(source);
  if (countValues(documents, new Map()) > largestValue)
    throw new Error('line 1: its aliases stand for more values than can be read');
  return documents;
}

/** JSON is YAML, but JSON.parse is ten times as fast; several JSON documents go the YAML way. */
function readJson(source: string): Json[] {
  try {
    return [JSON.parse(source) as Json];
  } catch {
    return readDocuments(source);
  }
}

function readDocuments(source: string): Json[] {
  try {
    const documents = loadAll(source, { schema: CORE_SCHEMA.withTags(mergeTag), json: true });
    return documents.filter(document => document !== null && document !== undefined) as Json[];
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new Error(`line ${(error.mark?.line ?? 0) + 1}: ${error.reason}`);
  }
}

/** Values with aliases written out; shared ones are counted by a look-up, so that counting is quick. */
function countValues(value: Json, known: Map<Json, number>): number {
  if (typeof value !== 'object' || value === null) return 1;
  const seen = known.get(value);
  if (seen !== undefined) return seen;
  // An alias to one of its own parents never ends.
  known.set(value, Number.POSITIVE_INFINITY);
  let count = 1;
  for (const child of isObject(value) ? Object.values(value) : value)
    count += countValues(child, known);
  known.set(value, count);
  return count;
}
