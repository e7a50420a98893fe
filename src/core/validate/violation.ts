import type { Severity } from '../model/finding.ts';
import { formatPath, type Pointer } from '../model/path.ts';

/** Something wrong with a field of an object, before it has a place in a file. */
export interface Violation {
  rule: string;
  severity: Severity;
  /** To the field; of a missing field only its parents exist. */
  pointer: Pointer;
  /** What to mark: the field's name or its value. */
  on: 'key' | 'value';
  /** One finished sentence. */
  message: string;
  fix?: string;
}

/**
 * A short name of the field for sentences: its last named step and what follows it, with the parent of a
 * free key (`data.country`, `env[0]`).
 */
export function fieldName(pointer: Readonly<Pointer>, freeKey = false): string {
  const named = pointer.findLastIndex(step => typeof step === 'string');
  const start = Math.max(freeKey ? previousName(pointer, named) : named, 0);
  return formatPath(pointer.slice(start)).replace(/^\./, '') || 'the object';
}

function previousName(pointer: Readonly<Pointer>, before: number): number {
  return pointer.findLastIndex((step, index) => index < before && typeof step === 'string');
}
