import { sentence } from '../../lib/sentence.ts';
import { objectsAt, textAt } from '../../model/fields.ts';
import type { Health } from '../../model/health.ts';
import type { Json, JsonObject } from '../../model/resource.ts';

/** What a kind's own fields say of an object; undefined where they say nothing. */
export type HealthRule = (object: JsonObject, now: Date) => Health | undefined;

export function healthy(reason?: string): Health {
  return { status: 'Healthy', ...(reason === undefined ? {} : { reason }) };
}

export function progressing(reason: string): Health {
  return { status: 'Progressing', reason };
}

export function degraded(reason: string): Health {
  return { status: 'Degraded', reason };
}

export function suspended(reason: string): Health {
  return { status: 'Suspended', reason };
}

/** A kind whose controller always reports, and has not yet. */
export function unreported(): Health {
  return progressing('Its controller has not reported yet.');
}

export interface Condition {
  type: string;
  status: string;
  reason: string;
  message: string;
  /** RFC 3339; empty where it has none. */
  since: string;
  observedGeneration?: Json;
}

/** `status.conditions`, or those of a part of the status (a listener, a parent). */
export function conditionsOf(object: JsonObject, ...path: string[]): Condition[] {
  const fields = path.length > 0 ? path : ['status', 'conditions'];
  return objectsAt(object, ...fields).map(each => ({
    type: textAt(each, 'type') ?? '',
    status: textAt(each, 'status') ?? '',
    reason: textAt(each, 'reason') ?? '',
    message: textAt(each, 'message') ?? '',
    since: textAt(each, 'lastTransitionTime') ?? '',
    observedGeneration: each.observedGeneration,
  }));
}

export function conditionOf(object: JsonObject, type: string): Condition | undefined {
  return conditionsOf(object).find(condition => condition.type === type);
}

/** What a condition says, in its own words where it has some. */
export function said({ type, status, reason, message }: Condition): string {
  return sentence(
    message || (reason ? `${type} is ${status} (${reason})` : `${type} is ${status}`),
  );
}

/** True when something has been so for longer than this; false when nobody knows since when. */
export function isOlder(time: string | undefined, milliseconds: number, now: Date): boolean {
  const age = now.getTime() - Date.parse(time ?? '');
  return age > milliseconds;
}

/** How long a state may last that usually goes by itself. */
export const patience = 5 * 60_000;

export function numberAt(value: Json | undefined, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}
