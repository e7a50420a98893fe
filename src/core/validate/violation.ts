import type { Severity } from '../model/finding.ts';
import { formatPath, type Pointer } from '../model/path.ts';
import type { FieldChange } from './mends/change.ts';

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
  /** What would mend it. */
  change?: FieldChange;
  /** What would be gone if this were mended. */
  follows?: Violation[];
}

/** True when `pointer` is `parent` or lies below it. */
export function isWithin(pointer: Readonly<Pointer>, parent: Readonly<Pointer>): boolean {
  return parent.every((step, index) => step === pointer[index]);
}

export function isSame(a: Readonly<Pointer>, b: Readonly<Pointer>): boolean {
  return a.length === b.length && isWithin(a, b);
}

/** A short name of the field for sentences, with its parent: `spec.replicas`, `env[0].value`, `args[1]`. */
export function fieldName(pointer: Readonly<Pointer>): string {
  const isName = (step: string | number) => typeof step === 'string';
  const named = pointer.findLastIndex(isName);
  const parent = pointer.findLastIndex((step, index) => index < named && isName(step));
  const start = named === pointer.length - 1 ? parent : named;
  return formatPath(pointer.slice(Math.max(start, 0))).replace(/^\./, '') || 'the object';
}

/** Ends a sentence that may have ended already. */
export function sentence(text: string): string {
  return /[.?!]$/.test(text) ? text : `${text}.`;
}

/** A violation that ends with the name that was probably meant. */
export function withFix(violation: Violation, near: string | undefined): Violation {
  const { message } = violation;
  if (near === undefined) return { ...violation, message: sentence(message) };
  return { ...violation, message: `${message}; did you mean ${near}?`, fix: `Write ${near}.` };
}
