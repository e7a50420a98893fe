import type { Pointer } from '../model/path.ts';
import { isObject, type JsonObject } from '../model/resource.ts';
import { valueAt } from './value.ts';

/** A better place or better words for a message of the API server that says less than it could. */
interface Refinement {
  matches: RegExp;
  refine(object: JsonObject, pointer: Pointer): { pointer?: Pointer; says?: string } | undefined;
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
      return { pointer: [...place, key], says };
    },
  },
  {
    matches: /exactly one version marked as storage version/,
    refine(object) {
      const versions = valueAt(object, ['spec', 'versions']);
      if (!Array.isArray(versions)) return undefined;
      const last = versions.findLastIndex(version => isObject(version) && version.storage === true);
      const says = 'must be true in exactly one version';
      return last < 0 ? undefined : { pointer: ['spec', 'versions', last, 'storage'], says };
    },
  },
  {
    matches: /must be spec\.names\.plural\+"\."\+spec\.group/,
    refine(object) {
      const plural = valueAt(object, ['spec', 'names', 'plural']);
      const group = valueAt(object, ['spec', 'group']);
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
    matches: /^Invalid value: "[^"]*": (expected exactly 5 fields|.*range|failed to parse int)/,
    refine(object, pointer) {
      if (object.kind !== 'CronJob' || pointer.at(-1) !== 'schedule') return undefined;
      const schedule = valueAt(object, pointer);
      return { says: `"${schedule}" is no cron expression such as "0 3 * * 1-5"` };
    },
  },
];

/** Refines what the judge says, where a refinement knows better. */
export function refine(
  message: string,
  object: JsonObject,
  pointer: Pointer,
): { pointer?: Pointer; says?: string } {
  const found = refinements.find(({ matches }) => matches.test(message));
  return found?.refine(object, pointer) ?? {};
}
