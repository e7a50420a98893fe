import { isObject, type JsonObject } from '../../src/core/model/resource.ts';
import type { Cause, Word } from './word.ts';

/** The server cuts off what would make a name longer than 63 characters. */
const longestStart = 58;

/** The word without the end of the name that its speaker made up, where the object gives only the beginning. */
export function withoutMadeName<W extends Word>(object: JsonObject, word: W): W {
  const { name, generateName } = isObject(object.metadata) ? object.metadata : {};
  if (typeof generateName !== 'string' || generateName === '' || name) return word;
  const start = generateName.slice(0, longestStart).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const made = new RegExp(`(${start})[bcdfghjklmnpqrstvwxz2456789]{5}`, 'g');
  const plain = ({ field, message }: Cause): Cause => ({
    field,
    message: message.replace(made, '$1SUFFIX'),
  });
  return { ...word, causes: word.causes.map(plain), warnings: word.warnings.map(plain) };
}
