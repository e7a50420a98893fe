import type { Defect } from './defect.ts';

/** Says in one sentence what js-yaml could not read, at offsets into the document's text. */
export function explainSyntaxError(text: string, at: number, reason: string): Defect {
  return { rule: 'yaml-syntax', message: reason, start: at, end: at + 1 };
}
