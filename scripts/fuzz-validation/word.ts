import type { JsonObject } from '../../src/core/model/resource.ts';

/** One thing that is said of a field; both in the words of the server. */
export interface Cause {
  /** Steps joined by dots, however the field is written; empty for the whole object. */
  field: string;
  message: string;
}

/** What one side says of a request to create an object. */
export interface Word {
  /** nothing: the answer is about something else, such as another object; `reason` says what. */
  says: 'accepted' | 'refused' | 'nothing';
  /** Where it stops: while it reads the object, at unknown fields, or when it validates it. */
  at?: 'decoding' | 'strict' | 'validation';
  causes: Cause[];
  /** Of an accepted object. */
  warnings: Cause[];
  reason?: string;
  /** Where what cannot be known for the server's version is; empty for the whole object. */
  unsure?: string[];
}

/** Fields as Kubernetes and as Driftline write them, made comparable. */
export function plainField(field: string): string {
  return field
    .replace('<nil>', '')
    .replace(/\\(.)/g, '$1')
    .replace(/[["\].]+/g, '.')
    .replace(/^\.|\.$/g, '');
}

/** What the server adds when it stopped half-way. */
const followUp = 'some validation rules were not checked because the object was invalid';

export function isFollowUp(message: string): boolean {
  return message.includes(followUp);
}

/** What all versions of a definition have in common has other names in the server's answer. */
const sharedFields: readonly (readonly [string, string])[] = [
  ['spec.validation.', 'spec.versions[0].schema.'],
  ['spec.subresources', 'spec.versions[0].subresources'],
  ['spec.additionalPrinterColumns', 'spec.versions[0].additionalPrinterColumns'],
  ['spec.selectableFields', 'spec.versions[0].selectableFields'],
];

/** The field of the manifest that the server means. */
export function manifestField(object: JsonObject, field: string): string {
  if (object.kind !== 'CustomResourceDefinition') return field;
  const names = sharedFields.find(([internal]) => field.startsWith(internal));
  return names ? `${names[1]}${field.slice(names[0].length)}` : field;
}

/** A warning such as `spec.containers[0].env[1]: hides …` in its parts. */
export function warningOf(text: string): Cause {
  const [, field, message] = /^([^\s:]+): (.*)$/s.exec(text) ?? [];
  return field === undefined || message === undefined
    ? { field: '', message: text }
    : { field: plainField(field), message };
}

export function textOf({ field, message }: Cause): string {
  return `${field}: ${message}`;
}
