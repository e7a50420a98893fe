import type { IndexedFile } from '../../manifests/index-types.ts';
import { nodeAt } from '../../manifests/locate.ts';
import type { ManifestDocument } from '../../manifests/syntax.ts';
import type { Finding } from '../../model/finding.ts';
import { formatPath, type Pointer } from '../../model/path.ts';
import type { ProvenanceKind, RenderedObject } from '../../model/rendered.ts';
import { type JsonObject, resourceOf } from '../../model/resource.ts';
import type { Place } from '../../model/source.ts';
import { mendOf } from '../mends/mend.ts';
import { valueAt } from '../value.ts';
import type { Violation } from '../violation.ts';
import { causeOf, originOf } from './cause.ts';
import { definitionsIn } from './definitions-in.ts';
import { fieldAtPlace, rangeAtPlace, rangeInDocument } from './place.ts';

/** An object to be checked, and how its fields are found in the repository. */
export interface Subject {
  object: JsonObject;
  /** Its first line. */
  place: Place;
  environments: string[];
  /** Puts a violation on the text that says it, as near as that is known. */
  locate(violation: Violation): { finding: Finding; how: ProvenanceKind };
}

/** A document of a file, as it stands. */
export function documentSubject(
  file: IndexedFile,
  document: ManifestDocument,
  object: JsonObject,
  environments: string[],
): Subject {
  const { parsed, path } = file;
  const { line, column } = rangeInDocument(parsed, document, firstField(document), 'key');
  return {
    object,
    place: { file: path, line, column },
    environments,
    locate: violation => ({
      finding: {
        ...describe(violation, object, environments),
        file: path,
        ...rangeInDocument(parsed, document, violation.pointer, violation.on),
        ...mending(violation, file, document, violation.pointer),
      },
      how: 'exact',
    }),
  };
}

function firstField({ root }: ManifestDocument): Pointer {
  const first = root?.kind === 'map' ? root.entries[0] : undefined;
  return first ? [first.key] : [];
}

/** An object as an environment renders it. */
export function renderedSubject(
  rendered: RenderedObject,
  environment: string | undefined,
  fileAt: (path: string) => IndexedFile | undefined,
): Subject {
  const { value: object, source: place } = rendered;
  const environments = environment === undefined ? [] : [environment];
  return {
    object,
    place,
    environments,
    locate: violation => {
      const missing = valueAt(object, violation.pointer) === undefined;
      const pointer = missing ? existing(object, violation.pointer) : violation.pointer;
      const origin = originOf(violation, rendered, pointer);
      const source = causeOf({ ...violation, pointer }, rendered, origin, fileAt);
      const file = fileAt(source.file);
      const related = definitionsIn(origin.via);
      const finding = {
        ...describe(violation, object, environments),
        file: source.file,
        ...rangeAtPlace(file, source, violation.on, missing),
        ...(related.length > 0 && { related }),
        ...(source === origin &&
          origin.how === 'exact' &&
          mendingAt(object, violation, file, source, missing)),
      };
      return { finding, how: origin.how };
    },
  };
}

/** What mends a violation in the text of its document. */
function mending(
  { change }: Violation,
  file: IndexedFile,
  document: ManifestDocument,
  pointer: Pointer,
): Pick<Finding, 'mends'> {
  const mend = change && mendOf(file, document, pointer, change);
  return mend ? { mends: [mend] } : {};
}

/** The same where a rendered field, or what it is missing in, stands in a manifest or patch as it is. */
function mendingAt(
  object: JsonObject,
  violation: Violation,
  file: IndexedFile | undefined,
  place: Place,
  missing: boolean,
): Pick<Finding, 'mends'> {
  const isText = file?.role === 'manifest' || file?.role === 'patch';
  const field = violation.change && isText ? fieldAtPlace(file, place) : undefined;
  if (!file || !field) return {};
  const { document, pointer } = field;
  const last = violation.pointer.at(-1);
  // What has no parent either is mended there.
  if (missing && valueAt(object, violation.pointer.slice(0, -1)) === undefined) return {};
  const own = missing && last !== undefined ? [...pointer, last] : pointer;
  if (own.at(-1) !== last) return {};
  return mending(violation, file, document, own);
}

/** The nearest parent that is there. */
function existing(object: JsonObject, pointer: Pointer): Pointer {
  const parent = pointer.slice(0, -1);
  const found = parent.length === 0 || valueAt(object, parent) !== undefined;
  return found ? parent : existing(object, parent);
}

function describe(
  { rule, severity, message, pointer, fix }: Violation,
  object: JsonObject,
  environments: string[],
) {
  const resource = resourceOf(object);
  return {
    rule,
    severity,
    message,
    path: formatPath(pointer),
    environments,
    ...(resource ? { object: resource } : {}),
    ...(fix === undefined ? {} : { fix }),
  };
}

/** True for a document that holds an object, not a list of operations or a scalar. */
export function isMap(document: ManifestDocument): boolean {
  return nodeAt(document.root, [])?.kind === 'map';
}
