import { gunzipSync } from 'node:zlib';
import { jsonOf } from '../../manifests/locate.ts';
import { parseManifests } from '../../manifests/parse.ts';
import { textAt } from '../../model/fields.ts';
import { isObject, type JsonObject } from '../../model/resource.ts';

/** More than a release may hold: the Secret itself is at most a megabyte. */
const maxOutputLength = 64 * 2 ** 20;

/**
 * The objects that a Helm release applied, hooks left out, from the Secret that Helm keeps it in: base64 around gzip
 * around JSON. Undefined when it cannot be read. Objects that name no namespace are of the release's.
 */
export function releasedObjects(secret: JsonObject): JsonObject[] | undefined {
  const release = readRelease(textAt(secret, 'data', 'release') ?? '');
  const manifest = textAt(release, 'manifest');
  if (manifest === undefined) return undefined;
  return parseManifests(manifest).documents.flatMap(({ root }) => {
    const value = root ? jsonOf(root) : undefined;
    return isObject(value) ? [value] : [];
  });
}

function readRelease(data: string): JsonObject | undefined {
  try {
    const packed = Buffer.from(Buffer.from(data, 'base64').toString('latin1'), 'base64');
    // Helm 2 did not pack them.
    const isPacked = packed[0] === 0x1f && packed[1] === 0x8b;
    const text = (isPacked ? gunzipSync(packed, { maxOutputLength }) : packed).toString('utf8');
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
