import { isDeepStrictEqual } from 'node:util';
import type { DriftPath } from '../../model/drift.ts';
import { type Pointer, parsePath, resolveSteps, type Step } from '../../model/path.ts';
import { isObject, type Json, type JsonObject } from '../../model/resource.ts';

/** What the repository shall render where it differs. */
export interface Goal {
  /** The nearest field that is rendered now. */
  pointer: Pointer;
  /** Steps from there to the field; empty where it is rendered. */
  missing: Step[];
  /** Its present value, or that of the nearest parent. */
  present: Json;
  /** Absent: the field shall go. */
  value?: Json;
  /** The present positions of a list's items in the order that is wanted, where nothing but the order is. */
  order?: number[];
  /** True of an object that was rendered anew: it says what was wanted. */
  isReached(object: Json): boolean;
}

/** What it takes that the repository says what runs, or, for `removal`, nothing at all there. */
export function goalOf(object: Json, path: DriftPath, removal = false): Goal | undefined {
  const steps = parsePath(path.path);
  const at = resolveSteps(object, steps);
  const { pointer, value: present } = at;
  const goes = removal || path.kind === 'missing';
  if (at.complete && goes)
    return { pointer, missing: [], present, isReached: now => !resolveSteps(now, steps).complete };
  if (goes) return undefined;
  const order = path.kind === 'order' ? orderOf(present, path.live) : undefined;
  const value = path.kind === 'order' ? inOrder(present, order) : path.live;
  if (value === undefined) return undefined;
  const isReached = (now: Json) => {
    const found = resolveSteps(now, steps);
    return found.complete && isDeepStrictEqual(found.value, value);
  };
  const missing = steps.slice(pointer.length);
  return { pointer, missing, present, value, ...(order && { order }), isReached };
}

/** The present positions of a list's items in the order in which another list has those that both have. */
function orderOf(list: Json, live: Json | undefined): number[] | undefined {
  if (!Array.isArray(list) || !Array.isArray(live)) return undefined;
  const positions = live.flatMap(token => {
    const found = resolveSteps(list, [stepOf(token)]);
    return found.complete ? [Number(found.pointer[0])] : [];
  });
  if (new Set(positions).size !== positions.length) return undefined;
  const slots = [...positions].sort((a, b) => a - b);
  const order = list.map((_, at) => at);
  for (const [at, slot] of slots.entries()) order[slot] = positions[at] as number;
  return order;
}

function inOrder(list: Json, order: readonly number[] | undefined): Json | undefined {
  return Array.isArray(list) && order ? order.map(at => list[at] as Json) : undefined;
}

/** Members as managedFields name them (`k:{"name":"a"}`), or by their values. */
function stepOf(token: Json): Step {
  if (typeof token !== 'string' || !/^[kv]:/.test(token)) return { value: token };
  try {
    const read = JSON.parse(token.slice(2)) as Json;
    return token.startsWith('k:') && isObject(read) ? { keys: read } : { value: read };
  } catch {
    return { value: token };
  }
}

/** What is put into the nearest parent, so that the steps lead to the value; undefined where that cannot be said. */
export function nestedValue(steps: readonly Step[], value: Json): Json | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return value;
  const inner = nestedValue(rest, value);
  if (inner === undefined || typeof step === 'number') return undefined;
  if (typeof step === 'string') return { [step]: inner };
  if ('value' in step) return [inner];
  return isObject(inner) ? [{ ...step.keys, ...inner } as JsonObject] : undefined;
}
