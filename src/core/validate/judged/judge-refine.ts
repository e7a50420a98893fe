import type { Pointer } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import { valueAt } from '../value.ts';

/** A better place or better words for a message of the API server that says less than it could. */
interface Refinement {
  matches: RegExp;
  refine(object: JsonObject, pointer: Pointer): Refined | undefined;
}

export interface Refined {
  /** Several where the server says the same of several values without naming them. */
  places?: Pointer[];
  says?: string;
}

const refinements: readonly Refinement[] = [
  {
    matches: /`selector` does not match template `labels`/,
    refine(object) {
      const place: Pointer = ['spec', 'selector', 'matchLabels'];
      const selector = valueAt(object, place);
      const labels = valueAt(object, ['spec', 'template', 'metadata', 'labels']);
      if (!isObject(selector)) return undefined;
      const has = (key: string) => (isObject(labels) ? labels[key] : undefined);
      const key = Object.keys(selector).find(name => has(name) !== selector[name]);
      if (key === undefined) return undefined;
      const label = has(key) === undefined ? `has no label ${key}` : `has ${key}=${has(key)}`;
      const says = `must match the labels of the template: it selects ${key}=${selector[key]}, and the template ${label}`;
      return { places: [[...place, key]], says };
    },
  },
  {
    matches: /exactly one version marked as storage version/,
    refine(object) {
      const versions = valueAt(object, ['spec', 'versions']);
      if (!Array.isArray(versions)) return undefined;
      const last = versions.findLastIndex(version => isObject(version) && version.storage === true);
      const says = 'must be true in exactly one version';
      return last < 0 ? undefined : { places: [['spec', 'versions', last, 'storage']], says };
    },
  },
  {
    matches: /must be spec\.names\.plural\+"\."\+spec\.group/,
    refine(object) {
      const plural = valueAt(object, ['spec', 'names', 'plural']);
      const group = valueAt(object, ['spec', 'group']);
      if (typeof plural !== 'string' || typeof group !== 'string') return undefined;
      return { says: `must be ${plural}.${group}, which is spec.names.plural and spec.group` };
    },
  },
  {
    matches: /may not specify more than 1 \w+ type/,
    refine(object, pointer) {
      const parent = valueAt(object, pointer.slice(0, -1));
      const others = Object.entries(isObject(parent) ? parent : {})
        .filter(([name, value]) => isObject(value) && name !== pointer.at(-1))
        .map(([name]) => name);
      return { says: `is not allowed beside ${others.join(' and ')}: only one of them may be set` };
    },
  },
  {
    matches: /^Invalid value: .*(a valid label must be|must be no more than 63 bytes)/,
    refine(object, pointer) {
      const labels = valueAt(object, pointer);
      if (!isObject(labels)) return undefined;
      const bad = Object.keys(labels).filter(key => !isLabelValue(labels[key]));
      return bad.length === 0 ? undefined : { places: bad.map(key => [...pointer, key]) };
    },
  },
  {
    matches: /may not be specified when strategy `type` is/,
    refine(object, pointer) {
      const place: Pointer = [...pointer.slice(0, -1), 'type'];
      const says = `${valueAt(object, place)} does not go with ${pointer.at(-1)}, which an overlay removes by setting it to null`;
      return { places: [place], says };
    },
  },
  {
    matches: /^Invalid value: .*: (expected exactly|.*range|failed to parse)/,
    refine(object, pointer) {
      if (object.kind !== 'CronJob' || pointer.at(-1) !== 'schedule') return undefined;
      return { says: `"${valueAt(object, pointer)}" is no cron expression such as "0 3 * * 1-5"` };
    },
  },
];

/** Refines what the judge says of the field, where a refinement knows better. */
export function refine(message: string, object: JsonObject, pointer: Pointer): Refined {
  const found = refinements.find(({ matches }) => matches.test(message));
  return found?.refine(object, pointer) ?? {};
}

function isLabelValue(value: Json | undefined): boolean {
  const shape = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;
  return typeof value !== 'string' || (value.length <= 63 && shape.test(value));
}
