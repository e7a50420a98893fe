import type { Pointer } from '../../model/path.ts';
import type { JsonObject } from '../../model/resource.ts';
import { valueAt } from '../value.ts';
import { isSame, isWithin, type Violation } from '../violation.ts';

/** What the server meets while decoding, before it validates. */
const decoding = new Set(['wrong-type', 'bad-quantity', 'bad-format', 'bad-range']);

/**
 * Puts what would be gone if another error were mended under that error: it only names the gap that the other
 * tears. What nothing else explains stays, in its order.
 */
export function withFollowUps(object: JsonObject, violations: readonly Violation[]): Violation[] {
  const causes = new Map<Violation, Violation>();
  for (const violation of violations) {
    const cause = causeOf(violation, violations, object);
    // Two that explain each other are both told.
    if (cause && rootOf(cause, causes) !== violation) causes.set(violation, cause);
  }
  const followUps = Map.groupBy(causes.keys(), violation => rootOf(violation, causes));
  return violations
    .filter(violation => !causes.has(violation))
    .map(violation => {
      const follows = followUps.get(violation);
      return follows ? { ...violation, follows } : violation;
    });
}

function rootOf(violation: Violation, causes: ReadonlyMap<Violation, Violation>): Violation {
  const cause = causes.get(violation);
  return cause ? rootOf(cause, causes) : violation;
}

function causeOf(
  violation: Violation,
  all: readonly Violation[],
  object: JsonObject,
): Violation | undefined {
  const others = all.filter(other => other !== violation && other.severity === 'error');
  const { pointer, message, rule } = violation;
  const lost = others.find(other => decoding.has(other.rule) && isLostWith(violation, other));
  if (lost) return lost;
  if (/the labels of the template|template `labels`/.test(message)) {
    const selector = others.find(other => isWithin(other.pointer, ['spec', 'selector']));
    if (selector && !isSame(selector.pointer, pointer)) return selector;
  }
  if (rule === 'not-found' && pointer.includes('volumeMounts')) {
    const volume = others.find(other => other.pointer.includes('volumes'));
    if (volume) return volume;
  }
  if (!isFilledIn(violation, object)) return undefined;
  return nearest(
    pointer,
    others.filter(other => !isFilledIn(other, object)),
  );
}

/** The server filled the value in from another one: what is wrong with that is reported there. */
function isFilledIn({ rule, pointer }: Violation, object: JsonObject): boolean {
  return rule !== 'missing-required' && valueAt(object, pointer) === undefined;
}

/** A value that could not be read is left out before validation, which then misses it. */
function isLostWith(violation: Violation, unreadable: Violation): boolean {
  if (decoding.has(violation.rule) || violation.rule === 'unknown-field') return false;
  const { pointer } = violation;
  return isWithin(pointer, unreadable.pointer) || isWithin(unreadable.pointer, pointer);
}

/** The one that shares most of its way with the pointer. */
function nearest(pointer: Readonly<Pointer>, violations: readonly Violation[]) {
  const shared = (other: Violation) => {
    const apart = pointer.findIndex((step, index) => other.pointer[index] !== step);
    return apart < 0 ? pointer.length : apart;
  };
  return violations.reduce<Violation | undefined>(
    (best, each) => (best === undefined || shared(each) > shared(best) ? each : best),
    undefined,
  );
}
