import { keyRange, nodeAt, positionAt } from '../manifests/locate.ts';
import { parseManifests } from '../manifests/parse.ts';
import type { Node, ParsedFile } from '../manifests/syntax.ts';
import { writeManifests } from '../manifests/write.ts';
import { type Pointer, parsePath, resolveSteps } from '../model/path.ts';
import type { RenderedObject } from '../model/rendered.ts';
import { isHiddenField, maskedObject } from '../words/masked-object.ts';
import { inReadingOrder } from '../words/reading-order.ts';
import { masked } from '../words/values.ts';

/** A rendered object as YAML, in which nobody reads a secret. */
export function renderedText(object: RenderedObject): string {
  const shown = maskedObject(object.value, path => isHiddenField(object, path), masked);
  return writeManifests([inReadingOrder(shown)]).replace(/^---\n/, '');
}

/** The 1-based line of a YAML text on which a field stands; that of its nearest parent where there is none. */
export function lineOfField(text: string, pointer: Readonly<Pointer>): number {
  const parsed = parseManifests(text);
  const root = parsed.documents[0]?.root;
  for (let length = pointer.length; length > 0; length--) {
    const range = keyRange(parsed, root, pointer.slice(0, length));
    if (range) return range.line;
  }
  return 1;
}

/** The innermost field of a YAML text that begins on a line (1-based) or goes on there; the empty pointer is the whole. */
export function fieldOnLine(text: string, line: number): Pointer {
  const parsed = parseManifests(text);
  const root = parsed.documents[0]?.root;
  return root ? innermost(parsed, root, line) : [];
}

/** The pointer of a path in an object, as far as it exists there. */
export function pointerIn({ value }: RenderedObject, path: string): Pointer {
  return resolveSteps(value, parsePath(path)).pointer;
}

function innermost(parsed: ParsedFile, root: Node, line: number): Pointer {
  const pointer: Pointer = [];
  for (;;) {
    const next = childOn(parsed, nodeAt(root, pointer), line);
    if (next === undefined) return pointer;
    pointer.push(next);
  }
}

/** The last child that begins at or above the line and has not ended there. */
function childOn(
  parsed: ParsedFile,
  node: Node | undefined,
  line: number,
): string | number | undefined {
  if (node === undefined || node.kind === 'scalar') return undefined;
  const children =
    node.kind === 'map'
      ? node.entries.map(({ key, keyStart, node: { end } }) => ({
          step: key,
          start: keyStart,
          end,
        }))
      : node.items.map(({ start, end }, step) => ({ step, start, end }));
  return children.find(
    ({ start, end }) =>
      positionAt(parsed, start).line <= line &&
      positionAt(parsed, Math.max(start, end - 1)).line >= line,
  )?.step;
}
