import { jsonOf } from '../manifests/locate.ts';
import { parseManifests } from '../manifests/parse.ts';
import { isObject, type JsonObject } from '../model/resource.ts';

/** Helm values written as text inside another file; undefined where the text is no map. */
export function parseValues(text: string): JsonObject | undefined {
  const { documents, problems } = parseManifests(text);
  if (problems.some(problem => problem.rule === 'yaml-syntax')) return undefined;
  const root = documents[0]?.root;
  const value = root ? jsonOf(root) : {};
  return isObject(value) ? value : undefined;
}
