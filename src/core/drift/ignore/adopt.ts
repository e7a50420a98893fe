import type { Step } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';
import type { FieldType } from '../../schemas/type.ts';
import { anyType, fieldType, itemStep, itemType, stepText } from '../typed-path.ts';
import { own, without } from '../values.ts';

/**
 * The manifest with live's values at some paths: what is ignored is applied as it is found, as Flux and
 * Argo CD's RespectIgnoreDifferences do. Where live has nothing, the path is taken out.
 */
export function adoptPaths(
  desired: JsonObject,
  live: JsonObject,
  type: FieldType,
  paths: readonly (readonly Step[])[],
): JsonObject {
  return paths.reduce<JsonObject>((object, steps) => {
    const adopted = adopt(object, live, type, steps);
    return isObject(adopted) ? adopted : object;
  }, desired);
}

function adopt(
  desired: Json | undefined,
  live: Json | undefined,
  type: FieldType,
  steps: readonly Step[],
): Json | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return live;
  if (typeof step === 'string') return adoptField(desired, live, type, step, rest);
  return adoptItem(desired, live, type, step, rest);
}

function adoptField(
  desired: Json | undefined,
  live: Json | undefined,
  type: FieldType,
  field: string,
  rest: readonly Step[],
): Json | undefined {
  if (desired !== undefined && !isObject(desired)) return desired;
  const inner = fieldType(type, field) ?? anyType;
  const value = adopt(own(desired, field), own(live, field), inner, rest);
  if (value !== undefined) return { ...desired, [field]: value };
  return desired === undefined ? undefined : without(desired, field);
}

function adoptItem(
  desired: Json | undefined,
  live: Json | undefined,
  type: FieldType,
  step: Exclude<Step, string>,
  rest: readonly Step[],
): Json | undefined {
  const theirs = Array.isArray(live) ? live : [];
  const ours = Array.isArray(desired) ? desired : [];
  const from = positionOf(theirs, type, step);
  const at = positionOf(ours, type, step);
  const value = adopt(ours[at], theirs[from], itemType(type), rest);
  if (at >= 0) return value === undefined ? ours.toSpliced(at, 1) : ours.with(at, value);
  if (value === undefined || rest.length > 0) return desired;
  // A new item goes behind the nearest item before it in live that both have, so that no order changes.
  for (let before = from - 1; before >= 0; before--) {
    const name = itemStep(type, theirs[before] ?? null, before);
    const place = name === undefined ? -1 : positionOf(ours, type, name);
    if (place >= 0) return ours.toSpliced(place + 1, 0, value);
  }
  return [value, ...ours];
}

function positionOf(list: Json[], type: FieldType, step: Step): number {
  const name = stepText(step);
  return list.findIndex((item, index) => {
    const own = itemStep(type, item, index);
    return own !== undefined && stepText(own) === name;
  });
}
