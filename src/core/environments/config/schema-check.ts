import { rangeOf } from '../../manifests/locate.ts';
import type { MapNode, Node, ParsedFile } from '../../manifests/syntax.ts';
import { formatPath, type Step } from '../../model/path.ts';
import type { Range } from '../../model/source.ts';
import type { Schema } from './config-schema.ts';

export interface SchemaProblem extends Range {
  message: string;
  path: Step[];
}

/**
 * Everything in a parsed document that its schema does not allow, each on the text that says it.
 */
export function checkSchema(parsed: ParsedFile, root: Node, schema: Schema): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  const report = (start: number, end: number, path: Step[], message: string) =>
    problems.push({ ...rangeOf(parsed, start, end), path, message });
  const field = (path: Step[]) => (path.length === 0 ? 'the file' : formatPath(path).slice(1));

  const check = (node: Node, rule: Schema, path: Step[]): void => {
    const found = typeOf(node);
    if (isOff(node) && rule.enum?.includes('off')) return;
    if (found !== rule.type) {
      report(
        node.start,
        node.end,
        path,
        `${field(path)} must be ${wanted(rule.type, found)}, not ${article(found)}`,
      );
    } else if (node.kind === 'map') checkMap(node, rule, path);
    else if (node.kind === 'list') {
      if (node.items.length < (rule.minItems ?? 0))
        report(node.start, node.end, path, `${field(path)} must not be empty`);
      for (const [at, item] of node.items.entries())
        if (rule.items) check(item, rule.items, [...path, at]);
    } else {
      const problem = scalarProblem(node.value, rule);
      if (problem) report(node.start, node.end, path, `${field(path)} must ${problem}`);
    }
  };

  const checkMap = (node: MapNode, rule: Schema, path: Step[]): void => {
    const properties = rule.properties ?? {};
    for (const entry of node.entries) {
      const property = Object.hasOwn(properties, entry.key)
        ? properties[entry.key]
        : rule.additionalProperties || undefined;
      if (property) check(entry.node, property, [...path, entry.key]);
      else
        report(
          entry.keyStart,
          entry.keyEnd,
          [...path, entry.key],
          `${field([...path, entry.key])} is not a field here; ${choices(Object.keys(properties))}`,
        );
    }
    const present = new Set(node.entries.map(entry => entry.key));
    for (const name of rule.required ?? [])
      if (!present.has(name))
        report(node.start, firstEnd(node), path, `${field(path)} needs the field ${name}`);
    const groups = rule.oneOf ?? rule.anyOf ?? [];
    const met = groups.filter(group => group.required.every(name => present.has(name)));
    if (groups.length > 0 && (met.length === 0 || (rule.oneOf && met.length > 1)))
      report(
        node.start,
        firstEnd(node),
        path,
        `${field(path)} needs either ${groups.map(group => group.required.join(' and ')).join(' or ')}`,
      );
  };

  check(root, schema, []);
  return problems;
}

/** The word `off`, which Kubernetes' YAML reads as false, as no other word of three letters. */
function isOff(node: Node): boolean {
  return node.kind === 'scalar' && node.value === false && node.end - node.start === 3;
}

/** What is missing in a map is shown on its first key. */
function firstEnd(node: MapNode): number {
  return node.entries[0]?.keyEnd ?? node.end;
}

function typeOf(node: Node): string {
  if (node.kind === 'map') return 'object';
  if (node.kind === 'list') return 'array';
  if (node.value === null) return 'null';
  return Number.isInteger(node.value) ? 'integer' : typeof node.value;
}

const articles: Record<string, string> = {
  object: 'a map',
  array: 'a list',
  string: 'text',
  boolean: 'true or false',
  integer: 'a whole number',
  number: 'a number',
  null: 'empty',
};

function article(type: string): string {
  return articles[type] ?? type;
}

/** `kubernetes: 1.30` is the number 1.3: quotes are what is missing. */
function wanted(type: string, found: string): string {
  return type === 'string' && /number|integer|boolean/.test(found)
    ? 'text in quotes'
    : article(type);
}

function scalarProblem(value: unknown, rule: Schema): string | undefined {
  if (rule.enum && !rule.enum.some(choice => choice === value))
    return `be ${rule.enum.join(' or ')}`;
  if (typeof value !== 'string') return undefined;
  if (value.length < (rule.minLength ?? 0)) return 'not be empty';
  if (rule.pattern !== undefined && !new RegExp(rule.pattern, 'u').test(value))
    return `match ${rule.pattern}`;
  return undefined;
}

function choices(names: readonly string[]): string {
  return `it can have ${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
