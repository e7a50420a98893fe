import { matchesArgoGlob } from '../../lib/argo-glob.ts';
import type { DriftPath, IgnoreRule } from '../../model/drift.ts';
import { type Pointer, parsePath, resolveSteps, type Step } from '../../model/path.ts';
import type { Json, JsonObject, Resource } from '../../model/resource.ts';
import type { FieldType } from '../../schemas/type.ts';
import { managedEntries, treeAt } from '../owners/fields.ts';
import { listMerge, startsWith, stepText, typeAt, typedSteps } from '../typed-path.ts';
import { equal, metadataMap, own } from '../values.ts';
import { compileJq } from './jq/jq.ts';
import { globMatches, safeRegExp } from './pattern.ts';
import { resolvePointer } from './pointer.ts';
import { Remaining } from './remaining.ts';
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
  /** In the manifest (or what an apply makes of it), and in what runs. */
  paths: [Step[][], Step[][]];
  /** Patterns, pointers and jq expressions that are not understood. */
  unclear: string[];
}

/** What the rules of an object hide, and what those of engines leave of its two sides. */
export interface Hidings {
  all: Hiding[];
  left: [Json, Json];
  type: FieldType;
}

/**
 * The paths that each rule hides on the two sides that are compared. An index counts on each side by itself, and
 * without the items that a rule of Argo CD or Flux before it took out, as they apply their rules; ours count in the
 * whole. The result names list items by their keys.
 */
export function hidings(
  rules: readonly IgnoreRule[],
  desired: JsonObject,
  live: JsonObject,
  type: FieldType,
): Hidings {
  const all = rules.map((rule): Hiding => ({ rule, paths: [[], []], unclear: unclearIn(rule) }));
  const takeFrom = (side: JsonObject, at: 0 | 1): Json => {
    const remaining = new Remaining(side);
    for (const { rule, paths, unclear } of all) {
      if (unclear.length > 0) continue;
      const pointers = takenBy(rule, side, remaining, unclear);
      paths[at].push(...pointers.map(pointer => typedSteps(type, side, pointer)));
      // The engine's whole comparison fails where a rule leaves no object.
      if (typeof own(remaining.value, 'kind') === 'string') continue;
      unclear.push(...(rule.jq ?? []), ...rule.pointers);
      return side;
    }
    return remaining.value;
  };
  return { all, left: [takeFrom(desired, 0), takeFrom(live, 1)], type };
}

/** Engines take out what one rule names before they read the next. */
function takesInTurn({ matching }: IgnoreRule): boolean {
  return matching === 'regex' || matching === 'argo';
}

function unclearIn(rule: IgnoreRule): string[] {
  const pattern = unclearPattern(rule);
  if (pattern !== undefined) return [pattern];
  return (rule.jq ?? []).filter(expression => !compileJq(expression));
}

/** What a rule finds in one side of an object, as pointers into the whole; what it cannot read goes to `unclear`. */
function takenBy(
  rule: IgnoreRule,
  side: JsonObject,
  remaining: Remaining,
  unclear: string[],
): Pointer[] {
  const inTurn = takesInTurn(rule);
  const take = (pointers: Pointer[]) => (inTurn ? remaining.take(pointers) : pointers);
  const value = () => (inTurn ? remaining.value : side);
  const named = rule.pointers.flatMap(text => {
    const { pointer, items } = resolvePointer(text, value());
    // Argo CD passes over what it cannot take out; Flux does not apply the object at all.
    if (!items && rule.matching === 'regex' && !unclear.includes(text)) unclear.push(text);
    return pointer ? take([pointer]) : [];
  });
  const selected = (rule.jq ?? []).flatMap(expression =>
    take(compileJq(expression)?.(value()) ?? []),
  );
  return [...named, ...selected];
}

/** hidden: the rule covers the whole path. inside: it covers a part of the value at the path. */
export type Cover = 'hidden' | 'inside' | 'no';

/** What the rules say of a difference, and the first of them that does. */
export function coverOf(
  path: DriftPath,
  { all, left, type }: Hidings,
  live: JsonObject,
): { cover: Cover; hiding?: Hiding } {
  const steps = parsePath(path.path);
  const trusted = all.find(({ rule }) => changedByTrusted(rule, path, steps, live, type));
  if (trusted) return { cover: 'hidden', hiding: trusted };
  for (const cover of ['hidden', 'inside'] as const) {
    const hiding = all.find(each => reach(each, steps) === cover);
    if (!hiding) continue;
    const byEngine = takesInTurn(hiding.rule) && steps.every(step => typeof step !== 'number');
    if (!byEngine) return { cover, hiding };
    const said = leftOver(path, steps, hiding, left) ?? (isOneSided(all, steps) ? 'no' : cover);
    return said === 'no' ? { cover: said } : { cover: said, hiding };
  }
  return { cover: 'no' };
}

/** How far a rule's paths reach, whether on one side or on both. */
export function reach({ paths }: Hiding, steps: readonly Step[]): Cover {
  const both = paths.flat();
  if (both.some(hidden => startsWith(steps, hidden))) return 'hidden';
  return both.some(hidden => startsWith(hidden, steps)) ? 'inside' : 'no';
}

/**
 * Engines compare what their rules leave: `hidden` where that is the same, or where the manifest says nothing any
 * more (which Flux, that compares whole objects, takes for a difference).
 */
function leftOver(
  { kind }: DriftPath,
  steps: readonly Step[],
  { rule }: Hiding,
  left: readonly [Json, Json],
): Cover | undefined {
  const [desired, live] = left.map(side => {
    const found = resolveSteps(side, steps);
    return found.complete ? found.value : undefined;
  });
  const isUnsaid = desired === undefined && kind !== 'stale' && rule.matching === 'argo';
  if (isUnsaid || (desired === undefined && live === undefined)) return 'hidden';
  return desired !== undefined && equal(desired, live) ? 'hidden' : undefined;
}

/** True where the rules take something out on one side only: what is left differs. */
function isOneSided(all: readonly Hiding[], steps: readonly Step[]): boolean {
  const [desired, live] = ([0, 1] as const).map(
    side =>
      new Set(
        all
          .flatMap(({ paths }) => paths[side])
          .filter(path => startsWith(path, steps) || startsWith(steps, path))
          .map(path => path.map(stepText).join()),
      ),
  );
  return desired?.size !== live?.size || [...(desired ?? [])].some(path => !live?.has(path));
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
  type: FieldType,
): boolean {
  if (trusted.length === 0) return false;
  return managedEntries(live).some(entry => {
    if (!trusted.includes(entry.manager)) return false;
    const { tree, coveredAbove, depth } = treeAt(entry.fields, steps);
    if (coveredAbove) return isOneValue(typeAt(type, steps.slice(0, depth)), steps[depth]);
    return kind === 'changed' && tree?.member === true;
  });
}

/** True where what a step leads into is owned as a whole; whoever owns an item or a map has not all that is in it. */
function isOneValue(type: FieldType, step: Step | undefined): boolean {
  return typeof step === 'string' ? type.merge === 'atomic' : listMerge(type) === 'atomic';
}
