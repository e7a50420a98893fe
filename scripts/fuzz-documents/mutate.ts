import { chance } from '../fuzz-drift/chance.ts';
import type { Random } from '../lib/random.ts';

/** A text with one to five things done to it that people, editors and bad luck do to YAML. */
export function mutateText(text: string, random: Random, others: readonly string[]): string {
  let made = text;
  for (let left = 1 + random.below(5); left > 0; left--)
    made = random.pick(mutations)(made, random, others);
  return made;
}

type Mutation = (text: string, random: Random, others: readonly string[]) => string;

const signs = [
  ...[
    ':',
    ': ',
    '- ',
    '-',
    '? ',
    '|',
    '>',
    '|2-',
    '&a ',
    '*a',
    '<<: *a',
    '!!str ',
    '!x ',
    '%YAML 1.1',
  ],
  ...[
    '{',
    '}',
    '[',
    ']',
    ',',
    '"',
    "'",
    '#',
    ' #',
    '---\n',
    '...\n',
    '\t',
    ' ',
    '  ',
    '\n',
    '\r\n',
    '\r',
  ],
  ...[
    '{{ .Values.x }}',
    '$' + '{VAR}',
    '$' + '{VAR:=1}',
    'ENC[AES256_GCM,data:x]',
    '\u0000',
    '\ufeff',
    '\u2028',
  ],
  ...[
    'é',
    '😀',
    '\ud800',
    '~',
    'null',
    'true',
    '0x1F',
    '1e400',
    '.inf',
    '-.inf',
    '.nan',
    '0644',
    '1_000',
  ],
];

const mutations: readonly Mutation[] = [
  (text, random) => inserted(text, random.below(text.length + 1), random.pick(signs)),
  (text, random) => inserted(text, startOfLine(text, random), random.pick(signs)),
  (text, random) => without(text, random.below(text.length + 1), 1 + random.below(6)),
  (text, random) => text.slice(0, random.below(text.length + 1)),
  // A line is lost, doubled, moved, indented.
  (text, random) => inLines(text, random, (lines, at) => lines.splice(at, 1)),
  (text, random) => inLines(text, random, (lines, at) => lines.splice(at, 0, lines[at] ?? '')),
  (text, random) =>
    inLines(text, random, (lines, at) =>
      lines.splice(random.below(lines.length), 0, ...lines.splice(at, 1 + random.below(4))),
    ),
  (text, random) =>
    inLines(text, random, (lines, at) => {
      lines[at] = ' '.repeat(1 + random.below(5)) + (lines[at] ?? '');
    }),
  (text, random) =>
    inLines(text, random, (lines, at) => {
      lines[at] = (lines[at] ?? '').replace(/^ {1,2}/, random.pick(['', '\t']));
    }),
  // A value is another one.
  (text, random) =>
    inLines(text, random, (lines, at) => {
      lines[at] = (lines[at] ?? '').replace(/: .*$/, `: ${random.pick(values)}`);
    }),
  (text, random, others) => text + (chance(random, 0.5) ? '\n---\n' : '\n') + random.pick(others),
  (text, random) => nested(text, random),
  text => text.replaceAll('\n', '\r\n'),
];

const values = [
  ...[
    '[]',
    '{}',
    '[a, b',
    '{a: b',
    '"unended',
    "'unended",
    '|',
    '>-',
    '&x',
    '*x',
    '!!binary x',
    '-1',
    '1.5',
  ],
  ...[
    '9'.repeat(400),
    'x'.repeat(3000),
    '""',
    'yes',
    '2024-01-01',
    '500m',
    '1Gi',
    'a: b: c',
    '@',
    '`',
    '%',
  ],
];

function nested(text: string, random: Random): string {
  const depth = 1 + random.below(random.pick([10, 400]));
  const [open, close] = random.pick([
    ['[', ']'],
    ['{a: ', '}'],
    ['- ', ''],
  ]);
  const ends = chance(random, 0.5) ? close.repeat(depth) : '';
  return inserted(text, startOfLine(text, random), `x: ${open.repeat(depth)}1${ends}\n`);
}

function inserted(text: string, at: number, what: string): string {
  return text.slice(0, at) + what + text.slice(at);
}

function without(text: string, at: number, length: number): string {
  return text.slice(0, at) + text.slice(at + length);
}

function startOfLine(text: string, random: Random): number {
  return text.lastIndexOf('\n', random.below(text.length + 1)) + 1;
}

function inLines(
  text: string,
  random: Random,
  change: (lines: string[], at: number) => unknown,
): string {
  const lines = text.split('\n');
  change(lines, random.below(lines.length));
  return lines.join('\n');
}
