import { matchesArgoGlob } from '../../lib/argo-glob.ts';
import type { DriftPath, IgnoreRule } from '../../model/drift.ts';
import { type Pointer, parsePath, type Step } from '../../model/path.ts';
import type { JsonObject, Resource } from '../../model/resource.ts';
import type { FieldType } from '../../schemas/type.ts';
import { managedEntries, treeAt } from '../owners/fields.ts';
import { startsWith, typedSteps } from '../typed-path.ts';
import { metadataMap } from '../values.ts';
import { compileJq } from './jq/jq.ts';
import { globMatches, safeRegExp } from './pattern.ts';
import { parseSelector } from './selector.ts';

/** The rules that are about an object. A rule whose pattern is not understood counts, to be reported. */
export function rulesFor(
  rules: readonly IgnoreRule[],
  resource: Resource,
  object: JsonObject,
): IgnoreRule[] {
  return rules.filter(
    rule =>
      patterned.every(field => isAbout(rule, field, resource[field])) &&
      selectors.every(([field, map]) => isSelected(rule[field], metadataMap(object, map))),
  );
}

const patterned = ['group', 'version', 'kind', 'namespace', 'name'] as const;
const selectors = [
  ['labels', 'labels'],
  ['annotations', 'annotations'],
] as const;

/** Flux anchors its patterns: `Deploy` does not match `Deployment`. One that is not understood may match. */
function isAbout(rule: IgnoreRule, field: (typeof patterned)[number], text: string): boolean {
  const pattern = rule[field];
  if (pattern === undefined) return true;
  if (rule.matching === 'regex') return anchored(pattern)?.test(text) ?? true;
  if (rule.matching !== 'argo') return globMatches(pattern, text);
  return field === 'group' || field === 'kind' ? matchesArgoGlob(pattern, text) : pattern === text;
}

function isSelected(selector: string | undefined, labels: Readonly<Record<string, string>>) {
  return parseSelector(selector)?.(labels) ?? true;
}

function anchored(pattern: string): RegExp | undefined {
  return safeRegExp(pattern, { whole: true });
}

/** A pattern or selector of the rule that is not understood. */
function unclearPattern(rule: IgnoreRule): string | undefined {
  const patterns = rule.matching === 'regex' ? patterned.flatMap(field => rule[field] ?? []) : [];
  const unclear = patterns.find(pattern => anchored(pattern) === undefined);
  return unclear ?? [rule.labels, rule.annotations].find(text => !parseSelector(text));
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
  if (changedByTrusted(hiding.rule, path, steps, live)) return 'hidden';
  return hiding.paths.some(hidden => startsWith(hidden, steps)) ? 'inside' : 'no';
}

/**
 * Argo CD's `managedFieldsManagers`: what differs on both sides and stands in the manager's own set. A value that
 * is owned as a whole (an atomic map) differs as a whole, also where only a key in it came or went.
 */
function changedByTrusted(
  { managers: trusted = [] }: IgnoreRule,
  { kind }: DriftPath,
  steps: readonly Step[],
  live: JsonObject,
): boolean {
  if (trusted.length === 0) return false;
  return managedEntries(live).some(entry => {
    if (!trusted.includes(entry.manager)) return false;
    const { tree, coveredAbove } = treeAt(entry.fields, steps);
    return coveredAbove || (kind === 'changed' && tree?.member === true);
  });
}
