import type { Found } from '../cluster/live.ts';
import type { DriftResult } from '../model/drift.ts';
import type { Health } from '../model/health.ts';
import type { JsonObject, Resource } from '../model/resource.ts';
import type { Declared } from './declared.ts';
import type { Compared } from './environment-input.ts';
import type { DriftInput } from './input.ts';

/** What looks objects up for those that are compared, so that none of them is kept in memory. */
interface Comparing {
  inputOf(declared: Declared): DriftInput;
  liveOf(resource: Resource): JsonObject | undefined;
}

/** An object that a manifest declares. */
export class ComparedDeclared implements Compared {
  readonly result: DriftResult;
  readonly declared: Declared;
  readonly health?: Health;
  readonly #comparison: Comparing;

  constructor(
    comparison: Comparing,
    declared: Declared,
    result: DriftResult,
    health: Health | undefined,
  ) {
    this.#comparison = comparison;
    this.declared = declared;
    this.result = result;
    if (health) this.health = health;
  }

  get application(): string {
    return this.declared.application.name;
  }

  get input(): DriftInput {
    return this.#comparison.inputOf(this.declared);
  }

  get live(): JsonObject | undefined {
    return this.input.live;
  }
}

/** An object that no manifest declares any more. */
export class ComparedRemoved implements Compared {
  readonly application: string;
  readonly result: DriftResult;
  readonly health?: Health;
  readonly #comparison: Comparing;

  constructor(
    comparison: Comparing,
    application: string,
    result: DriftResult,
    health: Health | undefined,
  ) {
    this.#comparison = comparison;
    this.application = application;
    this.result = result;
    if (health) this.health = health;
  }

  get live(): JsonObject | undefined {
    return this.#comparison.liveOf(this.result.resource);
  }
}

/** True where both say the same. */
export function isSame(one: Compared | undefined, other: Compared | undefined): boolean {
  if (one === other) return true;
  if (!one || !other) return false;
  const sameResult = one.result === other.result || text(one.result) === text(other.result);
  return sameResult && text(one.health) === text(other.health);
}

function text(value: DriftResult | Health | undefined): string | undefined {
  return JSON.stringify(value);
}

/** Of an object whose turn has not come. */
export const notYet = {
  state: 'unknown' as const,
  reason: 'It was not compared yet.',
  paths: [],
  extra: [],
  notes: [],
  confirmed: 'local' as const,
};

/** The result with what is said of the list that it is from; the very same where that is nothing new. */
export function stamped(result: DriftResult, found: Found): DriftResult {
  const stale = found.ok ? found.stale : undefined;
  if (stale) return { ...result, stale };
  if (!result.stale) return result;
  const { stale: _, ...current } = result;
  return current;
}
