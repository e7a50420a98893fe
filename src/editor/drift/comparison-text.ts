import type { Comparison } from '../../lsp/protocol.ts';

export type Side = 'desired' | 'live';

/** One side of a comparison; an empty one says why, in YAML's comments. */
export function sideText(comparison: Comparison, side: Side, environment: string): string {
  const text = comparison[side];
  if (text.trim() !== '') return text;
  const nothing = side === 'live' ? `Does not run in ${environment}.` : 'Not in the repository.';
  return comments(comparison.reason ?? nothing);
}

/** Half of a diff editor shows about so many columns. */
const width = 56;

function comments(sentence: string): string {
  const lines = sentence.split(/\s+/).reduce<string[]>((done, word) => {
    const last = done.at(-1);
    const joined = `${last} ${word}`;
    return last === undefined || joined.length > width
      ? [...done, word]
      : [...done.slice(0, -1), joined];
  }, []);
  return lines.map(line => `# ${line}\n`).join('');
}
