import { jsonOf } from '../manifests/locate.ts';
import { parseManifests } from '../manifests/parse.ts';
import type { MapNode, Node } from '../manifests/syntax.ts';
import { isObject, type Json } from '../model/resource.ts';

/** A text with its values in the clear. */
export interface Revealed {
  text: string;
  /** The values that were encrypted. */
  values: string[];
}

interface Edit {
  start: number;
  end: number;
  text: string;
}

/**
 * The encrypted YAML or JSON with the plain values in the place of the encrypted ones, each on its own line, and
 * without SOPS' own data: what is rendered from it keeps the lines of the file as it is written. undefined where
 * the two texts have not the same structure.
 */
export function revealInPlace(encrypted: string, plain: string): Revealed | undefined {
  const documents = parseManifests(encrypted).documents;
  const answers = parseManifests(plain).documents;
  if (documents.length !== answers.length) return undefined;
  const edits: Edit[] = [];
  const values: string[] = [];
  for (const [index, { root }] of documents.entries()) {
    const answer = answers[index]?.root;
    if (!root && !answer) continue;
    if (!root) return undefined;
    if (!collect(root, answer && jsonOf(answer), edits, values)) return undefined;
    if (root.kind === 'map') edits.push(...withoutMetadata(encrypted, root));
  }
  return { text: applied(encrypted, edits), values };
}

/** False where the plain value has another shape. */
function collect(node: Node, plain: Json | undefined, edits: Edit[], values: string[]): boolean {
  if (node.alias !== undefined) return true;
  if (node.kind === 'map')
    return node.entries.every(
      ({ key, node: inner, merged }) =>
        merged || key === 'sops' || (isObject(plain) && collect(inner, plain[key], edits, values)),
    );
  if (node.kind === 'list')
    return (
      Array.isArray(plain) &&
      plain.length === node.items.length &&
      node.items.every((item, index) => collect(item, plain[index], edits, values))
    );
  if (typeof node.value !== 'string' || !/^ENC\[.*\]$/s.test(node.value)) return true;
  if (plain === undefined || typeof plain === 'object') return plain === null;
  edits.push({ start: node.start, end: node.end, text: quoted(plain) });
  values.push(String(plain));
  return true;
}

/** On one line, as JSON and YAML read it. */
function quoted(value: string | number | boolean): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u00a0\u2028\u2029\ufeff]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Empties the lines of SOPS' own data; in JSON also the comma before it. */
function withoutMetadata(text: string, root: MapNode): Edit[] {
  const entry = root.entries.find(({ key }) => key === 'sops');
  if (!entry) return [];
  const comma = root.flow ? /,\s*$/.exec(text.slice(root.start, entry.keyStart)) : null;
  const start = entry.keyStart - (comma?.[0].length ?? 0);
  const { end } = entry.node;
  return [{ start, end, text: text.slice(start, end).replace(/[^\r\n]/g, '') }];
}

function applied(text: string, edits: Edit[]): string {
  let result = '';
  let at = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start)) {
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}
