import { formatPath, resolveSteps } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { FieldType } from '../../schemas/type.ts';
import { adoptPaths } from '../ignore/adopt.ts';
import { typedSteps } from '../typed-path.ts';
import { leaves, without } from '../values.ts';
import { encodeText, isSecret } from './secrets.ts';

/** True for a manifest that SOPS encrypted. */
export function isEncrypted(manifest: JsonObject): boolean {
  return isObject(manifest.sops);
}

/**
 * The manifest without SOPS' own data, with live's value wherever an encrypted one stands: keys and
 * everything in plain text can be compared, encrypted values cannot. `unread` are their paths.
 */
export function openEncrypted(
  manifest: JsonObject,
  live: JsonObject,
  type: FieldType,
): { object: JsonObject; unread: string[] } {
  const plain = without(manifest, 'sops');
  const sealed = isSecret(plain) ? withCiphersInData(plain) : plain;
  const known = [...leaves(sealed)]
    .filter(({ value }) => isCipher(value))
    .map(({ pointer }) => typedSteps(type, sealed, pointer))
    .filter(path => resolveSteps(live, path).complete);
  const object = adoptPaths(sealed, live, type, known);
  const unread = known.map(formatPath);
  return { object: isSecret(object) ? withReadableData(object) : object, unread };
}

function isCipher(value: Json): boolean {
  return typeof value === 'string' && value.startsWith('ENC[') && value.endsWith(']');
}

/** Encrypted `stringData` is encrypted `data` of the Secret that will be. */
function withCiphersInData(secret: JsonObject): JsonObject {
  const text = isObject(secret.stringData) ? Object.entries(secret.stringData) : [];
  return {
    ...secret,
    data: {
      ...(isObject(secret.data) ? secret.data : {}),
      ...Object.fromEntries(text.filter(([, value]) => isCipher(value))),
    },
    stringData: Object.fromEntries(text.filter(([, value]) => !isCipher(value))),
  };
}

/** What live does not have stays encrypted; it must be base64 to be taken for data. */
function withReadableData(secret: JsonObject): JsonObject {
  const data = isObject(secret.data) ? secret.data : {};
  const entries = Object.entries(data).map(([key, value]): [string, Json] => [
    key,
    typeof value === 'string' && isCipher(value) ? encodeText(value) : value,
  ]);
  return { ...secret, data: Object.fromEntries(entries) };
}
