import { objectsAt, textAt, textsAt, valueAt } from '../../model/fields.ts';
import type { Pointer } from '../../model/path.ts';
import type { JsonObject } from '../../model/resource.ts';
import type { EngineObject } from '../engine-object.ts';
import type { Violation } from '../violation.ts';

/** A generator of an ApplicationSet, or one inside a matrix or merge. */
export interface Generator {
  kind: string;
  options: JsonObject;
  at: Pointer;
}

export const generatorKinds = [
  'list',
  'clusters',
  'git',
  'scmProvider',
  'clusterDecisionResource',
  'pullRequest',
  'matrix',
  'merge',
  'plugin',
];

/** The generators in a list of them; one item may say several. */
export function generatorsIn(holder: JsonObject, at: Pointer): Generator[] {
  return objectsAt(holder, 'generators').flatMap((item, index) =>
    generatorKinds.flatMap(kind => {
      const options = valueAt(item, kind);
      if (options === undefined) return [];
      const found = typeof options === 'object' && !Array.isArray(options) ? options : undefined;
      return [{ kind, options: found ?? {}, at: [...at, 'generators', index, kind] }];
    }),
  );
}

/** What generators ask of their options (argo-cd v3.5.7, applicationset/generators). */
export function checkGenerators({ object, resource }: EngineObject): Violation[] {
  if (resource.kind !== 'ApplicationSet') return [];
  const spec = valueAt(object, 'spec');
  if (typeof spec !== 'object' || spec === null || Array.isArray(spec)) return [];
  const goTemplate = spec.goTemplate === true;
  return generatorsIn(spec, ['spec']).flatMap(generator => faultsOf(generator, goTemplate));
}

function faultsOf(generator: Generator, goTemplate: boolean): Violation[] {
  const { kind, options, at } = generator;
  if (kind === 'matrix' || kind === 'merge') {
    const inner = generatorsIn(options, at);
    return [...combinedFaults(generator), ...inner.flatMap(each => faultsOf(each, goTemplate))];
  }
  if (kind === 'git') return gitFaults(options, at);
  if (kind === 'list' && !goTemplate) return elementFaults(options, at);
  return [];
}

function combinedFaults({ kind, options, at }: Generator): Violation[] {
  const count = objectsAt(options, 'generators').length;
  const violation: Pick<Violation, 'severity' | 'pointer' | 'on'> = {
    severity: 'error',
    pointer: [...at, 'generators'],
    on: 'key',
  };
  if (kind === 'matrix' && count !== 2)
    return [
      {
        ...violation,
        rule: 'argo-generators',
        message: `A matrix takes exactly two generators, not ${count}; put a matrix into the other for more.`,
      },
    ];
  if (kind === 'merge' && count < 2)
    return [
      {
        ...violation,
        rule: 'argo-generators',
        message: `A merge takes two generators or more, not ${count}.`,
      },
    ];
  if (kind === 'merge' && textsAt(options, 'mergeKeys').length === 0)
    return [
      {
        rule: 'argo-generators',
        severity: 'error',
        pointer: valueAt(options, 'mergeKeys') === undefined ? at : [...at, 'mergeKeys'],
        on: 'key',
        message: 'A merge needs mergeKeys: the parameters by which it finds what belongs together.',
      },
    ];
  return kind === 'merge' ? mergeKeyFaults(options, at) : [];
}

/** A key that a list never has: nothing is merged by it. */
function mergeKeyFaults(options: JsonObject, at: Pointer): Violation[] {
  return generatorsIn(options, at).flatMap(generator => {
    if (generator.kind !== 'list' || textAt(generator.options, 'elementsYaml')) return [];
    const elements = objectsAt(generator.options, 'elements');
    return textsAt(options, 'mergeKeys').flatMap((key, index): Violation[] => {
      const [first, ...rest] = key.split('.');
      const has = elements.some(element => {
        const value = valueAt(element, first ?? '', ...rest) ?? element[key];
        return value !== undefined;
      });
      if (has || elements.length === 0) return [];
      return [
        {
          rule: 'argo-unknown-parameter',
          severity: 'warning',
          pointer: [...at, 'mergeKeys', index],
          on: 'value',
          message: `No element of the merge's list has the key ${key}, so nothing is merged by it.`,
        },
      ];
    });
  });
}

function gitFaults(options: JsonObject, at: Pointer): Violation[] {
  const directories = objectsAt(options, 'directories').length;
  const files = objectsAt(options, 'files').length;
  if (directories + files > 0) return [];
  return [
    {
      rule: 'argo-generators',
      severity: 'error',
      pointer: at,
      on: 'key',
      message: 'A git generator needs directories or files to look for.',
    },
  ];
}

/** Without Go templates every value of an element is a text (ListGenerator). */
function elementFaults(options: JsonObject, at: Pointer): Violation[] {
  return objectsAt(options, 'elements').flatMap((element, index) =>
    Object.entries(element).flatMap(([key, value]): Violation[] => {
      if (typeof value === 'string') return [];
      if (key === 'values' && typeof value === 'object' && value !== null && !Array.isArray(value))
        return [];
      return [
        {
          rule: 'argo-generators',
          severity: 'error',
          pointer: [...at, 'elements', index, key],
          on: 'value',
          message: `${key} must be a string where goTemplate is not on; put it in quotes.`,
        },
      ];
    }),
  );
}
