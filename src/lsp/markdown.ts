/**
 * Text from a repository or a cluster as a piece of code in Markdown that an editor shows, within a table too:
 * nothing in it means anything to the reader's parser. Control characters must be visible already
 * (`printable`). Editors show character references as they are, so `core/words/markdown.ts` does not fit here.
 */
export function codeSpan(text: string): string {
  if (text === '') return '';
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${space}${text.replaceAll('|', '\\|')}${space}${fence}`;
}

/** The same as running text; not for the beginning of a line. */
export function plainText(text: string): string {
  return text.replace(/[\\`*_[\]~|<>&]/g, '\\$&');
}

/** A link that runs a command of ours with one argument; editors other than ours have no such links. */
export function commandLink(title: string, command: string, argument: unknown): string {
  const encoded = encodeURIComponent(JSON.stringify([argument])).replace(/[()]/g, character =>
    character === '(' ? '%28' : '%29',
  );
  return `[${plainText(title)}](command:${command}?${encoded})`;
}
