import { objectAt, objectsAt, textAt, valueAt } from '../../model/fields.ts';
import { isObject, type JsonObject } from '../../model/resource.ts';
import type { Generator } from './generators.ts';
import { generatorsIn } from './generators.ts';

/** The parameters that a generator gives, as templates without Go's language name them. */
export interface Parameters {
  names: ReadonlySet<string>;
  /** Beginnings of names of which anything may follow: `metadata.labels.`. */
  prefixes: readonly string[];
  /** True where others may be given that nobody knows here. */
  open: boolean;
}

/** What one generator of an ApplicationSet gives (argo-cd v3.5.7, applicationset/generators). */
export function parametersOf(generator: Generator): Parameters {
  const { kind, options } = generator;
  if (kind === 'matrix' || kind === 'merge')
    return joined(generatorsIn(options, []).map(parametersOf));
  const values = Object.keys(objectAt(options, 'values') ?? {}).map(key => `values.${key}`);
  if (kind === 'list') return listParameters(options);
  if (kind === 'clusters') {
    if (options.flatList === true)
      return { names: new Set(['clusters']), prefixes: [], open: true };
    const names = ['name', 'nameNormalized', 'server', 'project', ...values];
    return {
      names: new Set(names),
      prefixes: ['metadata.labels.', 'metadata.annotations.'],
      open: false,
    };
  }
  if (kind === 'git') return gitParameters(options, values);
  return { names: new Set(values), prefixes: [], open: true };
}

export function joined(all: readonly Parameters[]): Parameters {
  return {
    names: new Set(all.flatMap(({ names }) => [...names])),
    prefixes: all.flatMap(({ prefixes }) => prefixes),
    open: all.some(({ open }) => open),
  };
}

function listParameters(options: JsonObject): Parameters {
  const names = objectsAt(options, 'elements').flatMap(element =>
    Object.entries(element).flatMap(([key, value]) =>
      key === 'values' && isObject(value)
        ? [key, ...Object.keys(value).map(name => `values.${name}`)]
        : [key],
    ),
  );
  const isOpen = textAt(options, 'elementsYaml') !== undefined || names.length === 0;
  return { names: new Set(names), prefixes: [], open: isOpen };
}

function gitParameters(options: JsonObject, values: readonly string[]): Parameters {
  const prefix = textAt(options, 'pathParamPrefix');
  const path = prefix ? `${prefix}.path` : 'path';
  const about = [
    'basename',
    'basenameNormalized',
    'filename',
    'filenameNormalized',
    'segments',
    'path',
  ];
  const isFiles = objectsAt(options, 'files').length > 0;
  return {
    names: new Set([path, ...about.map(name => `${path}.${name}`), ...values]),
    prefixes: [`${path}[`],
    // What the files say.
    open: isFiles && valueAt(options, 'files') !== undefined,
  };
}

export function gives({ names, prefixes }: Parameters, name: string): boolean {
  return names.has(name) || prefixes.some(prefix => name.startsWith(prefix));
}

/** Of Go's language only the first name counts: `.metadata.labels.env` is of `metadata`. */
export function givesField({ names, prefixes }: Parameters, field: string): boolean {
  const first = (name: string) => /^[^.[]+/.exec(name)?.[0];
  return [...names, ...prefixes].some(name => first(name) === field);
}
