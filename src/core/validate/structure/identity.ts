import type { Severity } from '../../model/finding.ts';
import {
  apiVersionOf,
  type GroupVersionKind,
  isObject,
  type JsonObject,
  parseApiVersion,
} from '../../model/resource.ts';
import type { KindLookup, Schemas } from '../../schemas/type.ts';
import { apiVersionChange } from '../mends/api-version.ts';
import type { Violation } from '../violation.ts';

/** What an object says it is: its type, or why it cannot be told. */
export type Identity =
  | { gvk: GroupVersionKind; lookup: KindLookup; violations: Violation[] }
  | { gvk?: undefined; lookup?: undefined; violations: Violation[] };

/**
 * Looks an object's apiVersion and kind up. One of the two missing is an error only beside metadata:
 * other YAML has an apiVersion or a kind as well.
 */
export function identify(object: JsonObject, schemas: Schemas): Identity {
  const { apiVersion, kind } = object;
  if (typeof apiVersion === 'string' && typeof kind === 'string') {
    const gvk = { ...parseApiVersion(apiVersion), kind };
    const lookup = schemas.lookup(gvk);
    // What has no metadata at all is another program's settings: `kind: Policy` of a scheduler.
    const violations = isObject(object.metadata) ? violationOf(lookup, object, schemas) : [];
    return { gvk, lookup, violations };
  }
  if (!isObject(object.metadata)) return { violations: [] };
  if (apiVersion === undefined && kind === undefined) return { violations: [] };
  return { violations: [missing('apiVersion', apiVersion), missing('kind', kind)].flat() };
}

function missing(name: string, value: unknown): Violation[] {
  if (typeof value === 'string') return [];
  const absent = value === undefined || value === null;
  return [
    {
      rule: absent ? 'missing-required' : 'wrong-type',
      severity: 'error',
      pointer: [name],
      on: absent ? 'key' : 'value',
      message: absent
        ? `${name} is missing, which every Kubernetes object has.`
        : `${name} must be a string; put it in quotes.`,
    },
  ];
}

const rules = {
  'unknown-kind': 'unknown-kind',
  'unknown-version': 'unknown-kind',
  removed: 'removed-api',
  'not-yet': 'unknown-kind',
  former: 'deprecated-api',
  lately: 'deprecated-api',
};

/** What comes with Driftline may be of another release than the cluster's. */
function severityOf({ origin, why }: KindLookup & { found: false }): Severity {
  if (why === 'lately') return 'information';
  return origin === 'bundled' ? 'warning' : 'error';
}

function violationOf(lookup: KindLookup, object: JsonObject, schemas: Schemas): Violation[] {
  if (lookup.found || lookup.why === 'unknown') return [];
  const { suggestion } = lookup;
  const violation: Violation = {
    rule: rules[lookup.why],
    severity: severityOf(lookup),
    pointer: [lookup.why === 'unknown-kind' ? 'kind' : 'apiVersion'],
    on: 'value',
    message: lookup.reason,
  };
  const change = suggestion && apiVersionChange(object, suggestion, schemas);
  if (change) violation.change = change;
  if (suggestion)
    violation.fix = `Write apiVersion: ${apiVersionOf(suggestion)} and kind: ${suggestion.kind}.`;
  return [violation];
}
