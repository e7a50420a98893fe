import type { DriftPath, IgnoreRule } from '../../model/drift.ts';
import { type Pointer, parsePath, type Step } from '../../model/path.ts';
import type { JsonObject, Resource } from '../../model/resource.ts';
import type { FieldType } from '../../schemas/type.ts';
import { managedEntries, treeAt } from '../owners/fields.ts';
import { startsWith, typedSteps } from '../typed-path.ts';
import { metadataMap } from '../values.ts';
import { compileJq } from './jq.ts';
import { globMatches, safeRegExp } from './pattern.ts';
import { selects } from './selector.ts';

/** The rules that are about an object. A rule whose pattern is not understood counts, to be reported. */
export function rulesFor(
  rules: readonly IgnoreRule[],
  resource: Resource,
  object: JsonObject,
): IgnoreRule[] {
  return rules.filter(rule => {
    const matches = rule.matching === 'regex' ? matchesWhole : globMatches;
    return (
      patterned.every(field => matches(rule[field], resource[field])) &&
      selects(rule.labels, metadataMap(object, 'labels')) &&
      selects(rule.annotations, metadataMap(object, 'annotations'))
    );
  });
}

const patterned = ['group', 'version', 'kind', 'namespace', 'name'] as const;

/** Flux anchors its patterns: `Deploy` does not match `Deployment`. One that is not understood may match. */
function matchesWhole(pattern: string | undefined, text: string): boolean {
  return pattern === undefined || (anchored(pattern)?.test(text) ?? true);
}

function anchored(pattern: string): RegExp | undefined {
  return safeRegExp(`^(?:${pattern})$`);
}

/** A pattern of the rule that is not understood. */
function unclearPattern(rule: IgnoreRule): string | undefined {
  if (rule.matching !== 'regex') return undefined;
  const patterns = patterned.flatMap(field => rule[field] ?? []);
  return patterns.find(pattern => anchored(pattern) === undefined);
}

/** The rule that leaves out the whole object: its pointer is `''`. */
export function excludingRule(rules: readonly IgnoreRule[]): IgnoreRule | undefined {
  return rules.find(
    rule => rule.pointers.includes('') && unclearPattern(rule) === undefined && !rule.unclear,
  );
}

/** What one rule hides in an object: paths, or what certain managers changed. */
export interface Hiding {
  rule: IgnoreRule;
  paths: Step[][];
  /** Patterns and jq expressions that are not understood. */
  unclear: string[];
}

/**
 * The paths that each rule hides. A pointer's index counts on each side by itself, as Argo CD applies
 * it, so both sides are looked at; the result names list items by their keys.
 */
export function hidings(
  rules: readonly IgnoreRule[],
  desired: JsonObject,
  live: JsonObject,
  type: FieldType,
): Hiding[] {
  return rules.map(rule => {
    const pattern = unclearPattern(rule);
    if (pattern !== undefined) return { rule, paths: [], unclear: [pattern] };
    const filters = (rule.jq ?? []).map(expression => ({
      expression,
      filter: compileJq(expression),
    }));
    const paths = [desired, live].flatMap(side => {
      const pointers = [
        ...rule.pointers.filter(text => text !== '').map(parsePointer),
        ...filters.flatMap(({ filter }) => filter?.(side) ?? []),
      ];
      return pointers.map(pointer => typedSteps(type, side, pointer));
    });
    const unclear = filters.filter(({ filter }) => !filter).map(({ expression }) => expression);
    return { rule, paths, unclear };
  });
}

/** RFC 6901. */
function parsePointer(text: string): Pointer {
  return text
    .replace(/^\//, '')
    .split('/')
    .map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** hidden: the rule covers the whole path. inside: it covers a part of the value at the path. */
export function covers(
  hiding: Hiding,
  path: DriftPath,
  live: JsonObject,
): 'hidden' | 'inside' | 'no' {
  const steps = parsePath(path.path);
  if (hiding.paths.some(hidden => startsWith(steps, hidden))) return 'hidden';
  if (path.kind === 'changed' && changedByTrusted(hiding.rule, steps, live)) return 'hidden';
  return hiding.paths.some(hidden => startsWith(hidden, steps)) ? 'inside' : 'no';
}

/** Argo CD's `managedFieldsManagers`: only what differs and stands in the manager's own set. */
function changedByTrusted(rule: IgnoreRule, steps: readonly Step[], live: JsonObject): boolean {
  const trusted = rule.managers ?? [];
  if (trusted.length === 0) return false;
  return managedEntries(live).some(
    entry => trusted.includes(entry.manager) && treeAt(entry.fields, steps).tree?.member === true,
  );
}
