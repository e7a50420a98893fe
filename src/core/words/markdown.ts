/**
 * Text from a repository or a cluster as Markdown shows it, and only shows it. Whatever could mean
 * something to a Markdown parser, GitHub's formulas and links included, is a character reference: no
 * parser looks for structure in those, not even for the pipes of a table.
 */
export function plain(text: string): string {
  // The comment splits the text, so that no mention and no issue number is found in it afterwards.
  return escapeMarkdown(text).replace(/&#(?:64|35);/g, '$&<!-- -->');
}

/** The same in the typeface of code, where GitHub looks for no mentions either. */
export function code(text: string): string {
  return text === '' ? '' : `<code>${escapeMarkdown(text)}</code>`;
}

/** A GFM table; cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A folded block; GitHub needs the blank lines around what is Markdown inside. */
export function folded(summary: string, content: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${content}\n\n</details>`;
}

/** GitHub takes 65,536 characters in a comment. */
const mostBytes = 65_000;

/**
 * The fullest of ever shorter versions that a comment can hold. `write` gets the number of rows that a
 * table may have; the last resort is the text without any.
 */
export function bounded(write: (rows: number) => string): string {
  // A thousand rows never fit: the shortest has more than 65 bytes.
  const limits = [1000, 300, 100, 30, 10, 3];
  for (const limit of limits) {
    const text = write(limit);
    if (Buffer.byteLength(text) <= mostBytes) return text;
  }
  return write(0);
}

function escapeMarkdown(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{Control}\u2028\u2029]+/gu, ' ')
    .replace(/:(?=\S)|[^\p{L}\p{M}\p{N} .,:;/()=+'"?%{}→…•·–-]|(?<=www)\./giu, reference);
}

function reference(character: string): string {
  return `&#${character.codePointAt(0)};`;
}
