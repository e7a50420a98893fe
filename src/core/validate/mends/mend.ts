import { membersOf } from '../../manifests/edit/members.ts';
import {
  type Held,
  heldAt,
  NotEditable,
  type Source,
  sourceOf,
} from '../../manifests/edit/source.ts';
import { inserted, removed, replaced } from '../../manifests/edit/steps.ts';
import type { IndexedFile } from '../../manifests/index-types.ts';
import { nodeAt } from '../../manifests/locate.ts';
import type { ManifestDocument } from '../../manifests/syntax.ts';
import type { Mend } from '../../model/finding.ts';
import type { Pointer } from '../../model/path.ts';
import type { FieldChange } from './change.ts';
import { homeOf, moved } from './move.ts';
import { type Change, changeBetween, fileEdit } from './text-edit.ts';

/**
 * The change of a file's text that a change of a field means; undefined where the text is written in a way that
 * cannot be changed by itself, such as an alias.
 */
export function mendOf(
  file: IndexedFile,
  document: ManifestDocument,
  pointer: Pointer,
  change: FieldChange,
): Mend | undefined {
  try {
    const source = sourceIn(file, document);
    const made = changesOf(source, pointer, change);
    if (!made || made.changes.length === 0) return undefined;
    const edits = made.changes.map(each => fileEdit(file.path, file.parsed, each));
    return { title: made.title, edits };
  } catch (error) {
    if (error instanceof NotEditable) return undefined;
    throw error;
  }
}

/** How a document is written is read once for all that is wrong with it. */
const sources = new WeakMap<ManifestDocument, Source>();

function sourceIn({ text, parsed }: IndexedFile, document: ManifestDocument): Source {
  const known = sources.get(document);
  if (known) return known;
  const source = sourceOf(text, parsed, parsed.documents.indexOf(document));
  sources.set(document, source);
  return source;
}

function changesOf(
  source: Source,
  pointer: Pointer,
  change: FieldChange,
): { title: string; changes: Change[] } | undefined {
  const name = String(pointer.at(-1));
  switch (change.kind) {
    case 'quote':
      return requoted(source, pointer, text => quotedAs(text, source.style.quote));
    case 'write':
      return rewritten(source, pointer, change.text);
    case 'unquote':
      return requoted(source, pointer, text => text);
    case 'add': {
      const changes = added(source, pointer, change);
      return changes && { title: `Add ${name}`, changes };
    }
    case 'move': {
      const home = homeOf(source, pointer, change);
      const changes = home && moved(source, pointer, home);
      const where = home?.findLast(step => typeof step === 'string');
      return changes && { title: `Move ${name} into ${where ?? 'the object'}`, changes };
    }
    case 'remove': {
      const changes = change.pointers.map(each => withoutField(source, each));
      const names = change.pointers.map(each => each.at(-1)).join(', ');
      return { title: `Remove ${names}`, changes: merged(changes) };
    }
  }
}

/** Another plain text in place of a scalar on one line, in the quotes that it has. */
function rewritten(
  source: Source,
  pointer: Pointer,
  value: string,
): { title: string; changes: Change[] } | undefined {
  const { node } = heldAt(source, pointer);
  if (node?.kind !== 'scalar' || node.start >= node.end) return undefined;
  const { start, end } = node;
  const [quote = ''] = /^['"]/.exec(source.text.slice(start, end)) ?? [];
  if (/[\r\n|>]/.test(source.text.slice(start, end))) return undefined;
  const text = `${quote}${value}${quote}`;
  return { title: `Write ${value}`, changes: [{ start, end, text }] };
}

/** The text of a scalar on one line, in other quotes. */
function requoted(
  source: Source,
  pointer: Pointer,
  write: (text: string) => string,
): { title: string; changes: Change[] } | undefined {
  const { node } = heldAt(source, pointer);
  if (node?.kind !== 'scalar' || node.start >= node.end) return undefined;
  const { start, end, style, value } = node;
  const present = source.text.slice(start, end);
  if (style === 'literal' || style === 'folded' || /[\r\n]/.test(present)) return undefined;
  const text = write(style === 'plain' ? present : String(value));
  if (text === present) return undefined;
  return { title: `Write ${text}`, changes: [{ start, end, text }] };
}

function quotedAs(text: string, quote: 'single' | 'double'): string {
  return quote === 'single' ? `'${text.replaceAll("'", "''")}'` : JSON.stringify(text);
}

function added(
  source: Source,
  pointer: Pointer,
  { value }: Extract<FieldChange, { kind: 'add' }>,
): Change[] | undefined {
  const key = pointer.at(-1);
  const above = pointer.slice(0, -1);
  const held = heldAt(source, above);
  const { node } = held;
  const present = nodeAt(source.root, pointer);
  if (present?.kind === 'scalar' && present.value === null)
    return [changeTo(source, replaced(source, heldAt(source, pointer), value))];
  if (present) return undefined;
  if (node && node.kind !== 'scalar' && membersOf(source, node).length > 0) {
    const after = membersOf(source, node).length - 1;
    const member = typeof key === 'string' ? { key, value, after } : { value, after };
    return [changeTo(source, inserted(source, node, member))];
  }
  const isEmpty = node && (node.kind === 'map' || (node.kind === 'scalar' && node.value === null));
  if (!isEmpty || above.length === 0) return undefined;
  return [changeTo(source, replaced(source, held, { [String(key)]: value }))];
}

/** A map that is left empty goes as well. */
function withoutField(source: Source, pointer: Readonly<Pointer>): Change {
  const held: Held = heldAt(source, pointer);
  const { parent } = held;
  const alone = parent?.kind === 'map' && membersOf(source, parent).length === 1;
  if (alone && pointer.length > 1) return withoutField(source, pointer.slice(0, -1));
  return changeTo(source, removed(source, held), pointer);
}

/** Of equal lines next to each other, a removal could be told at either: the one that is meant is taken. */
function changeTo(source: Source, after: string, pointer?: Readonly<Pointer>): Change {
  const { text } = source;
  const change = changeBetween(text, after);
  const { parent, node } = pointer ? heldAt(source, pointer) : {};
  if (change.text !== '' || (parent?.kind !== 'map' && parent?.kind !== 'list')) return change;
  const member = membersOf(source, parent).find(each => each.node === node);
  const start = member && text.lastIndexOf('\n', member.start - 1) + 1;
  const length = text.length - after.length;
  const isThere =
    start !== undefined && text.slice(0, start) + text.slice(start + length) === after;
  return isThere ? { start, end: start + length, text: '' } : change;
}

/** Changes in the order of the text, each once. */
function merged(changes: readonly Change[]): Change[] {
  const sorted = [...changes].sort((a, b) => a.start - b.start);
  return sorted.filter((change, at) => {
    const before = sorted[at - 1];
    return !before || change.start >= before.end;
  });
}
