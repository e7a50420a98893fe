import type { NotChecked } from '../../core/model/finding.ts';

/** Reasons that differ in one name only are told together, with their names. */
interface Family {
  matches: RegExp;
  says: string;
}

const families: readonly Family[] = [
  { matches: /^no schema for (.+)$/, says: 'no schema for these kinds' },
  {
    matches: /^chart (.+?) of \S+ is not here/,
    says: 'charts that are not here; `driftline fetch --trust` gets them',
  },
];

/** What was not checked for one reason, or for reasons of one family. */
export interface ReasonGroup {
  says: string;
  entries: NotChecked[];
  /** Of a family the names, the most frequent first, with their number where it is more than one. */
  names: string[];
}

/** What was not checked by reason, the most frequent first; `whole`: with a tool's own words behind ours. */
export function byReason(
  notChecked: readonly NotChecked[],
  { whole = false }: { whole?: boolean } = {},
): ReasonGroup[] {
  const groups = Map.groupBy(
    notChecked,
    ({ reason }) => familyOf(reason)?.says ?? (whole ? reason : ownWords(reason)),
  );
  return [...groups]
    .map(([says, entries]) => ({ says, entries, names: namesOf(entries) }))
    .sort((a, b) => b.entries.length - a.entries.length);
}

/** What kustomize says behind our sentence can be long, and names the paths of this machine. */
function ownWords(reason: string): string {
  const [ours = reason, tool] = reason.split(/(?<=\.) kustomize: /);
  return tool === undefined ? reason : ours;
}

function familyOf(reason: string): Family | undefined {
  return families.find(({ matches }) => matches.test(reason));
}

function namesOf(entries: readonly NotChecked[]): string[] {
  const family = familyOf(entries[0]?.reason ?? '');
  if (!family) return [];
  const counts = Map.groupBy(entries, ({ reason }) => family.matches.exec(reason)?.[1] ?? reason);
  return [...counts]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([name, { length }]) => (length > 1 ? `${name} ×${length}` : name));
}
