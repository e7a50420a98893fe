/**
 * What a pattern of a type asks for, in words, where people write it: durations and addresses. It ends the sentence
 * "spec.interval …"; undefined for other patterns.
 */
export function patternWords(pattern: string, text: string): string | undefined {
  if (/\(ms\|s\|m\|h\)|\(ns\|us\|µs\|ms\|s\|m\|h\)/.test(pattern)) return durationWords(text);
  const schemes = schemesOf(pattern);
  if (schemes.length === 0) return undefined;
  const scp = /^(?:([\w.-]+)@)?([\w.-]+\.[\w.-]+):(?!\/\/)(.+)$/.exec(text);
  const meant =
    scp && schemes.includes('ssh')
      ? `; write ssh://${scp[1] ? `${scp[1]}@` : ''}${scp[2]}/${scp[3]}`
      : '';
  return `must begin with ${listed(schemes.map(scheme => `${scheme}://`))}, not ${JSON.stringify(text)}${meant}`;
}

function durationWords(text: string): string {
  const days = /^(\d+)d$/.exec(text)?.[1];
  const hint =
    days === undefined
      ? ''
      : days === '1'
        ? '; a day is 24h'
        : `; ${days} days are ${Number(days) * 24}h`;
  return `must be a duration such as 30s, 5m or 1h30m (units ms, s, m and h), not ${JSON.stringify(text)}${hint}`;
}

/** Of `^(http|https|ssh)://.*$` and `^oci://.*$`. */
function schemesOf(pattern: string): string[] {
  const [, several, one] = /^\^(?:\(([a-z|]+)\)|([a-z]+)):\/\//.exec(pattern) ?? [];
  return several?.split('|') ?? (one === undefined ? [] : [one]);
}

function listed(items: readonly string[]): string {
  return items.length < 2
    ? (items[0] ?? '')
    : `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`;
}
