import { type Member, membersOf } from '../../manifests/edit/members.ts';
import { columnOf, heldAt, lineStart, type Source } from '../../manifests/edit/source.ts';
import { nodeAt } from '../../manifests/locate.ts';
import type { MapNode } from '../../manifests/syntax.ts';
import type { Pointer } from '../../model/path.ts';
import type { Change } from './text-edit.ts';

/**
 * The changes that move a field with its lines and comments into another map of the document; undefined where the
 * map is not there, has that field, or is written in brackets.
 */
export function moved(source: Source, from: Readonly<Pointer>, to: Pointer): Change[] | undefined {
  const { text, style } = source;
  const held = heldAt(source, from);
  const target = heldAt(source, to).node;
  const { parent, node } = held;
  if (parent?.kind !== 'map' || target?.kind !== 'map' || !node) return undefined;
  if (parent.flow || target.flow || parent.entries.length < 2) return undefined;
  if (target.entries.some(({ key, merged }) => merged || key === from.at(-1))) return undefined;
  const member = membersOf(source, parent).find(each => each.node === node);
  const last = lastOutside(source, target, member);
  if (!member?.own || !last) return undefined;
  const start = lineStart(text, member.start);
  const lines = shifted(
    text.slice(start, member.next),
    columnOf(text, firstOf(target)) - columnOf(text, member.start),
  );
  if (lines === undefined) return undefined;
  const ended = lines.endsWith('\n') ? lines : lines + style.lineBreak;
  const open = last.next === text.length && !text.endsWith('\n');
  return [
    { start, end: member.next, text: '' },
    {
      start: last.next,
      end: last.next,
      text: open ? style.lineBreak + ended.trimEnd() : ended,
    },
  ];
}

/** The last member of a map that does not end with the one that goes. */
function lastOutside(
  source: Source,
  target: MapNode,
  member: Member | undefined,
): Member | undefined {
  if (!member) return undefined;
  return membersOf(source, target).at(-1);
}

function firstOf(map: MapNode): number {
  return Math.min(...map.entries.map(({ keyStart }) => keyStart));
}

/** Lines that stand so many columns further right; undefined where they cannot go that far left. */
function shifted(text: string, by: number): string | undefined {
  const lines = text.split('\n').map(line => {
    if (line.trim() === '') return line;
    if (by >= 0) return ' '.repeat(by) + line;
    return line.startsWith(' '.repeat(-by)) ? line.slice(-by) : undefined;
  });
  return lines.includes(undefined) ? undefined : lines.join('\n');
}

/** Where a field is to go: from its own place so many maps up, and down again; undefined where that is not one place. */
export function homeOf(
  source: Source,
  pointer: Readonly<Pointer>,
  { up, into }: { up: number; into: readonly string[] },
): Pointer | undefined {
  let home: Pointer = pointer.slice(0, -1);
  for (let level = 0; level < up; level++) {
    home = home.slice(0, -1);
    while (home.length > 0 && nodeAt(source.root, home)?.kind !== 'map') home = home.slice(0, -1);
  }
  for (const step of into) {
    const node = nodeAt(source.root, home);
    if (step === '[]') {
      if (node?.kind !== 'list' || node.items.length !== 1) return undefined;
      home = [...home, 0];
    } else home = [...home, step];
  }
  return nodeAt(source.root, home) === undefined ? undefined : home;
}
