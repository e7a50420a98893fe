export const tab = 0x09;
export const lineFeed = 0x0a;
export const space = 0x20;
export const doubleQuote = 0x22;
export const hash = 0x23;
export const ampersand = 0x26;
export const singleQuote = 0x27;
export const asterisk = 0x2a;
export const plus = 0x2b;
export const comma = 0x2c;
export const dash = 0x2d;
export const zero = 0x30;
export const nine = 0x39;
export const colon = 0x3a;
export const greater = 0x3e;
export const question = 0x3f;
export const openBracket = 0x5b;
export const backslash = 0x5c;
export const closeBracket = 0x5d;
export const openBrace = 0x7b;
export const pipe = 0x7c;
export const closeBrace = 0x7d;
/** The last printable character of ASCII. */
export const tilde = 0x7e;

/** 1 for the printable characters of ASCII that mean something where a scalar begins, or may do so. */
export const indicators = new Uint8Array(128);
for (const indicator of ' #&*!|>\'"%@`,[]{}?:-') indicators[indicator.charCodeAt(0)] = 1;

export function isFlowIndicator(code: number): boolean {
  return (
    code === comma ||
    code === openBracket ||
    code === closeBracket ||
    code === openBrace ||
    code === closeBrace
  );
}

/**
 * True for a character, not of printable ASCII, that YAML refuses, that is taken for a line break by some, or
 * that means something where a text begins.
 */
export function isUncommon(codes: Uint16Array, at: number): boolean {
  const code = codes[at] as number;
  if (code < 0x2028) return code < space || (code > tilde && code <= nonBreakingSpace);
  if (code < highSurrogate) return code <= paragraphSeparator;
  if (code < lowSurrogate) return !isLowSurrogate(codes[at + 1] as number);
  if (code <= lastSurrogate) return !isHighSurrogate(codes[at - 1] as number);
  return code === byteOrderMark || code >= 0xfffe;
}

function isHighSurrogate(code: number): boolean {
  return code >= highSurrogate && code < lowSurrogate;
}

function isLowSurrogate(code: number): boolean {
  return code >= lowSurrogate && code <= lastSurrogate;
}

export const nonBreakingSpace = 0xa0;
const paragraphSeparator = 0x2029;
const highSurrogate = 0xd800;
const lowSurrogate = 0xdc00;
const lastSurrogate = 0xdfff;
const byteOrderMark = 0xfeff;
