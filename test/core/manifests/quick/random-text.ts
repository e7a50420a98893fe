import { Random } from '../edit/random-yaml.ts';

/** Pieces that mean something somewhere in YAML, or are taken for something by one of its readers. */
const pieces = [
  ...[' ', '  ', '    ', '\t', '\n', '\n\n', '\r\n', '\r', ':', ': ', ':\n', ' #', '#', ' # c\n'],
  ...['-', '- ', '-\n', '- - ', '? ', '?', ',', ', ', '[', ']', '{', '}', '{}', '[]', '{{', '}}'],
  ...[
    '"',
    "'",
    "''",
    '\\',
    '\\"',
    '\\/',
    '\\n',
    '\\\n',
    '\\u00e9',
    '\\ud83d',
    '\\x41',
    '\\U0001F600',
  ],
  ...[
    '|',
    '>',
    '|-',
    '>+',
    '|2',
    '>1-',
    '|-2',
    '&a ',
    '*a',
    '!!str ',
    '!x ',
    '<<',
    '<<: ',
    '%',
    '@',
  ],
  ...[
    '`',
    '---',
    '---\n',
    '--- ',
    '...',
    '...\n',
    '\n---\n',
    '~',
    'null',
    'yes',
    'No',
    '0',
    '1',
    '-1',
  ],
  ...[
    '0644',
    '0x1F',
    '1e3',
    '.5',
    '1_000',
    '.inf',
    '1:30',
    '2024-01-02',
    '+',
    '.',
    '=',
    'a',
    'b',
    'key',
  ],
  ...[
    'é',
    '😀',
    '\u00a0',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\ud800',
    '\udc00',
    '\u0000',
    '\u0007',
    '\u007f',
  ],
  ...[
    '\uffff',
    '\u3000',
    '，',
    '__proto__',
    'a: 1\n',
    '  b: 2\n',
    '- x\n',
    '  - y\n',
    '\n \n',
    '\n\t\n',
  ],
];

const usualKeys = [
  ...[
    'a',
    'b',
    'c',
    'd',
    'e',
    'f',
    'name',
    'kind',
    'spec',
    'metadata',
    'x/y',
    'a.b-c',
    '"q"',
    "'s'",
    'no',
    '80',
  ],
];
const usualWords = [
  ...[
    'x',
    'web',
    'a:b',
    'a#b',
    '--flag',
    '-1',
    '1',
    '0',
    '0644',
    '1.50',
    'true',
    'No',
    '~',
    '',
    'v1',
    '100m',
  ],
  ...[
    '"d"',
    '"a\\nb"',
    "'s'",
    "'it''s'",
    'ü ☃',
    '10.0.0.1',
    '80:8080',
    '/bin/sh',
    'a b c',
    '2024-01-02',
    '"#"',
  ],
];

/** Writes YAML in as many ways as there are, mostly good; a few changes make most of it bad. */
export class TextMaker {
  readonly #random: Random;
  /** How many of its words are strange. */
  #strange = 0;

  constructor(seed: number) {
    this.#random = new Random(seed);
  }

  /** One file: some documents, changed in no, few or many places. */
  file(): string {
    const random = this.#random;
    this.#strange = random.pick([0, 0.03, 0.1, 0.5]);
    let text = '';
    for (let count = 1 + random.below(2); count > 0; count--) {
      if (random.chance(0.4))
        text += random.pick(['---\n', '--- # c\n', '# c\n---\n', '...\n', '\n']);
      text += this.#document();
      if (!text.endsWith('\n') && random.chance(0.9)) text += '\n';
    }
    for (let changes = random.pick([0, 0, 0, 1, 1, 2, 5]); changes > 0; changes--)
      text = this.#changed(text);
    return random.chance(0.03) ? text.replaceAll('\n', '\r\n') : text;
  }

  /** A few pieces that need not make sense. */
  nonsense(): string {
    return Array.from({ length: 1 + this.#random.below(14) }, () => this.#random.pick(pieces)).join(
      '',
    );
  }

  #document(): string {
    const random = this.#random;
    if (random.chance(0.15)) return `${this.#flow(3, 0)}${this.#tail()}`;
    if (random.chance(0.05)) return `${this.#inline(0)}${this.#tail()}`;
    return random.chance(0.8) ? this.#map(0, 3) : this.#list(0, 3);
  }

  #map(column: number, depth: number): string {
    const random = this.#random;
    let text = '';
    for (let count = 1 + random.below(4); count > 0; count--) {
      text += this.#idle(column);
      const gap = random.chance(0.04) ? ' ' : '';
      text += `${' '.repeat(column)}${this.#key()}${gap}:${this.#value(column, depth, false)}`;
    }
    return text;
  }

  #list(column: number, depth: number): string {
    const random = this.#random;
    let text = '';
    for (let count = 1 + random.below(3); count > 0; count--) {
      text += `${this.#idle(column)}${' '.repeat(column)}-`;
      if (depth > 0 && random.chance(0.4)) {
        const gap = random.pick([1, 1, 1, 3]);
        const inner = column + 1 + gap;
        const node = random.chance(0.8)
          ? this.#map(inner, depth - 1)
          : this.#list(inner, depth - 1);
        text += ' '.repeat(gap) + node.replace(/^(?:\s*#.*\n|\s*\n)* */, '');
      } else text += this.#value(column, depth, true);
    }
    return text;
  }

  /** What follows a colon or a dash, to the end of its last line. */
  #value(column: number, depth: number, isItem: boolean): string {
    const random = this.#random;
    const way = random.next();
    const isStrange = random.chance(this.#strange);
    if (way < 0.1) return this.#tail();
    if (way < 0.2 && depth > 0) return ` ${this.#flow(2, column + 1)}${this.#tail()}`;
    if (way < 0.32) return ` ${this.#block(column)}`;
    if (way < 0.36 && random.chance(0.5))
      return ` ${random.pick(['&a ', '&b ', '&a', '*a', '*b', '*a ', '&a\n'])}${random.chance(0.6) ? this.#inline(column) : ''}${this.#tail()}`;
    if (way < 0.36 && isStrange)
      return ` ${random.pick(['&a', '*a', '!!str', '!x', '&a !!int'])} ${this.#inline(column)}${this.#tail()}`;
    if (way < 0.6 && depth > 0) {
      const step = random.pick([1, 2, 2, 2, 4, ...(isItem ? [] : [0])]);
      const isMap = random.chance(0.6);
      const inner = isMap && step === 0 ? column + 2 : column + step;
      const node = isMap ? this.#map(inner, depth - 1) : this.#list(inner, depth - 1);
      return `${this.#tail()}${node}`;
    }
    const newLine = random.chance(0.05) ? `\n${' '.repeat(column + 1 + random.below(2))}` : ' ';
    return `${newLine}${this.#inline(column)}${this.#tail()}`;
  }

  /** The end of a line: a comment, blanks, empty lines. */
  #tail(): string {
    return this.#random.pick([
      '\n',
      '\n',
      '\n',
      '\n',
      '\n',
      ' # c\n',
      '  \n',
      '\n\n',
      ' #\n',
      '\n# c\n',
    ]);
  }

  #idle(column: number): string {
    const random = this.#random;
    if (random.chance(0.85)) return '';
    const pad = ' '.repeat(random.below(column + 3));
    return random.pick([`${pad}# c: "\n`, '\n', `${pad}\n`, '# - x\n', `${pad}#\n`]);
  }

  #key(): string {
    if (!this.#random.chance(this.#strange)) return this.#random.pick(usualKeys);
    return this.#random.pick([
      ...[
        'a',
        'b',
        'c',
        'd',
        'name',
        'kind',
        'x/y',
        'a.b-c',
        '"q"',
        "'s'",
        '"a"',
        'yes',
        '80',
        '0x1F',
      ],
      ...[
        '1.5',
        'with space',
        '"esc\\"aped"',
        "'it''s'",
        '-x',
        '<<',
        '"<<"',
        'null',
        '""',
        'é',
        '"\\/"',
      ],
      ...[
        'a:b',
        'a#b',
        '__proto__',
        '[a]',
        '? k',
        ':x',
        '.5',
        '1e6',
        '"no"',
        'on',
        '"\\u0041"',
        '😀',
      ],
    ]);
  }

  /** A scalar that may go on over several lines. */
  #inline(column: number): string {
    const random = this.#random;
    if (!random.chance(0.12)) return this.#word();
    const lines = Array.from({ length: 2 + random.below(2) }, () => this.#words());
    const pad = ' '.repeat(
      Math.max(0, column + 1 + random.below(3) - (random.chance(0.1) ? 2 : 0)),
    );
    const breaks = () => random.pick(['\n', '\n', '\n\n', '  \n', '\n \n', ' # c\n', '\\\n']) + pad;
    const joined = lines.reduce((text, line) => text + breaks() + line);
    const quote = random.pick(['', '', '"', "'"]);
    return quote + joined + quote;
  }

  #words(): string {
    return Array.from({ length: 1 + this.#random.below(3) }, () => this.#word()).join(' ');
  }

  #word(): string {
    if (!this.#random.chance(this.#strange)) return this.#random.pick(usualWords);
    return this.#random.pick([
      ...[
        'x',
        'web',
        'app: b',
        'a:b',
        'a #b',
        'a#b',
        "it's",
        '-',
        '--flag',
        '- a',
        '-1',
        '+1',
        '1',
        '0',
      ],
      ...[
        '007',
        '0644',
        '08',
        '0b1',
        '1.50',
        '.5',
        '5.',
        '1e3',
        '1_0',
        '12345678901234567',
        '.nan',
        '-.inf',
      ],
      ...[
        'true',
        'No',
        'off',
        'y',
        'NULL',
        '~',
        'null',
        '',
        '2024-01-02',
        '1:30',
        'v1',
        '100m',
        '5Gi',
        '0x_1',
      ],
      ...[
        '"d"',
        '"a\\nb"',
        '"\\/"',
        '"\\ud83d\\ude00"',
        '"\t"',
        "'s'",
        "'it''s'",
        '"a" b',
        "'",
        '"',
        '"a"#b',
      ],
      ...[
        '{{ .x }}',
        '{a}',
        '[b',
        '%x',
        '@x',
        '`x`',
        '!x',
        '&x',
        '*x',
        '|x',
        '>x',
        '?x',
        ':x',
        ',x',
        'x,',
        '#x',
      ],
      ...[
        'é',
        '😀',
        'a\u00a0b',
        '\u3000',
        'a\tb',
        'ü ☃',
        '（x）',
        'x: ',
        'a\\b',
        '10.0.0.1',
        '80:8080',
        '=',
        '<',
      ],
      ...[
        '"{\\"a\\": 1}"',
        'x:',
        'a: ',
        '/bin/sh',
        '*.x',
        '$(Y)',
        'a=b',
        '"#"',
        "': '",
        'a\u0007',
        '---x',
      ],
    ]);
  }

  #block(column: number): string {
    const random = this.#random;
    const digit = random.chance(0.1) ? String(1 + random.below(4)) : '';
    const chomping = random.pick(['', '-', '+']);
    const header = random.chance(0.7) ? digit + chomping : chomping + digit;
    const inner = column + random.pick([1, 2, 2, 2, 4, ...(column > 0 ? [] : [0])]);
    const lines = Array.from({ length: random.below(5) }, () => {
      const pad = ' '.repeat(Math.max(0, inner + random.pick([0, 0, 0, 0, 0, 2, 1, -1])));
      return random.pick([
        `${pad}${this.#words()}`,
        `${pad}x`,
        '',
        pad,
        `${pad}\ty`,
        `${pad}  `,
        `${pad}# c`,
      ]);
    });
    const last = random.pick(['', '', '', '\n', '\n\n', '  \n', '\n# c\n']);
    return `${random.pick(['|', '>'])}${header}${random.pick(['', '', ' ', ' # c'])}\n${lines
      .map(line => `${line}\n`)
      .join('')}${last}`;
  }

  #flow(depth: number, indent: number): string {
    const random = this.#random;
    const isMap = random.chance(0.6);
    const gap = () =>
      random.pick(
        [
          '',
          '',
          ' ',
          ' ',
          '\n',
          `\n${' '.repeat(indent)}`,
          `\n${' '.repeat(indent + 2)}`,
          ' # c\n',
        ].slice(0, random.pick([4, 7, 8])),
      );
    const members = Array.from({ length: random.below(4) }, () => {
      const value = depth > 0 && random.chance(0.3) ? this.#flow(depth - 1, indent) : this.#word();
      if (!isMap) return gap() + value + gap();
      return `${gap()}${this.#key()}${random.chance(0.1) ? gap() : ''}:${gap()}${value}${gap()}`;
    });
    const inside = members.join(random.chance(0.02) ? ',,' : ',') + (random.chance(0.1) ? ',' : '');
    return isMap ? `{${inside}${gap()}}` : `[${inside}${gap()}]`;
  }

  #changed(text: string): string {
    const random = this.#random;
    const at = random.below(text.length + 1);
    const way = random.next();
    if (way < 0.3) return text.slice(0, at) + text.slice(at + 1 + random.below(3));
    if (way < 0.75) return text.slice(0, at) + random.pick(pieces) + text.slice(at);
    const lines = text.split('\n');
    const row = random.below(lines.length);
    const line = lines[row] ?? '';
    if (way < 0.9)
      return lines
        .with(
          row,
          random.pick([` ${line}`, `  ${line}`, line.slice(1), line.slice(2), `\t${line}`]),
        )
        .join('\n');
    if (way < 0.95) return lines.toSpliced(row, 1).join('\n');
    return lines.toSpliced(row, 0, lines[random.below(lines.length)] ?? '').join('\n');
  }
}
