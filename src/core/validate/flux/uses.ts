import type { IndexedFile } from '../../manifests/index-types.ts';
import { rangeOf } from '../../manifests/locate.ts';
import type { Range } from '../../model/source.ts';

/** `${…}` in a text, as Flux' envsubst reads it: `$${…}` is none. */
export interface VariableUse {
  name: string;
  start: number;
  end: number;
  /** It says what counts where nothing sets the variable. */
  hasDefault: boolean;
  /** Why envsubst cannot read it; undefined for what it can. */
  problem?: string;
}

const cache = new WeakMap<IndexedFile, VariableUse[]>();

/** The variables that a file uses, read once for each text of it. */
export function usesIn(file: IndexedFile): readonly VariableUse[] {
  const known = cache.get(file) ?? readUses(file.text);
  cache.set(file, known);
  return known;
}

/** The same for any text. Inside of a use others may be nested as defaults: `${A:=${B}}`. */
export function readUses(text: string): VariableUse[] {
  const uses: VariableUse[] = [];
  for (let at = text.indexOf('${'); at >= 0; at = text.indexOf('${', at + 2))
    if (text[at - 1] === '$') continue;
    else uses.push(useAt(text, at));
  return uses;
}

const nameAtStart = /^[A-Za-z_]\w*/;

function useAt(text: string, start: number): VariableUse {
  const end = closing(text, start + 2);
  if (end === undefined) {
    const line = text.slice(start, lineEnd(text, start));
    return {
      name: nameAtStart.exec(line.slice(2))?.[0] ?? '',
      start,
      end: start + line.length,
      hasDefault: false,
      problem: 'its brace does not close',
    };
  }
  const inside = text.slice(start + 2, end);
  const plain = inside.replace(/^#(?=[A-Za-z_])/, '');
  const name = nameAtStart.exec(plain)?.[0] ?? '';
  const rest = plain.slice(name.length);
  return {
    name,
    start,
    end: end + 1,
    // Length, case and parts of an unset variable are refused; these say what counts then.
    hasDefault: /^(:?[-=+?])/.test(rest),
    ...(isReadable(name, rest) ? {} : { problem: problemOf(inside) }),
  };
}

/** The forms of github.com/fluxcd/pkg/envsubst. */
function isReadable(name: string, rest: string): boolean {
  return (
    name !== '' && (rest === '' || /^(:?[-=+?]|:-?\d|:\s|\^\^?|,,?|##?|%%?|\/[/#%]?)/.test(rest))
  );
}

function problemOf(inside: string): string {
  if (inside.trim() === '') return 'it names no variable';
  const first = /^#?[A-Za-z_]\w*/.exec(inside)?.[0];
  return first === undefined
    ? 'the name of a variable begins with a letter or _'
    : `a name has letters, digits and _ only, not ${JSON.stringify(inside[first.length])}`;
}

function closing(text: string, from: number): number | undefined {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\n' && depth === 1) return undefined;
    if (text[at] === '$' && text[at + 1] === '{') depth++;
    if (text[at] === '}' && --depth === 0) return at;
  }
  return undefined;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

export function rangeOfUse({ parsed }: IndexedFile, { start, end }: VariableUse): Range {
  return rangeOf(parsed, start, end);
}
