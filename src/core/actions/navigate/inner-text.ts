import type { IndexedFile } from '../../manifests/index-types.ts';
import { parseManifests } from '../../manifests/parse.ts';
import type { ParsedFile, ScalarNode } from '../../manifests/syntax.ts';
import type { Spot } from './spot.ts';

/** YAML that stands as text in a field of another, such as an inline patch. */
export interface InnerText {
  /** The inner text as a file of its own; its path is that of the file it stands in. */
  file: IndexedFile;
  /** Where a word of the inner text stands in the file; undefined where it is not written there as it is. */
  outside(spot: Spot): Spot | undefined;
}

/** Reads a literal block scalar; undefined for text in another style, whose words do not stand in the file as they are. */
export function innerText(file: IndexedFile, node: ScalarNode): InnerText | undefined {
  if (node.style !== 'literal' || typeof node.value !== 'string' || node.alias !== undefined)
    return undefined;
  const text = node.value;
  const starts = lineStarts(file.text, node, text);
  if (!starts) return undefined;
  const parsed = parseManifests(text);
  return {
    file: { path: file.path, role: 'patch', text, parsed, objects: [] },
    outside: spot => placed(parsed, spot, starts),
  };
}

/** The offset in the file at which each line of the inner text begins, behind its indentation. */
function lineStarts(outer: string, node: ScalarNode, text: string): number[] | undefined {
  const raw = outer.slice(node.start, node.end);
  const header = raw.indexOf('\n') + 1;
  if (header === 0) return undefined;
  const starts: number[] = [];
  let at = node.start + header;
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const end = outer.indexOf('\n', at);
    const written = outer.slice(at, end < 0 ? outer.length : end).replace(/\r$/, '');
    if (line !== '' && !written.endsWith(line)) return undefined;
    starts.push(at + written.length - line.length);
    if (end < 0) break;
    at = end + 1;
  }
  return starts;
}

function placed(parsed: ParsedFile, spot: Spot, starts: readonly number[]): Spot | undefined {
  const { lineStarts: inner } = parsed;
  const line = inner.findLastIndex(start => start <= spot.start);
  const outerStart = starts[line];
  const innerStart = inner[line];
  if (outerStart === undefined || innerStart === undefined) return undefined;
  const start = outerStart + spot.start - innerStart;
  return { file: spot.file, start, end: start + spot.end - spot.start };
}
