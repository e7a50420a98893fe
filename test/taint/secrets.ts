import { randomBytes } from 'node:crypto';

/** Where a secret value is planted, and the value. */
export type Planted = Record<string, string>;

/** A value that is found nowhere by chance: words, so that no pattern of ours could know it as a secret. */
export function plant<Name extends string>(...names: Name[]): Record<Name, string> {
  return Object.fromEntries(
    names.map(name => [name, `taint-${name}-${randomBytes(9).toString('hex')}`]),
  ) as Record<Name, string>;
}

/**
 * Names of the planted values that a text holds: as they are, in hexadecimal, in a URL, or in base64, also in the
 * middle of something longer that was encoded (three alignments), with and without URL-safe letters.
 */
export function found(text: string, planted: Planted): string[] {
  return Object.entries(planted)
    .filter(([, value]) => forms(value).some(form => text.includes(form)))
    .map(([name]) => name);
}

const known = new Map<string, string[]>();

function forms(value: string): string[] {
  const ready = known.get(value);
  if (ready) return ready;
  const bytes = Buffer.from(value);
  const encoded = [0, 1, 2].flatMap(before => {
    const all = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64');
    // What depends on the neighbours, at both ends, is left out.
    const inner = all.slice(before === 0 ? 0 : 4, -4);
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')];
  });
  const made = [...new Set([value, encodeURIComponent(value), bytes.toString('hex'), ...encoded])];
  known.set(value, made);
  return made;
}
