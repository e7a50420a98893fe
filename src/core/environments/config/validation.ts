import { keyRange, nodeAt, rangeOf } from '../../manifests/locate.ts';
import type { Node, ParsedFile } from '../../manifests/syntax.ts';
import { objectAt, objectsAt, textAt, valueAt } from '../../model/fields.ts';
import type { Json } from '../../model/resource.ts';
import type { Range } from '../../model/source.ts';
import type {
  IgnoredFindings,
  RuleLevel,
  ValidationPolicy,
} from '../../model/validation-policy.ts';
import { isWithin } from '../folders.ts';
import { matchesGlob } from '../globs.ts';

const levels: readonly RuleLevel[] = ['off', 'information', 'warning', 'error'];

/** `validate` of driftline.yaml; what does not fit the schema is left out, and reported elsewhere. */
export function readValidation(
  file: string,
  parsed: ParsedFile,
  root: Node,
  value: Json,
): ValidationPolicy {
  const rules = objectAt(valueAt(value, 'validate', 'rules') ?? null) ?? {};
  const known = new Map<string, RuleLevel>();
  const places = new Map<string, Range>();
  for (const [rule, said] of Object.entries(rules)) {
    const level = levels.find(level => level === (said === false ? 'off' : said));
    const place = keyRange(parsed, root, ['validate', 'rules', rule]);
    if (level !== undefined) known.set(rule, level);
    if (place) places.set(rule, place);
  }
  return { file, levels: known, places, ignore: readEntries(parsed, root, value) };
}

function readEntries(parsed: ParsedFile, root: Node, value: Json): IgnoredFindings[] {
  const section = valueAt(value, 'validate');
  if (section === undefined) return [];
  return objectsAt(section, 'ignore').flatMap((entry, at) => {
    const [rule, reason] = [textAt(entry, 'rule'), textAt(entry, 'reason')];
    if (rule === undefined || reason === undefined || reason.trim() === '') return [];
    const list = valueAt(entry, 'paths');
    const paths = (Array.isArray(list) ? list : []).filter(path => typeof path === 'string');
    const node = nodeAt(root, ['validate', 'ignore', at]) ?? root;
    const { line, column } = rangeOf(parsed, node.start, node.end);
    const range = { line, column, endLine: line, endColumn: column + 1 };
    const matches = (file: string) => paths.length === 0 || paths.some(path => holds(path, file));
    return [{ ...range, rules: [rule], matches, reason }];
  });
}

/** A path is a glob, or a folder with all that is below it. */
function holds(path: string, file: string): boolean {
  const plain = path.replace(/^\.\//, '').replace(/\/+$/, '');
  return isWithin(plain, file) || matchesGlob(plain, file);
}
