import { structuredPatch } from 'diff';
import { writeManifests } from '../manifests/write.ts';
import { formatPath, type Pointer } from '../model/path.ts';
import { isObject, type Json, type JsonObject } from '../model/resource.ts';
import { isSecret, masked, printable } from '../words/values.ts';
import type { ObjectChange } from './proposal-changes.ts';

/**
 * The lines by which a rendered object changes, each with its `+`, `-` or space, hunks behind `@@`; no value of a
 * Secret among them, though it is seen that one changed. Undefined where the two have too little in common to be
 * compared in short time.
 */
export function objectDiff({ resource, before, after }: ObjectChange): string[] | undefined {
  const hide = (value: JsonObject | undefined, other: JsonObject | undefined, changed: string) =>
    value && (maskLeaves(value, other, [], { resource, changed }) as JsonObject);
  const patch = structuredPatch(
    '',
    '',
    manifest(hide(before, after, masked)),
    manifest(hide(after, before, `${masked} (changed)`)),
    undefined,
    undefined,
    { context: 3, timeout: patience },
  );
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
  options: { resource: ObjectChange['resource']; changed: string },
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
  if (!isSecret(options.resource, formatPath(at))) return value;
  return other === undefined || value === other ? masked : options.changed;
}
