import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/*
 * A snapshot must say whether a secret value changed, and must not say the value. Each value is
 * replaced by scrypt(value, salt) with a salt of its own: equal values do not look equal, tables made
 * in advance are useless, and a guess costs about 20 ms of a core instead of the nanoseconds of a bare
 * HMAC, whose key would have to lie in the same file. A truncated hash would hide weak values better
 * but could call a changed value equal, which is a wrong green. Very weak passwords can still be
 * guessed with patience, so a snapshot that holds Secrets is written readable for its owner only.
 */
const prefix = 'driftline/scrypt-14:';
const saltBytes = 12;
const hashBytes = 16;

/** How every seal begins, whatever it stands for. */
export const sealStart = Buffer.from(prefix).toString('base64').slice(0, 26);

/** A text that stands for a value (base64); base64 itself, as Secret data must be. */
export async function sealValue(value: string): Promise<string> {
  const salt = randomBytes(saltBytes);
  const bytes = Buffer.concat([salt, await hash(decode(value), salt)]);
  return Buffer.from(prefix + bytes.toString('base64')).toString('base64');
}

/** True when `seal` was made from `value` (base64, as in a Secret's `data`). */
export async function secretMatches(seal: string, value: string): Promise<boolean> {
  const parts = sealParts(seal);
  if (parts === undefined) return false;
  return timingSafeEqual(await hash(decode(value), parts.salt), parts.hash);
}

/** True for a value of `data` that stands for another one. */
export function isSealed(value: string): boolean {
  return sealParts(value) !== undefined;
}

function sealParts(seal: string): { salt: Buffer; hash: Buffer } | undefined {
  if (!seal.startsWith(sealStart)) return undefined;
  const text = decode(seal).toString('latin1');
  if (!text.startsWith(prefix)) return undefined;
  const bytes = decode(text.slice(prefix.length));
  if (bytes.length !== saltBytes + hashBytes) return undefined;
  return { salt: bytes.subarray(0, saltBytes), hash: bytes.subarray(saltBytes) };
}

function hash(value: Buffer, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(value, salt, hashBytes, { N: 2 ** 14, r: 8, p: 1 }, (error, key) => {
      if (error) reject(error);
      else resolve(key);
    });
  });
}

function decode(base64: string): Buffer {
  return Buffer.from(base64, 'base64');
}
