import type { Pointer } from '../../model/path.ts';
import { isObject, type Json } from '../../model/resource.ts';
import { equal, own } from '../values.ts';
import { safeRegExp } from './pattern.ts';

/** A value on the way through a filter; `pointer` is undefined for values that are computed. */
interface At {
  pointer: Pointer | undefined;
  value: Json;
}
type Filter = (at: At) => At[];

/**
 * The paths that a jq path expression names in a value: the part of jq that ignore rules use (fields,
 * `[]`, indices, `..`, `,`, `|`, `?`, `select` with comparisons, `test`, `startswith`, `endswith`,
 * `contains`, `has`, `not`). Undefined when the expression is not understood.
 */
export function compileJq(expression: string): ((root: Json) => Pointer[]) | undefined {
  const tokens = tokenize(expression);
  if (!tokens) return undefined;
  const parser = new Parser(tokens);
  const filter = parser.parse();
  if (!filter) return undefined;
  return root =>
    filter({ pointer: [], value: root }).flatMap(at => (at.pointer ? [at.pointer] : []));
}

const tokenPattern =
  /\s*(\.\.|\.[A-Za-z_][A-Za-z0-9_]*|\."(?:[^"\\]|\\.)*"|"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?|[A-Za-z_]+|==|!=|[.[\](),|?])/y;

function tokenize(text: string): string[] | undefined {
  const tokens: string[] = [];
  const pattern = new RegExp(tokenPattern);
  const length = text.trimEnd().length;
  while (pattern.lastIndex < length) {
    const match = pattern.exec(text);
    if (!match?.[1]) return undefined;
    tokens.push(match[1]);
  }
  return tokens;
}

class NotUnderstood extends Error {}

/** Recursive descent over the tokens, from the loosest operator (`|`) to the tightest. */
class Parser {
  readonly #tokens: string[];
  #at = 0;

  constructor(tokens: string[]) {
    this.#tokens = tokens;
  }

  parse(): Filter | undefined {
    try {
      const filter = this.#pipe();
      return this.#at === this.#tokens.length ? filter : undefined;
    } catch (error) {
      if (error instanceof NotUnderstood) return undefined;
      throw error;
    }
  }

  #pipe(): Filter {
    const left = this.#comma();
    if (!this.#take('|')) return left;
    const right = this.#pipe();
    return at => left(at).flatMap(right);
  }

  #comma(): Filter {
    const left = this.#or();
    if (!this.#take(',')) return left;
    const right = this.#comma();
    return at => [...left(at), ...right(at)];
  }

  #or(): Filter {
    const left = this.#and();
    if (!this.#take('or')) return left;
    const right = this.#or();
    return at => [computed(holds(left, at) || holds(right, at))];
  }

  #and(): Filter {
    const left = this.#comparison();
    if (!this.#take('and')) return left;
    const right = this.#and();
    return at => [computed(holds(left, at) && holds(right, at))];
  }

  #comparison(): Filter {
    const left = this.#term();
    const operator = this.#take('==') ?? this.#take('!=');
    if (operator === undefined) return left;
    const right = this.#term();
    return at => {
      const [a] = left(at);
      const [b] = right(at);
      if (!a || !b) return [];
      return [computed(equal(a.value, b.value) === (operator === '=='))];
    };
  }

  #term(): Filter {
    let filter = this.#primary();
    for (;;) {
      const token = this.#tokens[this.#at];
      if (token === '?') this.#at++;
      else if (token === '[') filter = chain(filter, this.#bracket());
      else if (token !== undefined && /^\.["A-Za-z_]/.test(token))
        filter = chain(filter, this.#field());
      else return filter;
    }
  }

  #primary(): Filter {
    const token = this.#tokens[this.#at];
    if (token === '.') {
      this.#at++;
      return at => [at];
    }
    if (token === '..') {
      this.#at++;
      return descend;
    }
    if (token === '(') {
      this.#at++;
      const inner = this.#pipe();
      this.#expect(')');
      return inner;
    }
    if (token?.startsWith('.')) return this.#field();
    if (token !== undefined && /^["\d-]|^(true|false|null)$/.test(token)) {
      this.#at++;
      const value = JSON.parse(token) as Json;
      return () => [computed(value)];
    }
    return this.#call();
  }

  #field(): Filter {
    const token = this.#tokens[this.#at++] ?? '';
    const name = token.startsWith('."') ? (JSON.parse(token.slice(1)) as string) : token.slice(1);
    return at => step(at, name);
  }

  #bracket(): Filter {
    this.#expect('[');
    if (this.#take(']')) return each;
    const key: unknown = JSON.parse(this.#literal());
    this.#expect(']');
    if (typeof key !== 'string' && typeof key !== 'number') throw new NotUnderstood();
    return at => step(at, key);
  }

  #call(): Filter {
    const name = this.#tokens[this.#at++];
    if (name === 'not') return at => [computed(!truthy(at.value))];
    if (name === 'empty') return () => [];
    this.#expect('(');
    if (name === 'select') {
      const condition = this.#pipe();
      this.#expect(')');
      return at => (holds(condition, at) ? [at] : []);
    }
    const argument: unknown = JSON.parse(this.#literal());
    this.#expect(')');
    if (typeof argument !== 'string') throw new NotUnderstood();
    const test = textTest(name, argument);
    return at => [computed(test(at.value))];
  }

  #literal(): string {
    const token = this.#tokens[this.#at++];
    if (token === undefined || !/^["\d-]/.test(token)) throw new NotUnderstood();
    return token;
  }

  #take(token: string): string | undefined {
    if (this.#tokens[this.#at] !== token) return undefined;
    this.#at++;
    return token;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw new NotUnderstood();
  }
}

function textTest(name: string | undefined, argument: string): (value: Json) => boolean {
  if (name === 'has') return value => own(value, argument) !== undefined;
  if (name === 'startswith') return value => String(value).startsWith(argument);
  if (name === 'endswith') return value => String(value).endsWith(argument);
  if (name === 'contains') return value => typeof value === 'string' && value.includes(argument);
  const pattern = name === 'test' ? safeRegExp(argument) : undefined;
  if (!pattern) throw new NotUnderstood();
  return value => typeof value === 'string' && pattern.test(value);
}

function computed(value: Json): At {
  return { pointer: undefined, value };
}

function truthy(value: Json): boolean {
  return value !== null && value !== false;
}

function holds(condition: Filter, at: At): boolean {
  return condition(at).some(result => truthy(result.value));
}

function chain(first: Filter, next: Filter): Filter {
  return at => first(at).flatMap(next);
}

/** A missing field is null for a comparison, and no path. */
function step(at: At, key: string | number): At[] {
  const value = typeof key === 'string' ? own(at.value, key) : itemOf(at.value, key);
  return value === undefined ? [computed(null)] : [{ pointer: at.pointer?.concat(key), value }];
}

function itemOf(value: Json, index: number): Json | undefined {
  return Array.isArray(value) ? value.at(index) : undefined;
}

function each(at: At): At[] {
  if (Array.isArray(at.value))
    return at.value.map((value, index) => ({ pointer: at.pointer?.concat(index), value }));
  if (!isObject(at.value)) return [];
  return Object.entries(at.value).map(([key, value]) => ({
    pointer: at.pointer?.concat(key),
    value,
  }));
}

function descend(at: At): At[] {
  return [at, ...each(at).flatMap(descend)];
}
