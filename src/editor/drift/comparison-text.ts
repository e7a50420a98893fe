import type { Comparison } from '../../lsp/protocol.ts';

export type Side = 'desired' | 'live';

/** One side of a comparison; an empty one says why, in YAML's comments. */
export function sideText(comparison: Comparison, side: Side, environment: string): string {
  const text = comparison[side];
  if (text.trim() !== '') return text;
  const nothing = side === 'live' ? `Does not run in ${environment}.` : 'Not in the repository.';
  return commentLines(comparison.reason ?? nothing);
}

/** A sentence in YAML's comments. Half of a diff editor shows about 56 columns; a longer word stays whole. */
export function commentLines(sentence: string): string {
  const lines = sentence.match(/\S(?:.{0,55}(?=\s|$)|\S*)/g) ?? [];
  return lines.map(line => `# ${line}\n`).join('');
}
