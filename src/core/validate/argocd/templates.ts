import { objectAt, valueAt } from '../../model/fields.ts';
import type { Pointer } from '../../model/path.ts';
import type { Json } from '../../model/resource.ts';
import { nearestName } from '../../schemas/nearest.ts';
import type { EngineObject } from '../engine-object.ts';
import type { Violation } from '../violation.ts';
import { type Generator, generatorsIn } from './generators.ts';
import { gives, givesField, type Parameters, parametersOf } from './parameters.ts';

/**
 * Parameters that a template asks for and a generator does not give. Without `goTemplate` such a one stays in the text
 * as it is written; with it, it becomes `<no value>`, or an error.
 */
export function checkParameters({ object, resource }: EngineObject): Violation[] {
  if (resource.kind !== 'ApplicationSet') return [];
  const spec = objectAt(object, 'spec');
  const template = objectAt(spec, 'template');
  if (!spec || !template) return [];
  const goTemplate = spec.goTemplate === true;
  const given = generatorsIn(spec, ['spec']).filter(isSound).map(parametersOf);
  if (given.length === 0) return [];
  const texts = textsIn(template, ['spec', 'template']);
  return texts.flatMap(({ text, pointer }) =>
    goTemplate ? goFaults(text, pointer, given) : plainFaults(text, pointer, given),
  );
}

/** What a matrix of one generator gives is anybody's guess, and told elsewhere. */
function isSound({ kind, options }: Generator): boolean {
  if (kind !== 'matrix' && kind !== 'merge') return true;
  const inner = generatorsIn(options, []);
  const list = valueAt(options, 'generators');
  return Array.isArray(list) && inner.length === list.length && inner.length > 1;
}

function textsIn(value: Json, pointer: Pointer): { text: string; pointer: Pointer }[] {
  if (typeof value === 'string') return value.includes('{{') ? [{ text: value, pointer }] : [];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    textsIn(inner, [...pointer, Array.isArray(value) ? Number(key) : key]),
  );
}

function plainFaults(text: string, pointer: Pointer, given: readonly Parameters[]): Violation[] {
  const tags = [
    ...new Set([...text.matchAll(/\{\{(.*?)\}\}/gs)].map(([, tag = '']) => tag.trim())),
  ];
  return tags.flatMap((tag): Violation[] => {
    if (/^[-.]|\s\|\s|^(index|default|if|end|range)\b/.test(tag) && needsGo(tag, given))
      return [
        {
          ...fault(pointer),
          message: `{{${tag}}} is Go's template language, which takes goTemplate: true in spec; else it stays as it is written.`,
        },
      ];
    // Other languages fill in their own: Helm's values, Argo Workflows.
    if (!/^[\w.[\]/-]+$/.test(tag)) return [];
    const without = given.filter(parameters => !parameters.open && !gives(parameters, tag));
    if (without.length === 0) return [];
    const violation = unknown(tag, pointer, without, given, names => names);
    return isForOthers(pointer) && violation.fix === undefined ? [] : [violation];
  });
}

/** Texts that are themselves read by others, who fill in theirs: charts, Argo Workflows. */
function isForOthers(pointer: Pointer): boolean {
  return ['values', 'valuesObject', 'patches', 'annotations'].some(field =>
    pointer.includes(field),
  );
}

function needsGo(tag: string, given: readonly Parameters[]): boolean {
  const field = /^-?\s*\.([A-Za-z_]\w*)/.exec(tag)?.[1];
  return field !== undefined && given.some(parameters => givesField(parameters, field));
}

/** Only plain fields: what is asked for inside of blocks, and of variables, may be of something else. */
function goFaults(text: string, pointer: Pointer, given: readonly Parameters[]): Violation[] {
  const tags = [...text.matchAll(/\{\{-?\s*(.*?)\s*-?\}\}/gs)].map(([, tag = '']) => tag);
  if (
    tags.some(tag =>
      /^(range|with|define|template|if|else|end)\b|\$|\b(dig|get|hasKey|default|coalesce)\b/.test(
        tag,
      ),
    )
  )
    return [];
  return [...new Set(tags)].flatMap((tag): Violation[] => {
    const bare = /^[A-Za-z_][\w.]*$/.exec(tag)?.[0];
    if (bare !== undefined && given.some(parameters => gives(parameters, bare)))
      return [
        {
          ...fault(pointer),
          severity: 'error',
          message: `With goTemplate a parameter begins with a dot: {{.${bare}}}.`,
          fix: `Write {{.${bare}}}.`,
        },
      ];
    const fields = [...withoutTexts(tag).matchAll(/(?:^|[\s(|])\.([A-Za-z_]\w*)/g)];
    return fields.flatMap(([, field = '']) => {
      const without = given.filter(
        parameters => !parameters.open && !givesField(parameters, field),
      );
      if (without.length === 0) return [];
      const firsts = (names: string[]) => names.map(name => name.split(/[.[]/)[0] ?? name);
      return [unknown(field, pointer, without, given, firsts)];
    });
  });
}

function withoutTexts(tag: string): string {
  return tag.replace(/"(?:[^"\\]|\\.)*"|`[^`]*`/g, '""');
}

function fault(pointer: Pointer): Omit<Violation, 'message'> {
  return { rule: 'argo-unknown-parameter', severity: 'warning', pointer, on: 'value' };
}

function unknown(
  name: string,
  pointer: Pointer,
  without: readonly Parameters[],
  given: readonly Parameters[],
  asNamed: (names: string[]) => string[],
): Violation {
  const known = [...new Set(without.flatMap(({ names }) => asNamed([...names])))];
  const near =
    nearestName(name, known) ??
    known.find(other => other.length > 1 && (name.startsWith(other) || other.startsWith(name)));
  const who = without.length === given.length ? 'No generator gives' : 'Not every generator gives';
  const hint = near === undefined ? '.' : `; did you mean ${near}?`;
  return {
    ...fault(pointer),
    message: `${who} the parameter ${name}${hint}`,
    ...(near === undefined ? {} : { fix: `Write ${near}.` }),
  };
}
