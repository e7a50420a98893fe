import { isObject, type Json, type JsonObject } from '../../../../src/core/model/resource.ts';

/** Random numbers that a seed repeats (mulberry32). */
export class Random {
  #state: number;
  #comments = 0;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  chance(part: number): boolean {
    return this.next() < part;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  shuffled<T>(list: readonly T[]): T[] {
    const copy = [...list];
    for (let at = copy.length - 1; at > 0; at--) {
      const other = this.below(at + 1);
      [copy[at], copy[other]] = [copy[other] as T, copy[at] as T];
    }
    return copy;
  }

  comment(): string {
    return `#c${this.#comments++}`;
  }

  scalar(): Json {
    return this.pick<Json>([
      ...[0, 3, 5, -1, 1.5, 80, 65536, true, false],
      ...[
        'info',
        'debug',
        'yes',
        'no',
        'on',
        '0644',
        '1e3',
        '0o17',
        '0x1f',
        '1:30',
        '8080:80',
        'null',
        '~',
        '',
      ],
      ...[
        "it's",
        'a: b',
        'x #y',
        '# z',
        '- a',
        '{a}',
        '[b]',
        '*c',
        '&d',
        '!e',
        '%f',
        '@g',
        '`h`',
        '"q"',
        'end ',
        ' start',
      ],
      ...[
        'web:1.8.2',
        '100m',
        '2024-01-02',
        'a,b',
        'ü ☃ 😀',
        '\ttab',
        'line1\nline2',
        'line1\nline2\n',
        ' indented\nline\n',
        'a\n\nb\n\n',
        '\nfirst',
        'cr\r\nlf',
        '---',
        '...',
        '1_000',
        '.5',
        '+1',
        'true',
      ],
    ]);
  }

  key(): string {
    return this.pick([
      ...[
        'a',
        'b',
        'c',
        'name',
        'value',
        'replicas',
        'app.kubernetes.io/name',
        'LOG_LEVEL',
        'x-y',
        'yes',
        '80',
        'with space',
        'a#b',
        'it"s',
      ],
    ]);
  }

  value(depth: number): Json {
    if (depth === 0 || this.chance(0.4)) return this.scalar();
    return this.chance(0.5) ? this.map(depth - 1) : this.list(depth - 1);
  }

  map(depth: number): JsonObject {
    const map: JsonObject = {};
    for (let count = 1 + this.below(4); count > 0; count--) map[this.key()] = this.value(depth);
    return map;
  }

  list(depth: number): Json[] {
    const count = this.below(4);
    const way = this.below(3);
    return Array.from({ length: count }, (_, at): Json => {
      if (way === 0) return this.scalar();
      if (way === 1) return { name: `n${at}`, ...this.map(depth) };
      return this.value(depth);
    });
  }

  /** A value like another one: some parts other, more, fewer, or in another order. */
  near(value: Json): Json {
    if (Array.isArray(value)) {
      const items = value.flatMap(item =>
        this.chance(0.2) ? [] : [this.chance(0.3) ? this.near(item) : item],
      );
      if (this.chance(0.4))
        items.splice(this.below(items.length + 1), 0, { name: 'new', value: this.scalar() });
      return this.chance(0.4) ? this.shuffled(items) : items;
    }
    if (!isObject(value)) return this.scalar();
    const entries = Object.entries(value).flatMap(([key, item]): [string, Json][] =>
      this.chance(0.2) ? [] : [[key, this.chance(0.3) ? this.near(item) : item]],
    );
    if (this.chance(0.4))
      entries.splice(this.below(entries.length + 1), 0, [this.key(), this.value(1)]);
    return Object.fromEntries(entries);
  }
}

interface Style {
  random: Random;
  step: number;
  listsIndented: boolean;
  comments: boolean;
  blanks: boolean;
}

/** Values as YAML documents in a manner of writing that is random too: quotes, flow and block, indentation, comments. */
export function writeRandomly(values: readonly Json[], random: Random): string {
  const style = {
    random,
    step: random.pick([2, 2, 2, 4, 3]),
    listsIndented: random.chance(0.5),
    comments: random.chance(0.6),
    blanks: random.chance(0.5),
  };
  const text = values
    .map(value => `---\n${block(value, 0, style).join('\n')}\n`)
    .join('')
    .replace(/^---\n/, random.chance(0.5) ? '' : '---\n');
  const isPlain = !/[|>]/.test(text) && !text.endsWith('\n\n');
  const ended = isPlain && random.chance(0.1) ? text.slice(0, -1) : text;
  return random.chance(0.15) && !text.includes('\\r') ? ended.replaceAll('\n', '\r\n') : ended;
}

function remark({ random, comments }: Style): string {
  return comments && random.chance(0.2) ? ` ${random.comment()}` : '';
}

function above(style: Style, column: number): string[] {
  const { random, comments, blanks } = style;
  const lines: string[] = [];
  if (comments && random.chance(0.12)) lines.push(' '.repeat(column) + random.comment());
  if (blanks && random.chance(0.08)) lines.push('');
  return lines;
}

function block(value: Json, column: number, style: Style): string[] {
  const pad = ' '.repeat(column);
  if (Array.isArray(value))
    return value.flatMap(item => [
      ...above(style, column),
      ...member(item, `${pad}-`, column, style, true),
    ]);
  return Object.entries(value as JsonObject).flatMap(([key, item]) => [
    ...above(style, column),
    ...member(item, `${pad}${inline(key, style, true, true)}:`, column, style, false),
  ]);
}

function member(value: Json, head: string, column: number, style: Style, item: boolean): string[] {
  const { random, step, listsIndented } = style;
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  if (typeof value !== 'object' || value === null) return scalar(value, head, column, style);
  if (isEmpty || random.chance(0.15)) return [`${head} ${flow(value, style)}${remark(style)}`];
  if (item && random.chance(0.85)) {
    const lines = block(value, column + 2, { ...style, comments: false });
    return [`${head} ${(lines[0] as string).trimStart()}`, ...lines.slice(1)];
  }
  const deeper = Array.isArray(value) && !listsIndented && !item ? 0 : step;
  return [head + remark(style), ...block(value, column + deeper, style)];
}

function scalar(value: Json, head: string, column: number, style: Style): string[] {
  const { random, step } = style;
  const isText = typeof value === 'string' && value.includes('\n') && !value.includes('\r');
  // Below a block that keeps its line breaks an empty line would belong to it.
  const keeps = style.blanks && /\n\n$/.test(String(value));
  const isLiteral = isText && !keeps && /^[^\n ]/.test(value) && random.chance(0.8);
  if (!isLiteral) return [`${head} ${inline(value, style, false)}${remark(style)}`];
  const body = value.replace(/\n+$/, '');
  const ends = value.length - body.length;
  const pad = ' '.repeat(column + step);
  const lines = body.split('\n').map(line => (line === '' ? '' : pad + line));
  return [
    `${head} |${ends === 0 ? '-' : ends === 1 ? '' : '+'}${remark(style)}`,
    ...lines,
    ...Array<string>(Math.max(ends - 1, 0)).fill(''),
  ];
}

function flow(value: Json, style: Style): string {
  if (Array.isArray(value)) return `[${value.map(item => flow(item, style)).join(', ')}]`;
  if (!isObject(value)) return inline(value, style, true);
  const entries = Object.entries(value).map(
    ([key, item]) => `${inline(key, style, true, true)}: ${flow(item, style)}`,
  );
  return `{${entries.join(', ')}}`;
}

const plain = /^[A-Za-z][A-Za-z0-9_./-]*$/;
const words = /^(y|n|yes|no|on|off|true|false|null)$/i;

function inline(value: Json, { random }: Style, _flow: boolean, key = false): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const isPlain = plain.test(value) && !words.test(value);
  if (isPlain && random.chance(key ? 0.95 : 0.7)) return value;
  const single = !/[\r\n\t]/.test(value) && random.chance(0.5);
  return single ? `'${value.replaceAll("'", "''")}'` : JSON.stringify(value);
}
