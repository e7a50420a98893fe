import { structuredPatch } from 'diff';
import { writeManifests } from '../../manifests/write.ts';
import { formatPath, type Pointer } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import { isHiddenField } from '../../words/masked-object.ts';
import { masked, printable } from '../../words/values.ts';
import type { ObjectChange } from './changes.ts';

/**
 * The lines by which a rendered object changes, each with its `+`, `-` or space, hunks behind `@@`; no value of a
 * Secret among them, though it is seen that one changed. Undefined where the two have too little in common to be
 * compared in short time.
 */
export function objectDiff(change: ObjectChange): string[] | undefined {
  return textDiff(maskedTexts(change));
}

/** Both states of an object as YAML, masked; a side that does not have it is empty. */
export function maskedTexts(change: ObjectChange): { before: string; after: string } {
  const { before, after } = change;
  const hide = (value: JsonObject | undefined, other: JsonObject | undefined, changed: string) =>
    value && (maskLeaves(value, other, [], { ...change, changed }) as JsonObject);
  return {
    before: manifest(hide(before, after, masked)),
    after: manifest(hide(after, before, `${masked} (changed)`)),
  };
}

/** The hunks by which two texts differ; undefined where that takes too long. */
export function textDiff({
  before,
  after,
}: {
  before: string;
  after: string;
}): string[] | undefined {
  const options = { context: 3, timeout: patience };
  const patch = structuredPatch('', '', before, after, undefined, undefined, options);
  return patch?.hunks.flatMap(({ oldStart, oldLines, newStart, newLines, lines }) => [
    `@@ -${oldStart},${oldLines} +${newStart},${newLines} @@`,
    ...lines.filter(line => !line.startsWith('\\')).map(printable),
  ]);
}

/** Milliseconds for one object. */
const patience = 1000;

function manifest(value: JsonObject | undefined): string {
  return value === undefined ? '' : writeManifests([value]).replace(/^---\n/, '');
}

/** A secret value becomes a mask, one that differs from the other side's becomes `changed`. */
function maskLeaves(
  value: Json,
  other: Json | undefined,
  at: Pointer,
  options: Pick<ObjectChange, 'resource' | 'sensitive'> & { changed: string },
): Json {
  if (Array.isArray(value)) {
    const others = Array.isArray(other) ? other : [];
    return value.map((item, index) => maskLeaves(item, others[index], [...at, index], options));
  }
  if (isObject(value)) {
    const others = isObject(other) ? other : {};
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [
        key,
        maskLeaves(item, others[key], [...at, key], options),
      ]),
    );
  }
  if (!isHiddenField(options, formatPath(at))) return value;
  return other === undefined || value === other ? masked : options.changed;
}
