import type { ScalarNode } from '../syntax.ts';

export type Scalar = ScalarNode['value'];

/** A scalar that Kubernetes' tools refuse; `message` says why, as a finished sentence. */
export interface BadScalar {
  message: string;
}

/**
 * The value of an untagged plain scalar as kubectl, Flux, Argo CD and Helm read it: YAML 1.1 by
 * go-yaml v2's `resolve`, then JSON (sigs.k8s.io/yaml). Words in three cases are booleans, `0644` is
 * 420, dates and `1:30` stay strings, and what JSON cannot hold (`.inf`) is refused.
 */
export function resolvePlain(text: string): Scalar | BadScalar {
  switch (hints[text.charCodeAt(0)]) {
    case word:
      return text.length <= longestWord && words.has(text) ? (words.get(text) as Scalar) : text;
    case number:
      // `10.0.0.1` needs a closer look, `100m` and `5Gi` do not.
      if (numberEnds[text.charCodeAt(text.length - 1)] !== 1) return text;
      return infinite.test(text)
        ? { message: `${text} is a number that JSON, and so Kubernetes, cannot hold.` }
        : (numberOf(text) ?? text);
    default:
      return text === '' ? null : text;
  }
}

/**
 * The value of a scalar with an explicit tag: `!!str`, `!!binary` (decoded), `!!int` and the like; the
 * text of any other tag. `tag` is as written, such as `!!str`.
 */
export function resolveTagged(tag: string, text: string): Scalar | BadScalar {
  const name = shortTag(tag);
  if (name === '!!binary') return decodeBinary(text);
  const fits = typeTests[name];
  if (!fits) return text;
  const value = resolvePlain(text);
  if (fits(value)) return value;
  return { message: `This value cannot be read as ${tag}.` };
}

/**
 * Why Kubernetes' YAML parser refuses a double-quoted text, whose source is given; undefined
 * when it does not. JSON knows two escapes that it does not: the slash, and halves of a UTF-16 pair.
 */
export function refusedEscape(source: string): BadScalar | undefined {
  const found = /(?:^|[^\\])(?:\\\\)*(\\(?:\/|u[dD][89a-fA-F]))/.exec(source)?.[1];
  return found === undefined
    ? undefined
    : {
        message: `Kubernetes' YAML parser does not know the escape ${found}: write the character itself.`,
      };
}

/**
 * A map key as JSON has it, from its value and its text; undefined where Kubernetes refuses it (null).
 * Floats are written by Go's `strconv.FormatFloat(x, 'g', -1, 32)`, as sigs.k8s.io/yaml does.
 */
export function keyText(value: Scalar, text: string): string | undefined {
  if (value === null) return undefined;
  if (typeof value !== 'number' || !isFloat(value, text)) return String(value);
  const single = shortestSingle(value);
  if (!Number.isFinite(single)) return single < 0 ? '-.inf' : '.inf';
  const [mantissa, exponent] = single.toExponential().split('e') as [string, string];
  const power = Number(exponent);
  if (single === 0 || (power >= -4 && power < largestPlain)) return String(single);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}

export function isBadScalar(value: Scalar | BadScalar): value is BadScalar {
  return typeof value === 'object' && value !== null;
}

const word = 1;
const number = 2;

/** By first character, what a plain scalar may be besides a string. */
const hints = new Uint8Array(128);
for (const letter of 'yYnNtTfFoO~') hints[letter.charCodeAt(0)] = word;
for (const letter of '+-.0123456789') hints[letter.charCodeAt(0)] = number;

/** 1 for what a number can end with: digits, also hexadecimal ones, a point, an underscore, and `inf` and `nan`. */
const numberEnds = new Uint8Array(128);
for (const letter of '0123456789abcdefABCDEF._nN') numberEnds[letter.charCodeAt(0)] = 1;

const words = new Map<string, Scalar>([['~', null]]);
for (const name of ['y', 'yes', 'true', 'on']) addWord(name, true);
for (const name of ['n', 'no', 'false', 'off']) addWord(name, false);
addWord('null', null);
const longestWord = 'false'.length;

function addWord(name: string, value: Scalar): void {
  words.set(name, value);
  words.set(name.toUpperCase(), value);
  words.set(name.charAt(0).toUpperCase() + name.slice(1), value);
}

const infinite = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const decimal = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const octal = /^[-+]?0[oO]?([0-7]+)$/;
const prefixed = /^[-+]?(0[xX][0-9a-fA-F]+|0[bB][01]+)$/;

function numberOf(text: string): number | undefined {
  // Behind a leading dot underscores must stand between digits, elsewhere anywhere.
  if (text[0] === '.' && /_(?![0-9])|(?<![0-9])_/.test(text)) return undefined;
  const plain = text.includes('_') ? text.replaceAll('_', '') : text;
  const sign = plain[0] === '-' ? -1 : 1;
  const digits = octal.exec(plain)?.[1];
  const based = digits === undefined ? prefixed.exec(plain)?.[1]?.toLowerCase() : `0o${digits}`;
  if (based !== undefined) {
    const value = Number(based);
    // What fits no 64 bits is no integer: text with a prefix stays text, `0777…` is read as decimal.
    if (value < 2 ** 64) return withSign(sign, value);
  }
  if (!decimal.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? withSign(1, value) : undefined;
}

function isFloat(value: number, text: string): boolean {
  if (/^[-+]?0[xXoObB]/.test(text)) return false;
  return /[.eE]/.test(text) || /^[-+]?0[0-7_]*[89]/.test(text) || Math.abs(value) >= 2 ** 63;
}

function withSign(sign: number, value: number): number {
  return value === 0 ? 0 : sign * value;
}

const typeTests: Record<string, ((value: Scalar | BadScalar) => boolean) | undefined> = {
  '!!bool': value => typeof value === 'boolean',
  '!!int': value => Number.isInteger(value),
  '!!float': value => typeof value === 'number',
  '!!null': value => value === null,
};

function shortTag(tag: string): string {
  const long = /^!<tag:yaml\.org,2002:(.*)>$/.exec(tag);
  return long ? `!!${long[1]}` : tag;
}

function decodeBinary(text: string): string | BadScalar {
  const base64 = text.replace(/[\r\n]/g, '');
  if (base64.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(base64))
    return { message: 'The value of !!binary is not base64.' };
  return Buffer.from(base64, 'base64').toString('utf8');
}

/** From this power of ten on, Go's shortest format `g` writes an exponent. */
const largestPlain = 6;

/** The number with the fewest digits that is the same 32-bit float. */
function shortestSingle(value: number): number {
  const single = Math.fround(value);
  for (let digits = 1; digits < 10; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return single;
}
