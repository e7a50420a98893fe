import type { IndexedFile } from '../../manifests/index-types.ts';
import type { RepositoryIndex } from '../../manifests/repository-index.ts';
import type { Finding, SuppressedFinding } from '../../model/finding.ts';
import type { IgnoredFindings, ValidationPolicy } from '../../model/validation-policy.ts';
import type { RuleCatalogue } from '../catalogue.ts';
import { type SuppressionComment, suppressionsIn } from './comments.ts';
import { commentProblems, unknownLevels, unusedComment, unusedEntry } from './problems.ts';

export interface SettleInput {
  findings: readonly Finding[];
  index: RepositoryIndex;
  policy: ValidationPolicy;
  catalogue: RuleCatalogue;
  /** The one file that was checked; all when absent. */
  only?: string;
  /** Rules that were not looked for, so that a comment about them may have its use. */
  isUnasked(rule: string): boolean;
  /** True where all of a file was checked. */
  isComplete(file: string): boolean;
}

export interface Settled {
  findings: Finding[];
  suppressed: SuppressedFinding[];
}

/** What no comment leaves out: what is wrong with leaving out. */
const ownRules = new Set(['driftline-config', 'bad-suppression', 'unused-suppression']);

/**
 * The findings as a person wants them: at the levels of driftline.yaml, without those that a comment or driftline.yaml
 * leaves out, which are kept aside to be counted. Comments without a rule or reason, and those that leave nothing out,
 * are findings themselves.
 */
export function settle(input: SettleInput): Settled {
  const comments = commentsOf(input);
  const used = new Set<string>();
  const settled: Settled = { findings: [], suppressed: [] };
  for (const finding of input.findings) {
    const by = suppressorOf(finding, input, comments.get(finding.file) ?? [], used);
    if (by) settled.suppressed.push({ finding: counted(finding, input.policy), ...by });
    else settled.findings.push(levelled(finding, input.policy));
  }
  const problems = problemsOf(input, comments, used);
  settled.findings.push(
    ...problems.flatMap(finding => {
      const level = input.policy.levels.get(finding.rule);
      return level === 'off' ? [] : [levelled(finding, input.policy)];
    }),
  );
  return settled;
}

function levelled(finding: Finding, { levels }: ValidationPolicy): Finding {
  const level = levels.get(finding.rule);
  const isFixed = level === undefined || level === 'off' || finding.rule === 'driftline-config';
  return isFixed ? finding : { ...finding, severity: level };
}

/** What is left out counts as what it would be shown as, an error as no less. */
function counted(finding: Finding, policy: ValidationPolicy): Finding {
  return finding.severity === 'error' ? finding : levelled(finding, policy);
}

type Comments = ReadonlyMap<string, readonly SuppressionComment[]>;

function commentsOf({ index, only }: SettleInput): Comments {
  const file = only === undefined ? undefined : index.file(only);
  const files = only === undefined ? index.files() : file ? [file] : [];
  const found = new Map<string, SuppressionComment[]>();
  for (const each of files) {
    const comments = isChecked(each) ? suppressionsIn(each) : [];
    if (comments.length > 0) found.set(each.path, comments);
  }
  return found;
}

function isChecked({ role }: IndexedFile): boolean {
  return role !== 'other' && role !== 'generator-input';
}

function suppressorOf(
  { rule, file, line }: Finding,
  { policy }: SettleInput,
  comments: readonly SuppressionComment[],
  used: Set<string>,
): Omit<SuppressedFinding, 'finding'> | undefined {
  if (rule === 'driftline-config') return undefined;
  const isOff = policy.levels.get(rule) === 'off';
  if (ownRules.has(rule)) return undefined;
  const entries = [...policy.ignore.entries()].filter(([, entry]) => covers(entry, rule, file));
  const here = comments.filter(
    comment =>
      comment.rules.includes(rule) && (comment.scope === 'file' || comment.lines.includes(line)),
  );
  for (const [at] of entries) used.add(entryKey(at));
  for (const comment of here) used.add(commentKey(file, comment, rule));
  const [comment] = here;
  const [entry] = entries;
  if (comment) return { by: 'comment', reason: comment.reason };
  if (entry) return { by: 'driftline.yaml', reason: entry[1].reason };
  return isOff ? { by: 'driftline.yaml', reason: 'The rule is off.' } : undefined;
}

function covers({ rules, matches }: IgnoredFindings, rule: string, file: string): boolean {
  return rules.includes(rule) && matches(file);
}

function entryKey(at: number): string {
  return `ignore ${at}`;
}

function commentKey(file: string, { line }: SuppressionComment, rule: string): string {
  return `${file}:${line} ${rule}`;
}

function problemsOf(input: SettleInput, comments: Comments, used: ReadonlySet<string>): Finding[] {
  const { policy, catalogue, index, only } = input;
  const isUseless = (file: string, rule: string, key: string) =>
    !used.has(key) &&
    !input.isUnasked(rule) &&
    catalogue.page(rule) !== undefined &&
    input.isComplete(file);
  const ofComments = [...comments].flatMap(([file, list]) =>
    list.flatMap(comment => {
      const useless = comment.rules.filter(rule =>
        isUseless(file, rule, commentKey(file, comment, rule)),
      );
      const lines = index.file(file)?.text.split(/\r\n|\r|\n/) ?? [];
      return [
        ...commentProblems(file, comment, catalogue),
        ...(useless.length > 0 ? [unusedComment({ file, comment, useless, lines })] : []),
      ];
    }),
  );
  if (policy.file === undefined || (only !== undefined && only !== policy.file)) return ofComments;
  const files = index.files().map(({ path }) => path);
  const ofEntries = [...policy.ignore.entries()].flatMap(([at, entry]) => {
    if (only !== undefined || used.has(entryKey(at)) || entry.rules.some(input.isUnasked))
      return [];
    if (!files.filter(entry.matches).every(input.isComplete)) return [];
    return [unusedEntry(entry, policy.file ?? '')];
  });
  return [...ofComments, ...unknownLevels(policy, catalogue), ...ofEntries];
}
