import { objectsAt, textsAt } from '../../model/fields.ts';
import type { EngineObject } from '../engine-object.ts';
import type { Violation } from '../violation.ts';
import { isTemplate, specsOf } from './application.ts';

/** `ignoreDifferences` whose JSON pointers or jq paths Argo CD cannot read, or that never match. */
export function checkIgnoredFields(object: EngineObject): Violation[] {
  return specsOf(object).flatMap(({ spec, at }) =>
    objectsAt(spec, 'ignoreDifferences').flatMap((ignored, index) => {
      const here = [...at, 'ignoreDifferences', index];
      const pointers = textsAt(ignored, 'jsonPointers').flatMap((pointer, position) =>
        fault(pointerProblem(pointer), [...here, 'jsonPointers', position]),
      );
      const paths = textsAt(ignored, 'jqPathExpressions').flatMap((path, position) =>
        fault(jqProblem(path), [...here, 'jqPathExpressions', position]),
      );
      return [...pointers, ...paths];
    }),
  );
}

function fault(message: string | undefined, pointer: Violation['pointer']): Violation[] {
  if (message === undefined) return [];
  return [{ rule: 'argo-ignored-field', severity: 'warning', pointer, on: 'value', message }];
}

function pointerProblem(pointer: string): string | undefined {
  if (isTemplate(pointer)) return undefined;
  if (!pointer.startsWith('/')) {
    const meant = `/${pointer
      .replace(/^\./, '')
      .replaceAll('.', '/')
      .replace(/^\$?\/*/, '')}`;
    return `A JSON pointer begins with /, as ${meant}; ${pointer} ignores nothing.`;
  }
  if (/~(?![01])/.test(pointer)) return `In a JSON pointer ~ is written ~0 and / in a name ~1.`;
  return undefined;
}

/** What surely is no jq: brackets and quotes that do not close. */
function jqProblem(expression: string): string | undefined {
  if (isTemplate(expression)) return undefined;
  if (expression.trim() === '') return 'The jq path is empty.';
  const open: string[] = [];
  const closing: Record<string, string> = { ')': '(', ']': '[', '}': '{' };
  const plain = expression.replace(/"(?:[^"\\]|\\.)*"/gs, '""');
  if ((plain.match(/"/g)?.length ?? 0) % 2 === 1)
    return `The jq path ${expression} has a quote that does not close.`;
  for (const character of plain) {
    if ('([{'.includes(character)) open.push(character);
    const pair = closing[character];
    if (pair !== undefined && open.pop() !== pair)
      return `The jq path ${expression} closes a ${character} that is not open.`;
  }
  if (open.length > 0) return `The jq path ${expression} has a ${open.at(-1)} that does not close.`;
  return undefined;
}
