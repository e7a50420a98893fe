import { isDeepStrictEqual } from 'node:util';
import { isObject, type Json, type JsonObject, type Resource } from '../../model/resource.ts';
import type { FieldNames } from './field-names.ts';

/** Whose format a rule is written in. */
export type RuleFormat = 'flux' | 'argocd' | 'driftline';

/** Where the fields of a rule that it is about stand, and the list that names what is ignored. */
interface Written {
  about: JsonObject;
  list: 'paths' | 'jsonPointers' | 'jqPathExpressions';
  name: string;
}

/**
 * The rules with one more field ignored of one object: in the rule that is about this object alone already, else in
 * a new one. Undefined where the format cannot name the field.
 */
export function withRule(
  present: Json | undefined,
  format: RuleFormat,
  object: Resource,
  names: FieldNames,
): Json[] | undefined {
  const written = writtenRule(format, object, names);
  if (!written || (present !== undefined && present !== null && !Array.isArray(present)))
    return undefined;
  const rules = present ?? [];
  const { about, list, name } = written;
  const at = rules.findIndex(rule => isObject(rule) && isAboutAlone(rule, about));
  const known = rules[at];
  if (!isObject(known)) return [...rules, ruleOf(format, about, list, name)];
  const names_ = Array.isArray(known[list]) ? known[list] : [];
  if (names_.includes(name)) return rules;
  return rules.with(at, { ...known, [list]: [...names_, name] });
}

function writtenRule(format: RuleFormat, object: Resource, names: FieldNames): Written | undefined {
  const { group, kind, namespace, name } = object;
  const { pointer, jq } = names;
  if (format === 'flux') {
    if (pointer === undefined) return undefined;
    // Flux reads them as regular expressions, anchored at both ends; an empty one is any.
    const target = pruned({
      group: escaped(group),
      kind: escaped(kind),
      name: escaped(name),
      namespace: escaped(namespace),
    });
    return { about: { target }, list: 'paths', name: pointer };
  }
  const about = pruned({ group, kind, namespace, name });
  if (jq !== undefined) return { about, list: 'jqPathExpressions', name: jq };
  return pointer === undefined ? undefined : { about, list: 'jsonPointers', name: pointer };
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}

function pruned(fields: Record<string, string>): JsonObject {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== ''));
}

/** What managers may change, or what else a rule says, is another rule. */
function isAboutAlone(rule: JsonObject, about: JsonObject): boolean {
  const { paths: _, jsonPointers: __, jqPathExpressions: ___, ...rest } = rule;
  return isDeepStrictEqual(rest, about);
}

/** Flux' examples begin with the paths, Argo CD's end with them. */
function ruleOf(format: RuleFormat, about: JsonObject, list: string, name: string): JsonObject {
  return format === 'flux' ? { [list]: [name], ...about } : { ...about, [list]: [name] };
}
