/** Something that may be written at a place. */
export interface Suggestion {
  label: string;
  /** Where it is from, in a few words. */
  detail: string;
  kind:
    | 'object'
    | 'key'
    | 'port'
    | 'image'
    | 'label'
    | 'namespace'
    | 'variable'
    | 'text'
    | 'file'
    | 'folder'
    | 'document'
    | 'value';
  /** 0: of an environment of this file. 1: of another one, or of none. */
  rank: 0 | 1;
  /** What is written, where that is not the label; with `$1` places where `isSnippet`. */
  insert?: string;
  isSnippet?: true;
  /** It becomes the key of a map. */
  isKey?: true;
  /** Only what is typed from this offset (into the document) on is replaced. */
  from?: number;
}

/** Each label once, the best rank first; details of several are told together. */
export function distinct(suggestions: readonly Suggestion[]): Suggestion[] {
  const found = new Map<string, { best: Suggestion; details: Set<string> }>();
  for (const suggestion of suggestions) {
    const known = found.get(suggestion.label);
    if (!known) {
      const details = new Set([suggestion.detail]);
      found.set(suggestion.label, { best: suggestion, details });
      continue;
    }
    known.details.add(suggestion.detail);
    if (suggestion.rank < known.best.rank) known.best = suggestion;
  }
  return [...found.values()]
    .map(({ best, details }) => ({ ...best, detail: together(best.detail, details) }))
    .sort((a, b) => a.rank - b.rank || (a.label < b.label ? -1 : 1));
}

function together(first: string, details: ReadonlySet<string>): string {
  const others = details.size - 1;
  return others === 0 ? first : `${first} and ${others} more`;
}
