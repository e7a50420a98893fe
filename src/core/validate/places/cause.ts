import type { IndexedFile } from '../../manifests/index-types.ts';
import { nodeAt, offsetAt, positionAt } from '../../manifests/locate.ts';
import type { Pointer } from '../../model/path.ts';
import type { Provenance, RenderedObject } from '../../model/rendered.ts';
import { childrenOf, type Json } from '../../model/resource.ts';
import type { Place } from '../../model/source.ts';
import { valueAt } from '../value.ts';
import type { Violation } from '../violation.ts';

type FileAt = (path: string) => IndexedFile | undefined;

/** Where a field comes from; one that nobody's type knows is whole where its first part is. */
export function originOf(
  { rule }: Violation,
  { value, locate }: Pick<RenderedObject, 'value' | 'locate'>,
  pointer: Pointer,
): Provenance {
  const own = locate(pointer);
  if (own.how !== 'unknown' || rule !== 'unknown-field') return own;
  const inner = locate(firstLeaf(valueAt(value, pointer), pointer));
  return inner.how === 'unknown' ? own : { ...inner, how: 'unknown' };
}

function firstLeaf(value: Json | undefined, pointer: Pointer): Pointer {
  const [first] = (value === undefined ? undefined : childrenOf(value)) ?? [];
  return first ? firstLeaf(first[1], [...pointer, first[0]]) : pointer;
}

/**
 * The place that is to blame for a violation of a built object, where that is not where the value comes from: the
 * replacement that copies a value into a field of another type, and the name that a sound prefix was put before.
 */
export function causeOf(
  { rule, pointer }: Violation,
  { source: object }: Pick<RenderedObject, 'source'>,
  source: Provenance,
  fileAt: FileAt,
): Place {
  const acts = (field: RegExp) => source.via.findLast(step => field.test(step));
  const copied = rule === 'wrong-type' ? acts(/ (?:replacements|vars)$/) : undefined;
  if (copied !== undefined) return placeOf(copied, fileAt) ?? source;
  if (rule === 'unknown-field')
    return operationOn(String(pointer.at(-1)), source, fileAt) ?? source;
  const isName = pointer.length === 2 && pointer[0] === 'metadata' && pointer[1] === 'name';
  if (!isName || acts(/ name(?:Prefix|Suffix)$/) === undefined) return source;
  const file = fileAt(source.file);
  const offset = file ? offsetAt(file.parsed, source.line, source.column) : 0;
  const affix = /^["']?([^\s"'#]*)/.exec(file?.text.slice(offset, offset + 300) ?? '')?.[1] ?? '';
  return /^[a-z0-9.-]+$/.test(affix) ? nameOf(object, fileAt) : source;
}

const linesAround = 40;

/** The path of the JSON 6902 operation that brings a field of this name, where the value stands in one. */
function operationOn(name: string, { file, line }: Place, fileAt: FileAt): Place | undefined {
  const found = fileAt(file);
  if (found?.role !== 'patch' && found?.role !== 'kustomization') return undefined;
  const lines = found.text.split(/\r\n|\r|\n/);
  const isOwn = (text: string) =>
    /^\s*(?:- )?["']?path["']?:\s*["']?(\/\S*?)["']?,?\s*$/.exec(text);
  for (let at = Math.min(line + 2, lines.length); at > Math.max(line - linesAround, 0); at--) {
    const text = lines[at - 1] ?? '';
    const path = isOwn(text)?.[1];
    if (path?.endsWith(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`))
      return { file, line: at, column: text.indexOf(path) + 1 };
    // The beginning of the operation: what stands before is another one.
    if (at <= line && /^\s*- /.test(text) && /["']?op["']?:|["']?path["']?:/.test(text))
      return undefined;
  }
  return undefined;
}

/** The place in a link of a chain: `overlays/production/kustomization.yaml:9 replacements`. */
function placeOf(step: string, fileAt: FileAt): Place | undefined {
  const [, name = '', number = '1'] = /^(.*?):([0-9]+) /.exec(step) ?? [];
  const file = fileAt(name);
  if (!file) return undefined;
  const line = Number(number);
  const start = file.parsed.lineStarts[line - 1] ?? 0;
  const lead = /^[\s-]*/.exec(file.text.slice(start, start + 300))?.[0] ?? '';
  return { file: name, line, column: lead.length + 1 };
}

/** Where an object says its name; where it begins when it stands in no manifest. */
function nameOf(place: Place, fileAt: FileAt): Place {
  const file = fileAt(place.file);
  if (!file) return place;
  const offset = offsetAt(file.parsed, place.line, place.column);
  const document = file.parsed.documents.find(
    ({ root }) => root && root.start <= offset && offset < root.end,
  );
  const name = nodeAt(document?.root, ['metadata', 'name']);
  return name ? { file: place.file, ...positionAt(file.parsed, name.start) } : place;
}
