import type { Json } from '../../../model/resource.ts';
import { equal } from '../../values.ts';
import {
  type At,
  attempt,
  computed,
  descend,
  each,
  type Filter,
  pipe,
  slice,
  step,
  truthy,
  within,
} from './filter.ts';
import { compareValues, functionOf, testOf } from './functions.ts';
import { tokenize } from './tokens.ts';

/** The filter of a jq expression; undefined when it is not understood. */
export function parseFilter(expression: string): Filter | undefined {
  const tokens = tokenize(expression);
  if (!tokens) return undefined;
  try {
    return new Parser(tokens).parse();
  } catch (error) {
    if (error instanceof NotUnderstood || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

class NotUnderstood extends Error {}

/** What stands behind a term makes another of it. */
type Suffix = (whole: Filter) => Filter;

const comparisons: Record<string, (a: Json, b: Json) => boolean> = {
  '==': equal,
  '!=': (a, b) => !equal(a, b),
  '<': (a, b) => compareValues(a, b) < 0,
  '<=': (a, b) => compareValues(a, b) <= 0,
  '>': (a, b) => compareValues(a, b) > 0,
  '>=': (a, b) => compareValues(a, b) >= 0,
};

/** Recursive descent over the tokens, from the loosest operator (`|`) to the tightest. */
class Parser {
  readonly #tokens: string[];
  #at = 0;

  constructor(tokens: string[]) {
    this.#tokens = tokens;
  }

  parse(): Filter {
    const filter = this.#pipe();
    if (this.#at !== this.#tokens.length) throw new NotUnderstood();
    return filter;
  }

  #pipe(): Filter {
    const left = this.#comma();
    if (!this.#take('|')) return left;
    const right = this.#pipe();
    return at => pipe(left, right, at);
  }

  #comma(): Filter {
    let left = this.#alternative();
    while (this.#take(',')) {
      const [one, other] = [left, this.#alternative()];
      left = function* (at) {
        yield* one(at);
        yield* other(at);
      };
    }
    return left;
  }

  #alternative(): Filter {
    const left = this.#or();
    if (!this.#take('//')) return left;
    const right = this.#alternative();
    return at => {
      // gojq lets an error on the left end the whole expression, unlike jq.
      const found = within(left, at).filter(({ value }) => truthy(value));
      return found.length > 0 ? found : right(at);
    };
  }

  #or(): Filter {
    let left = this.#and();
    while (this.#take('or')) left = logical(left, this.#and(), true);
    return left;
  }

  #and(): Filter {
    let left = this.#comparison();
    while (this.#take('and')) left = logical(left, this.#comparison(), false);
    return left;
  }

  #comparison(): Filter {
    const left = this.#term();
    const compare = comparisons[this.#tokens[this.#at] ?? ''];
    if (compare === undefined) return left;
    this.#at++;
    const right = this.#term();
    return function* (at) {
      for (const b of right(at))
        for (const a of left(at)) yield computed(compare(a.value, b.value));
    };
  }

  /** `?` catches what goes wrong in the last step before it alone, as gojq has it. */
  #term(): Filter {
    let filter = this.#primary();
    for (;;) {
      const whole = filter;
      const suffix = this.#suffix();
      if (this.#take('?')) {
        const last = caught(suffix ? suffix(itself) : whole);
        filter = suffix ? at => pipe(whole, last, at) : last;
      } else if (suffix) filter = suffix(whole);
      else return filter;
    }
  }

  #suffix(): Suffix | undefined {
    if (this.#tokens[this.#at] === '.' && this.#tokens[this.#at + 1] === '[') this.#at++;
    if (this.#take('[')) return this.#bracket();
    if (!isField(this.#tokens[this.#at])) return undefined;
    const key = this.#field();
    return whole => stepped(whole, key);
  }

  #primary(): Filter {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new NotUnderstood();
    if (isField(token)) return stepped(itself, this.#field());
    if (token === '[') return this.#list();
    this.#at++;
    if (token === '.') return itself;
    if (token === '..') return descend;
    if (token === '(') return this.#closed(')');
    if (token === 'if') return this.#conditional();
    if (token === 'try') return caught(this.#term());
    if (token === '-') return literal(-this.#number());
    if (/^["\d]/.test(token)) return literal(JSON.parse(token) as Json);
    return this.#call(token);
  }

  #closed(end: string): Filter {
    const inner = this.#pipe();
    this.#expect(end);
    return inner;
  }

  #number(): number {
    const token = this.#tokens[this.#at++] ?? '';
    if (!/^\d/.test(token)) throw new NotUnderstood();
    return Number(token);
  }

  #field(): string {
    const token = this.#tokens[this.#at++] ?? '';
    return token.startsWith('."') ? (JSON.parse(token.slice(1)) as string) : token.slice(1);
  }

  /** `[]`, `["key"]`, `[0]`, `[1:2]`: what is in it is made of what the whole term is given. */
  #bracket(): Suffix {
    if (this.#take(']')) return whole => at => pipe(whole, each, at);
    const from = this.#tokens[this.#at] === ':' ? literal(null) : this.#pipe();
    if (!this.#take(':')) {
      this.#expect(']');
      return whole =>
        function* (at) {
          for (const value of whole(at)) for (const key of from(at)) yield step(value, key.value);
        };
    }
    const to = this.#tokens[this.#at] === ']' ? literal(null) : this.#pipe();
    this.#expect(']');
    return whole =>
      function* (at) {
        for (const value of whole(at))
          for (const end of to(at))
            for (const start of from(at)) yield slice(value, start.value, end.value);
      };
  }

  #list(): Filter {
    this.#expect('[');
    if (this.#take(']')) return literal([]);
    const items = this.#closed(']');
    return at => [computed(within(items, at).map(({ value }) => value))];
  }

  #conditional(): Filter {
    const condition = this.#pipe();
    this.#expect('then');
    const yes = this.#pipe();
    const no = this.#take('elif') ? this.#conditional() : this.#otherwise();
    return function* (at) {
      for (const { value } of condition(at)) yield* (truthy(value) ? yes : no)(at);
    };
  }

  #otherwise(): Filter {
    if (this.#take('end')) return itself;
    this.#expect('else');
    return this.#closed('end');
  }

  #call(name: string): Filter {
    if (!/^[A-Za-z_]/.test(name)) throw new NotUnderstood();
    const from = this.#at;
    const args: Filter[] = [];
    if (this.#take('(')) {
      do args.push(this.#pipe());
      while (this.#take(';'));
      this.#expect(')');
    }
    const filter = name === 'test' ? this.#test(from) : functionOf(name, args);
    if (!filter) throw new NotUnderstood();
    return filter;
  }

  /** The pattern and the flags of `test` must be plain texts; no flags may be said as null. */
  #test(from: number): Filter | undefined {
    const tokens = this.#tokens.slice(from, this.#at);
    const [, pattern = '', separator, flags = '""'] = tokens;
    const understood = tokens.length === 3 || (tokens.length === 5 && separator === ';');
    if (!understood || !/^"/.test(pattern) || !/^("|null$)/.test(tokens.length === 5 ? flags : '"'))
      return undefined;
    return testOf(JSON.parse(pattern), (tokens.length === 5 && JSON.parse(flags)) || '');
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #expect(token: string): void {
    if (!this.#take(token)) throw new NotUnderstood();
  }
}

const itself: Filter = at => [at];

function isField(token: string | undefined): token is string {
  return token !== undefined && /^\.["A-Za-z_]/.test(token);
}

function literal(value: Json): Filter {
  return () => [computed(value)];
}

function caught(filter: Filter): Filter {
  return at => attempt(filter, at);
}

function stepped(filter: Filter, key: string): Filter {
  return function* (at) {
    for (const value of filter(at)) yield step(value, key);
  };
}

/** `or` and `and` look at the right side only where the left one does not decide. */
function logical(left: Filter, right: Filter, decides: boolean): Filter {
  return at =>
    within(left, at).flatMap((a): At[] =>
      truthy(a.value) === decides
        ? [computed(decides)]
        : within(right, at).map(b => computed(truthy(b.value))),
    );
}
