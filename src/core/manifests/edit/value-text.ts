import { isObject, type Json } from '../../model/resource.ts';
import { parseManifests } from '../parse.ts';
import type { ScalarNode } from '../syntax.ts';
import type { Style } from './source.ts';

export type Scalar = null | boolean | number | string;

export function isScalar(value: Json | undefined): value is Scalar {
  return value === null || (value !== undefined && typeof value !== 'object');
}

/** A scalar on one line, in the quotes that stood there where they fit, as every YAML 1.1 and 1.2 parser reads it. */
export function scalarText(
  value: Scalar,
  style: Style,
  { flow, before }: { flow: boolean; before?: ScalarNode['style'] | undefined },
): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  if (style.json) return JSON.stringify(value);
  const single = /[\r\n\t]|[^ -\uffff]/.test(value) ? [] : [`'${value.replaceAll("'", "''")}'`];
  const quoted = [...single, JSON.stringify(value)];
  const isQuoted = before === 'single' || before === 'double';
  const inOrder = (isQuoted ? before : style.quote) === 'single' ? quoted : quoted.toReversed();
  const ways = isQuoted || isMisread(value) ? inOrder : [value, ...inOrder];
  return ways.find(way => readAs(way, flow) === value) ?? JSON.stringify(value);
}

/** Base 60 of YAML 1.1, which Kubernetes' tools do not read and others do. */
function isMisread(text: string): boolean {
  return /^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/.test(text);
}

function readAs(text: string, flow: boolean): Json | undefined {
  const { documents, problems } = parseManifests(flow ? `k: [${text}, 1]\n` : `k: ${text} # c\n`);
  const root = documents[0]?.root;
  if (problems.length > 0 || documents.length !== 1 || root?.kind !== 'map') return undefined;
  const [entry, ...others] = root.entries;
  const node = entry?.node;
  if (others.length > 0 || !node) return undefined;
  const read = flow && node.kind === 'list' && node.items.length === 2 ? node.items[0] : node;
  return read?.kind === 'scalar' ? read.value : undefined;
}

/** A value in brackets on one line. */
export function flowText(value: Json, style: Style): string {
  if (style.json) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(item => flowText(item, style)).join(', ')}]`;
  if (!isObject(value)) return scalarText(value, style, { flow: true });
  const entries = Object.entries(value).map(
    ([key, item]) => `${keyText(key, style)}: ${flowText(item, style)}`,
  );
  return `{${entries.join(', ')}}`;
}

export function keyText(key: string, style: Style): string {
  return scalarText(key, style, { flow: true });
}

/** A value behind `key:` or a dash: what stands on that line, and the lines below it. */
export interface Written {
  inline: string;
  /** With their indentation, without line breaks. */
  lines: string[];
}

/**
 * A value as it stands behind a key or a dash.
 *
 * @param column of the key; of a list item, of its dash
 * @param item a list item: a map begins on the dash's line
 */
export function blockText(value: Json, style: Style, column: number, item = false): Written {
  if (typeof value === 'string' && value.includes('\n')) {
    const block = literal(value, column, style.step);
    return block ?? { inline: JSON.stringify(value), lines: [] };
  }
  if (isScalar(value)) return { inline: scalarText(value, style, { flow: false }), lines: [] };
  const isList = Array.isArray(value);
  if (Object.keys(value).length === 0) return { inline: isList ? '[]' : '{}', lines: [] };
  const deeper = isList && !style.listsIndented ? column : column + style.step;
  const depth = item ? column + 2 : deeper;
  const lines = isList
    ? value.flatMap(each => member('-', depth, blockText(each, style, depth, true)))
    : Object.entries(value).flatMap(([key, each]) =>
        member(`${keyText(key, style)}:`, depth, blockText(each, style, depth)),
      );
  if (!item) return { inline: '', lines };
  const [first = '', ...rest] = lines;
  return { inline: first.slice(depth), lines: rest };
}

function member(head: string, depth: number, { inline, lines }: Written): string[] {
  return [indented(inline === '' ? head : `${head} ${inline}`, depth), ...lines];
}

function indented(line: string, depth: number): string {
  return line === '' ? '' : ' '.repeat(depth) + line;
}

/**
 * A text of several lines as a literal block below a key at `column`; undefined for what is safer in quotes: what
 * begins with a space, ends with empty lines, or has characters that such a block cannot hold.
 */
export function literal(value: string, column: number, step: number): Written | undefined {
  if (
    /^[ \n\t]|\n\n$|[^\t\n -~\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]/u.test(
      value,
    )
  )
    return undefined;
  const body = value.replace(/\n$/, '');
  const lines = body.split('\n').map(line => indented(line, column + step));
  return { inline: body === value ? '|-' : '|', lines };
}
