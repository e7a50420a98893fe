import type { Json } from '../../model/resource.ts';

const suffixes: Record<string, bigint> = {
  Ki: 2n ** 10n,
  Mi: 2n ** 20n,
  Gi: 2n ** 30n,
  Ti: 2n ** 40n,
  Pi: 2n ** 50n,
  Ei: 2n ** 60n,
  k: 10n ** 3n,
  M: 10n ** 6n,
  G: 10n ** 9n,
  T: 10n ** 12n,
  P: 10n ** 15n,
  E: 10n ** 18n,
};
const fractions: Record<string, number> = { '': 0, m: 3, u: 6, n: 9 };
const quantity = /^([+-]?)(\d*)(?:\.(\d*))?(Ki|Mi|Gi|Ti|Pi|Ei|[numkMGTPE]|[eE][+-]?\d{1,2})?$/;
const duration = /^(?:\d+(?:\.\d+)?(?:h|m|s|ms|us|µs|ns))+$/;
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;
const seconds: Record<string, number> = {
  h: 3600,
  m: 60,
  s: 1,
  ms: 1e-3,
  us: 1e-6,
  µs: 1e-6,
  ns: 1e-9,
};

/**
 * True for two different texts of one amount (`1000m` and `1`), one duration (`60s` and `1m0s`) or one
 * instant. It only softens how a difference is shown; whether there is one, the judge says.
 */
export function sameMeaning(a: Json | undefined, b: Json | undefined): boolean {
  if (!isText(a) || !isText(b)) return false;
  return sameBy(parseQuantity, a, b) || sameBy(parseDuration, a, b) || sameBy(parseTime, a, b);
}

function isText(value: Json | undefined): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}

function sameBy<T>(parse: (text: string) => T | undefined, a: string | number, b: string | number) {
  const left = parse(String(a));
  return left !== undefined && left === parse(String(b));
}

/** The amount in billionths; undefined when the text is no quantity or finer than that. */
function parseQuantity(text: string): bigint | undefined {
  const match = quantity.exec(text);
  if (!match || text.length > 40) return undefined;
  const [, sign, whole = '', fraction = '', suffix = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  const digits = BigInt(`${whole}${fraction}`) * (sign === '-' ? -1n : 1n);
  const exponent = /^[eE][+-]?\d/.test(suffix) ? Number(suffix.slice(1)) : 0;
  const scale = 9 - fraction.length - (fractions[suffix] ?? 0) + exponent;
  const amount = digits * (suffixes[suffix] ?? 1n);
  if (scale >= 0) return amount * 10n ** BigInt(scale);
  const divisor = 10n ** BigInt(-scale);
  return amount % divisor === 0n ? amount / divisor : undefined;
}

function parseDuration(text: string): number | undefined {
  if (!duration.test(text)) return undefined;
  let total = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d+)?)(h|ms|m|s|us|µs|ns)/g))
    total += Number(number) * (seconds[unit ?? ''] ?? 0);
  return total;
}

function parseTime(text: string): number | undefined {
  return time.test(text) ? Date.parse(text) : undefined;
}
