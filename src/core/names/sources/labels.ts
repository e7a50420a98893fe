import type { Entry } from '../inventory.ts';
import { mapAbove, type Spot } from '../spot.ts';
import type { Suggestion } from '../suggestion.ts';
import { rankOf } from './entries.ts';

const maps =
  /(?:^|\.)(?:labels|matchLabels|nodeSelector|commonLabels|includeSelectors|pairs|(?:pod|namespace|node)Selector)$/;

/** Label keys and values in use, and annotation keys; never annotation values. */
export function labelNames(spot: Spot): Suggestion[] {
  const { part, path: at, token } = spot.cursor;
  const isKey = part !== 'value';
  if (isKey && isLabels(spot, spot.path)) return labelKeys(spot, mapAbove(spot, 0));
  if (isKey && /(?:^|\.)(?:annotations|commonAnnotations)$/.test(spot.path))
    return annotationKeys(spot);
  if (part === 'key' || token.typed.includes('${')) return [];
  if (/matchExpressions\[\]\.key$/.test(spot.path))
    return labelKeys(spot, {}).map(({ isKey: _, ...each }) => each);
  if (/matchExpressions\[\]\.values\[\]$/.test(spot.path))
    return labelValues(spot, mapAbove(spot, 2).key);
  const key = at.at(-1);
  const parent = spot.path.slice(0, -String(key).length - 1);
  return part === 'value' && isLabels(spot, parent) ? labelValues(spot, key) : [];
}

/** A Service selects by labels too. */
function isLabels({ kind }: Spot, path: string): boolean {
  return maps.test(path) || (kind === 'Service' && path === 'spec.selector');
}

function labelKeys(spot: Spot, siblings: object): Suggestion[] {
  const written = new Set(Object.keys(siblings));
  return eachEntry(spot, ({ facts }) => facts.labels.map(([key]) => key))
    .filter(({ label }) => !written.has(label))
    .map(each => ({ ...each, isKey: true }));
}

function labelValues(spot: Spot, key: unknown): Suggestion[] {
  return eachEntry(spot, ({ facts }) =>
    facts.labels.filter(([each]) => each === key).map(([, value]) => value),
  );
}

function annotationKeys(spot: Spot): Suggestion[] {
  return eachEntry(spot, ({ facts }) => facts.annotations).map(each => ({ ...each, isKey: true }));
}

/** Each text once, with the number of objects that have it. */
function eachEntry(spot: Spot, textsOf: (entry: Entry) => string[]): Suggestion[] {
  const found = new Map<string, { rank: 0 | 1; count: number; first: string }>();
  for (const entry of spot.inventory.entries())
    for (const text of new Set(textsOf(entry))) {
      const rank = rankOf(entry, spot);
      const { kind, name } = entry.facts;
      const known = found.get(text) ?? { rank, count: 0, first: `${kind} ${name}` };
      found.set(text, {
        ...known,
        rank: known.rank === 0 ? 0 : rank,
        count: known.count + 1,
      });
    }
  return [...found].map(([label, { rank, count, first }]) => ({
    label,
    detail: count === 1 ? first : `${first} and ${count - 1} more`,
    kind: 'label',
    rank,
  }));
}
