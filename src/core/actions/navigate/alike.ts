import { isObject, type Json } from '../../model/resource.ts';

/** What may read otherwise in what is rendered after a renaming. */
export interface Renamed {
  from: string;
  to: string;
  /** name: in any text. value: a text as a whole. key: a field's name. */
  as: 'name' | 'value' | 'key';
  /** It is a Service, which others speak to by its name. */
  host?: true;
}

/** True where two values are the same but for what was renamed, and for hashes of a content that holds it. */
export function isAlike(before: Json, after: Json, renamed: Renamed): boolean {
  if (typeof before === 'string' && typeof after === 'string')
    return isAlikeText(before, after, renamed);
  if (Array.isArray(before) && Array.isArray(after))
    return (
      before.length === after.length &&
      before.every((item, index) => isAlike(item, after[index] as Json, renamed))
    );
  if (!isObject(before) || !isObject(after)) return before === after;
  const keys = Object.keys(before);
  if (keys.length !== Object.keys(after).length) return false;
  return keys.every(key => {
    const now = renamed.as === 'key' && key === renamed.from ? renamed.to : key;
    const value = Object.hasOwn(after, now) ? after[now] : undefined;
    return value !== undefined && isAlike(before[key] as Json, value, renamed);
  });
}

function isAlikeText(before: string, after: string, { from, to, as }: Renamed): boolean {
  if (before === after) return true;
  if (as === 'value' && before === from) return after === to;
  // Where nothing substitutes, as in a kustomization that nobody deploys.
  if (as === 'key' && before.split(`\${${from}`).join(`\${${to}`) === after) return true;
  if (as === 'name' && isReplaced(unhashed(before), unhashed(after), from, to)) return true;
  // A chart's checksum of a file in which the name stands.
  if (/^[0-9a-f]{64}$/.test(before) && /^[0-9a-f]{64}$/.test(after)) return true;
  return unhashed(before) === unhashed(after);
}

/** Each place at which the name stood has the old name or the new one: in `web-web` one may be another's. */
function isReplaced(before: string, after: string, from: string, to: string): boolean {
  const either = `(?:${literal(from)}|${literal(to)})`;
  const parts = before.split(from).map(literal);
  return parts.length > 1 && new RegExp(`^${parts.join(either)}$`, 's').test(after);
}

/** A text as a pattern that matches it alone. */
export function literal(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** kustomize ends the names of what it generates with ten letters of their content's hash: of any content. */
export function unhashed(text: string): string {
  return text.replace(/-[2456789bcdfghkmt]{10}(?![a-z0-9-])/g, '-hash');
}
