import { offsetAt } from '../../src/core/manifests/locate.ts';
import { parseManifests } from '../../src/core/manifests/parse.ts';
import type { Node, ParsedFile, ScalarNode } from '../../src/core/manifests/syntax.ts';

/** A piece of a file's text that stands for a value. */
export interface Written {
  /** scalar: one of YAML or JSON. rest: what follows in a scalar such as `key=value`. line: the rest of a line. file: all. */
  as: 'scalar' | 'rest' | 'line' | 'file';
  style: ScalarNode['style'];
  /** What it says, as text: of a plain scalar the characters as they stand there. */
  text: string;
  /** Offsets of the characters in the file, without quotes; of a block scalar those of its lines. */
  start: number;
  end: number;
}

/** Reads what stands at a place of a file, independently of the renderer. */
export class WrittenFile {
  readonly text: string;
  readonly #parsed: ParsedFile;
  readonly #scalars: ScalarNode[];
  readonly #isYaml: boolean;
  /** A chart's template is no YAML before it is rendered: only the lines at a place are read. */
  readonly #isTemplate: boolean;

  constructor(name: string, text: string) {
    this.text = text;
    this.#isTemplate = /(?:^|\/)templates\//.test(name) && text.includes('{{');
    this.#isYaml = !this.#isTemplate && /\.(ya?ml|json)$|(^|\/)Kustomization$/.test(name);
    this.#parsed = this.#isYaml
      ? parseManifests(text)
      : { documents: [], problems: [], lineStarts: lineStarts(text) };
    const found = new Map<number, ScalarNode>();
    for (const { root } of this.#parsed.documents) if (root) collect(root, found);
    this.#scalars = [...found.values()].sort((a, b) => a.start - b.start);
  }

  /** Every reading of a place, the nearest first. */
  at(line: number, column: number): Written[] {
    if (line > this.#parsed.lineStarts.length) return [];
    const offset = offsetAt(this.#parsed, line, column);
    const readings = this.#isTemplate ? this.#inTemplate(offset) : this.#inScalars(offset);
    const lineEnd = /\r?\n|$/g;
    lineEnd.lastIndex = offset;
    const end = lineEnd.exec(this.text)?.index ?? this.text.length;
    const rest = this.text.slice(offset, end);
    readings.push({ as: 'line', style: 'plain', text: rest, start: offset, end });
    if (line === 1 && column === 1)
      readings.push({
        as: 'file',
        style: 'plain',
        text: this.text,
        start: 0,
        end: this.text.length,
      });
    return readings;
  }

  /** The scalar that begins at a place, read with the lines of its block as the value of a key. */
  #inTemplate(offset: number): Written[] {
    const lineStart = this.text.lastIndexOf('\n', offset - 1) + 1;
    const indent = /^[ -]*/.exec(this.text.slice(lineStart, offset))?.[0].search(/\S|$/) ?? 0;
    const block = /[|>]/.test(this.text[offset] ?? '');
    const below = block ? `(?:\\n(?: {${indent + 1},}[^\\n]*|[ \\r]*(?=\\n)))*` : '';
    const scalar = new RegExp(`[^\\n]*${below}`, 'y');
    scalar.lastIndex = offset;
    const lines = scalar.exec(this.text)?.[0] ?? '';
    // In brackets it ends before the line does.
    const flow = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'|>,\]}]+(?=[,\]}]))/.exec(lines)?.[0];
    const head = 'k: ';
    const read = [lines, ...(flow === undefined ? [] : [flow])].flatMap(part =>
      new WrittenFile('a.yaml', `${head}${part}\nend: 1\n`).#inScalars(head.length),
    );
    const by = offset - head.length;
    return read.map(found => ({ ...found, start: found.start + by, end: found.end + by }));
  }

  #inScalars(offset: number): Written[] {
    const start = this.#behindProperties(offset);
    const node = this.#scalarAround(start);
    if (!node) return [];
    const body = bodyOf(this.text, node);
    if (node.start === start) return [{ as: 'scalar', style: node.style, ...body }];
    if (start < body.start || start > body.end) return [];
    const rest = this.text.slice(start, body.end);
    const part: Written = { as: 'rest', style: node.style, text: rest, start, end: body.end };
    const block = node.style === 'literal' || node.style === 'folded';
    if (node.style === 'folded' || (!block && rest.includes('\n'))) return [];
    const inner = this.#inside(node, start);
    return block ? inner : [...inner, part];
  }

  /** A scalar of the text that a block scalar or a quoted one holds, such as an inline patch. */
  #inside(node: ScalarNode, offset: number): Written[] {
    const { start, end } = bodyOf(this.text, node);
    const raw = this.text.slice(start, end);
    if (
      node.style === 'double' ? raw.includes('\\') : node.style === 'single' && raw.includes("''")
    )
      return [];
    const inner = new WrittenFile('inner.yaml', raw);
    if (inner.#parsed.documents.every(({ root }) => root === undefined || root.kind === 'scalar'))
      return [];
    return inner
      .#inScalars(offset - start)
      .filter(({ as }) => as === 'scalar')
      .map(found => ({ ...found, start: found.start + start, end: found.end + start }));
  }

  /** A place may be that of a tag or an anchor before the scalar. */
  #behindProperties(offset: number): number {
    const properties = /(?:[&!][^\s,[\]{}]*\s+)+/y;
    properties.lastIndex = offset;
    const found = this.#isYaml ? properties.exec(this.text) : null;
    return found ? properties.lastIndex : offset;
  }

  #scalarAround(offset: number): ScalarNode | undefined {
    let low = 0;
    let high = this.#scalars.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#scalars[middle]?.start ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    const found = this.#scalars[low];
    return found && found.start <= offset && offset <= found.end ? found : undefined;
  }
}

function collect(node: Node, found: Map<number, ScalarNode>): void {
  if (node.alias !== undefined) return;
  if (node.kind === 'scalar') found.set(node.start, node);
  else if (node.kind === 'list') for (const item of node.items) collect(item, found);
  else for (const entry of node.entries) if (!entry.merged) collect(entry.node, found);
}

function bodyOf(text: string, node: ScalarNode): { text: string; start: number; end: number } {
  const { start, end, style, value } = node;
  if (style === 'single' || style === 'double')
    return { text: String(value), start: start + 1, end: end - 1 };
  if (style === 'plain') {
    const raw = text.slice(start, end);
    return { text: raw.includes('\n') ? String(value) : raw, start, end };
  }
  const lines = text.indexOf('\n', start) + 1;
  return { text: String(value), start: lines === 0 ? end : lines, end };
}

function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
}
