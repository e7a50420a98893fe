import { nearestName } from '../../schemas/nearest.ts';
import { oneOf } from '../structure/scalars.ts';

/** The judge's words about one field, as a rule and the rest of a sentence that begins with the field. */
export interface Verdict {
  rule: string;
  says: string;
  /** The name that was probably meant. */
  near?: string;
  /** The refused value, where the message names a plain one. */
  value?: string;
}

/**
 * Turns an API server's cause (`Unsupported value: "never": supported values: "Always", …`) into a
 * sentence. `secret` leaves values out; `known` is the value where the message lacks it.
 */
export function verdictOf(
  type: string | undefined,
  message: string,
  { secret, known }: { secret: boolean; known?: string },
): Verdict {
  const { value: quotedValue, detail } = split(message);
  const value = known ?? quotedValue;
  const shown = secret ? undefined : value;
  switch (type) {
    case 'FieldValueRequired':
      return value !== undefined && /values: "/.test(detail)
        ? unsupported(shown, detail)
        : { rule: 'missing-required', says: withDetail('is required', detail) };
    case 'FieldValueNotSupported':
      return unsupported(shown, detail);
    case 'FieldValueForbidden':
      return { rule: 'not-allowed', says: withDetail('is not allowed', detail) };
    case 'FieldValueDuplicate':
      return { rule: 'duplicate-value', says: `${quoted(shown)} is set twice`, value };
    case 'FieldValueNotFound':
      return { rule: 'not-found', says: `names ${quoted(shown)}, which does not exist`, value };
    case 'FieldValueInvalid':
    case 'FieldValueTooLong':
    case 'FieldValueTooMany':
      return {
        rule: 'invalid-value',
        says: withDetail(`${quoted(shown)} is not valid`.trim(), detail),
        value,
      };
    default:
      return { rule: 'refused', says: secret ? 'is refused' : `is refused: ${message}` };
  }
}

function unsupported(value: string | undefined, detail: string): Verdict {
  const values = [...detail.matchAll(/"([^"]*)"/g)].map(match => match[1] ?? '');
  if (values.length === 0)
    return { rule: 'bad-enum', says: withDetail('is not supported', detail) };
  const near = value === undefined ? undefined : nearestName(value, values);
  const not = value === undefined ? '' : `, not ${quoted(value)}`;
  return { rule: 'bad-enum', says: `must be ${oneOf(values)}${not}`, near, value };
}

/** Text in quotes, numbers as they are, nothing for what is empty or must not be shown. */
function quoted(value: string | undefined): string {
  if (value === undefined || value === '') return '';
  return /^-?[\d.]+$/.test(value) ? value : JSON.stringify(value);
}

/** `Invalid value: "x": why` in its parts; a value that is no short scalar is left out. */
function split(message: string): { value?: string; detail: string } {
  const prefix = /^(?:[A-Z][a-z]+ value|Not found|Forbidden|Too long|Too many)(?:: |$)/;
  const rest = message.replace(prefix, '');
  const text = /^"((?:[^"\\]|\\.)*)"(?:: |$)(.*)/s.exec(rest);
  if (text) return { value: unescaped(text[1] ?? ''), detail: text[2] ?? '' };
  const plain = /^(-?[\d.]+|true|false|null)(?:: |$)(.*)/s.exec(rest);
  if (plain) return { value: plain[1], detail: plain[2] ?? '' };
  // The judge leaves long values out.
  if (rest.startsWith('…: ')) return { detail: rest.slice(3) };
  if (!/^[{[]/.test(rest)) return { detail: rest };
  // A composite value ends where a detail in words begins.
  const end = Math.max(rest.lastIndexOf('}: '), rest.lastIndexOf(']: '));
  return { detail: end < 0 ? '' : rest.slice(end + 3) };
}

function unescaped(text: string): string {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return text;
  }
}

/** Adds a detail without the regular expressions that validation quotes. */
function withDetail(says: string, detail: string): string {
  const short = detail
    .replace(/,? ?\(?(e\.g\.|regex used for validation is).*?'\)?(?=$|[;.])/gs, '')
    .replace(/[\s.]+$/, '');
  return short === '' ? says : `${says}: ${short}`;
}
