/** One YAML document's stretch of a text: the content, and the `---` before it where there is one. */
export interface Chunk {
  start: number;
  end: number;
}

/**
 * Cuts a text where YAML documents begin and end. A line that starts with `---` or `...` ends a document
 * wherever it stands, even inside a quoted or block scalar, so a broken document cannot hide the next one.
 * Chunks that are no document (comments before the first `---` or after `...`) are left out.
 */
export function splitDocuments(text: string): Chunk[] {
  const chunks: Chunk[] = [];
  let start = 0;
  let explicit = false;
  const close = (end: number) => {
    if (explicit || hasContent(text, start, end)) chunks.push({ start, end });
  };
  for (const { index: at, 0: marker } of text.matchAll(/^(?:---|\.\.\.)(?=\s|$)/gm)) {
    if (marker === '---') {
      // Directives belong to the document whose marker follows them.
      if (!explicit && isPrologue(text, start, at)) {
        explicit = true;
        continue;
      }
      close(at);
      start = at;
      explicit = true;
    } else {
      close(at);
      start = at + marker.length;
      explicit = false;
    }
  }
  close(text.length);
  return chunks;
}

/** True when there is anything but blank lines and comments. */
function hasContent(text: string, start: number, end: number): boolean {
  content.lastIndex = start;
  const match = content.exec(text);
  return match !== null && match.index + match[0].length <= end;
}

const content = /^\uFEFF?[ \t]*[^ \t\r\n#\uFEFF]/gm;

function isPrologue(text: string, start: number, end: number): boolean {
  if (text.charCodeAt(start) !== percent && !text.slice(start, end).includes('\n%')) return false;
  return text
    .slice(start, end)
    .split(/\r\n|\r|\n/)
    .every(line => /^(?:\uFEFF?%|\s*(?:#|$))/.test(line));
}

const percent = 0x25;
